import Lasagne

// Layers that move numbers without computing.
extension LayerExport {
  func flatten(_ layer: FlattenLayer) throws -> String {
    if layer.outdim == 2 { return op("Flatten", [x], .int("axis", 1)) }
    return try reshaped(
      x, from: shape, to: (0..<(layer.outdim - 1)).map { .axis($0) } + [.rest])
  }

  func reshape(_ layer: ReshapeLayer) throws -> String {
    try reshaped(
      x, from: shape,
      to: layer.shape.map { length in
        switch length {
        case .fixed(let length): .fixed(length)
        case .inputAxis(let axis): .axis(axis)
        case .rest: .rest
        }
      })
  }

  func dimshuffle(_ layer: DimshuffleLayer) throws -> String {
    var axes: [Int] = []
    var new: [Int] = []
    for (place, entry) in layer.pattern.enumerated() {
      if case .axis(let axis) = entry { axes.append(axis) } else { new.append(place) }
    }
    let dropped = shape.indices.filter { !axes.contains($0) }
    var value = permuted(x, axes + dropped)
    if !dropped.isEmpty {
      value = try squeezed(value, Array(axes.count..<shape.count))
    }
    return new.isEmpty ? value : try unsqueezed(value, new)
  }

  func pad(_ layer: PadLayer) throws -> String {
    let axes = shape.count - layer.batchNdim
    let pairs =
      switch layer.width {
      case .all(let width): [PadLayer.Pair](repeating: .init(width, width), count: axes)
      case .each(let pairs): pairs
      }
    let front = [Int](repeating: 0, count: layer.batchNdim)
    let widths = front + pairs.map(\.before) + front + pairs.map(\.after)
    return op("Pad", [x, try ints(widths), try number(layer.val)])
  }

  func slice(_ layer: SliceLayer) throws -> String {
    let axis = layer.axis < 0 ? layer.axis + shape.count : layer.axis
    switch layer.indices {
    case .index(let index): return op("Gather", [x, try int(index)], .int("axis", axis))
    case .range(let start, let stop, let given):
      let step = given ?? 1
      // The farthest places stand for an end that is left out, as in Python.
      let first = start ?? (step > 0 ? 0 : Int(Int32.max))
      let last = stop ?? (step > 0 ? Int(Int32.max) : Int(Int32.min))
      return op(
        "Slice", [x, try ints([first]), try ints([last]), try ints([axis]), try ints([step])])
    }
  }

  func upscale(_ layer: some UpscalingLayer) throws -> String {
    let axes = type(of: layer).spatialAxes
    let factors = try layer.scaleFactor.values(axes, "scaleFactor")
    guard factors.contains(where: { $0 > 1 }) else { return x }
    if layer.mode == .repeat {
      let scales = try constant(
        [1, 1] + factors.map(Double.init), shape: [axes + 2], "scales")
      return op(
        "Resize", [x, "", scales], .text("mode", "nearest"), .text("nearest_mode", "floor"),
        .text("coordinate_transformation_mode", "asymmetric"))
    }
    var value = x
    var lengths = shape
    for axis in 2..<(axes + 2) where factors[axis - 2] > 1 {
      // Each entry gets an axis of its own, is followed there by zeros, and the axes join again.
      let zeros = [Int](repeating: 0, count: lengths.count + 1)
      var after = zeros
      after[axis + 1] = factors[axis - 2] - 1
      value = op("Pad", [try unsqueezed(value, [axis + 1]), try ints(zeros + after)])
      var split = lengths
      split.insert(factors[axis - 2], at: axis + 1)
      lengths[axis] = lengths[axis].map { $0 * factors[axis - 2] }
      value = try reshaped(
        value, from: split,
        to: lengths.indices.map { place in
          if place == axis { return lengths[axis].map { .fixed($0) } ?? .rest }
          return .axis(place < axis ? place : place + 1)
        })
    }
    return value
  }
}
