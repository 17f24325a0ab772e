import Lasagne

extension LayerExport {
  func pooling(_ layer: some PoolingLayer) throws -> String {
    let geometry = try layer.geometry()
    var after = geometry.pad
    if !layer.ignoreBorder {
      for (axis, length) in try knownPlaces(shape).enumerated() {
        let places = geometry.outputLength(length, axis, false)
        after[axis] = max(
          0, (places - 1) * geometry.stride[axis] + geometry.size[axis] - length)
      }
    }
    return pooled(
      x, layer.mode, geometry, after: after, countsPadding: layer.ignoreBorder)
  }

  private func pooled(
    _ value: String, _ mode: PoolMode, _ geometry: PoolGeometry, after: [Int],
    countsPadding: Bool
  ) -> String {
    var attributes: [ONNXAttribute] = [
      .ints("kernel_shape", geometry.size), .ints("strides", geometry.stride),
      .ints("pads", geometry.pad + after),
    ]
    if mode == .max { return op("MaxPool", [value], attributes) }
    // What lies behind the border never counts where ignoreBorder is false: a region is cut there.
    let isCounted = mode == .averageIncPad && countsPadding
    attributes.append(.int("count_include_pad", isCounted ? 1 : 0))
    return op("AveragePool", [value], attributes)
  }

  func pyramid(_ layer: SpatialPyramidPoolingLayer) throws -> String {
    let lengths = try knownPlaces(shape)
    let grids = try layer.poolDims.map { parts in
      let grid =
        layer.implementation == .fast
        ? pooled(
          x, layer.mode,
          PoolGeometry(
            size: lengths.map { ($0 + parts - 1) / parts }, stride: lengths.map { $0 / parts },
            pad: [0, 0]), after: [0, 0], countsPadding: true)
        : try regions(parts, lengths, layer.mode)
      return try reshaped(
        grid, from: [shape[0], shape[1], parts, parts],
        to: [.axis(0), .axis(1), .fixed(parts * parts)])
    }
    return op("Concat", grids, .int("axis", 2))
  }

  private func regions(_ parts: Int, _ lengths: [Int], _ mode: PoolMode) throws -> String {
    func part(_ value: String, _ index: Int, axis: Int) throws -> String {
      let length = lengths[axis - 2]
      return try sliced(
        value, axis: axis, from: index * length / parts,
        to: ((index + 1) * length + parts - 1) / parts)
    }
    var cells: [String] = []
    for row in 0..<parts {
      let band = try part(x, row, axis: 2)
      for column in 0..<parts {
        let region = try part(band, column, axis: 3)
        let cell = try reduced(region, mode == .max ? .max : .mean, axes: [2, 3])
        cells.append(try unsqueezed(cell, [2]))
      }
    }
    return op("Concat", cells, .int("axis", 2))
  }

  /// The greatest, the least, the mean or the sum along some axes, which go.
  func reduced(
    _ value: String, _ function: PoolFunction, axes: [Int], keepsAxes: Bool = false
  ) throws -> String {
    let keeps = ONNXAttribute.int("keepdims", keepsAxes ? 1 : 0)
    return switch function {
    case .max: op("ReduceMax", [value], .ints("axes", axes), keeps)
    case .min: op("ReduceMin", [value], .ints("axes", axes), keeps)
    case .mean: op("ReduceMean", [value], .ints("axes", axes), keeps)
    case .sum: op("ReduceSum", [value, try ints(axes)], keeps)
    }
  }

  func globalPool(_ layer: GlobalPoolLayer) throws -> String {
    try reduced(x, layer.poolFunction, axes: Array(2..<shape.count))
  }

  func featurePool(_ layer: FeaturePoolLayer) throws -> String {
    let axis = layer.axis < 0 ? layer.axis + shape.count : layer.axis
    return try reduced(grouped(axis, layer.poolSize), layer.poolFunction, axes: [axis + 1])
  }

  func winnerTakesAll(_ layer: FeatureWTALayer) throws -> String {
    let axis = layer.axis < 0 ? layer.axis + shape.count : layer.axis
    let groups = try grouped(axis, layer.poolSize)
    let winner = op("ArgMax", [groups], .int("axis", axis + 1), .int("keepdims", 1))
    let places = try op(
      "Reshape",
      [
        ints(Array(0..<layer.poolSize)),
        ints((0...shape.count).map { $0 == axis + 1 ? layer.poolSize : 1 }),
      ])
    let mask = op("Cast", [op("Equal", [winner, places])], .int("to", Int(ONNXCode.float)))
    var split = shape
    split.replaceSubrange(
      axis...axis, with: [shape[axis].map { $0 / layer.poolSize }, layer.poolSize])
    return try reshaped(
      op("Mul", [groups, mask]), from: split,
      to: shape.indices.map { place in
        if place == axis { return shape[axis].map { .fixed($0) } ?? .rest }
        return .axis(place < axis ? place : place + 1)
      })
  }

  /// An axis split in two: groups, and the members of each.
  private func grouped(_ axis: Int, _ size: Int) throws -> String {
    try reshaped(
      x, from: shape,
      to: shape.indices.flatMap { place -> [Length] in
        guard place == axis else { return [.axis(place)] }
        return [shape[axis].map { .fixed($0 / size) } ?? .rest, .fixed(size)]
      })
  }
}
