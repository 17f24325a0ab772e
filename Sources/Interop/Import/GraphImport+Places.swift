import Lasagne
import Tensors

// Taking parts, adding places, joining.
extension GraphImport {
  mutating func concatenate(_ node: ImportedNode) throws {
    let all = try node.inputs.indices.map { try value(node, $0) }
    let isShape = all.allSatisfy { value in
      switch value {
      case .flow, .repeated: false
      case .lengths: true
      case .constant(let array): !array.dataType.isFloatingPoint && array.shape.count <= 1
      }
    }
    if isShape {
      return try set(
        node,
        .lengths(
          all.flatMap { value -> [Length] in
            switch value {
            case .lengths(let lengths): lengths
            case .constant(let array): array.values(as: Int64.self).map { .known(Int($0)) }
            default: []
            }
          }))
    }
    try give(
      node, ConcatLayer(axis: node.int("axis", 1)),
      reading: node.inputs.indices.map { try flow(node, $0) })
  }

  mutating func pad(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let rank = flow.shape.count
    guard node.text("mode", "constant") == "constant" else {
      throw node.problem("pads by '\(node.text("mode", ""))'; only 'constant' can be read.")
    }
    guard let widths = try ints(node, "pads", input: 1), widths.count == 2 * rank,
      widths.allSatisfy({ (0..<1 << 31).contains($0) }), try optional(node, 3) == nil
    else {
      throw node.problem("needs one width of 0 or more for both ends of each axis.")
    }
    let given = try optionalConstant(node, 2)?.values(as: Double.self).first
    let pairs = (0..<rank).map { PadLayer.Pair(widths[$0], widths[$0 + rank]) }
    let alone = pairs.prefix { $0.before == 0 && $0.after == 0 }.count
    if alone == rank { return try set(node, .flow(flow)) }
    let front = min(2, alone)
    try give(
      node,
      PadLayer(
        .each(Array(pairs[front...])), val: given ?? node.float("value", 0), batchNdim: front),
      reading: [flow])
  }

  mutating func slice(_ node: ImportedNode) throws {
    guard let starts = try ints(node, "starts", input: 1),
      let ends = try ints(node, "ends", input: 2),
      starts.count == ends.count
    else { throw node.problem("needs as many starts as ends.") }
    let axes = try ints(node, "axes", input: 3) ?? Array(starts.indices)
    let steps =
      try optionalConstant(node, 4)?.values(as: Int64.self).map { Int($0) }
      ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count else {
      throw node.problem("needs as many axes and steps as starts.")
    }
    if case .lengths(let lengths) = try value(node, 0) {
      guard starts.count == 1, steps[0] == 1 else {
        throw node.problem("takes parts of a shape in a way that cannot be read.")
      }
      let places = [starts[0], ends[0]].map { place in
        min(max(place < 0 ? place + lengths.count : place, 0), lengths.count)
      }
      return try set(node, .lengths(Array(lengths[places[0]..<max(places[0], places[1])])))
    }
    if case .repeated(let array) = try value(node, 0) {
      guard array.count == 1 else { throw node.problem("takes a part of what is repeated.") }
      return try set(node, .repeated(array))
    }
    if case .constant(let array) = try value(node, 0) {
      return try set(node, .constant(sliced(array, starts, ends, axes, steps, node)))
    }
    var result = try flow(node)
    let far = UInt(Int32.max)
    for index in starts.indices {
      let isForward = steps[index] > 0
      let start = isForward ? (starts[index] == 0 ? nil : starts[index]) : starts[index]
      let range = SliceLayer.Indices.range(
        start: start.flatMap { $0.magnitude >= far ? nil : $0 },
        stop: ends[index].magnitude >= far ? nil : ends[index],
        step: steps[index] == 1 ? nil : steps[index])
      if range == .range() { continue }
      let layer = SliceLayer(range, axis: axes[index])
      result = try add(layer, reading: [result], called: layerName(node, layer))
    }
    try set(node, .flow(result))
  }

  private func sliced(
    _ array: HostArray, _ starts: [Int], _ ends: [Int], _ axes: [Int], _ steps: [Int],
    _ node: ImportedNode
  ) throws -> HostArray {
    var result = try Tensor(array)
    for (index, given) in axes.enumerated() {
      let axis = given < 0 ? given + result.rank : given
      guard (0..<result.rank).contains(axis), steps[index] > 0 else {
        throw node.problem("takes a part of a constant in a way that cannot be read.")
      }
      let length = result.shape[axis]
      let places = [starts[index], ends[index]].map { place in
        min(max(place < 0 ? place + length : place, 0), length)
      }
      result = try result.sliced(
        axis: axis, from: places[0], to: max(places[0], places[1]), step: steps[index])
    }
    return try result.hostArray()
  }

  mutating func gather(_ node: ImportedNode) throws {
    let axis = node.int("axis", 0)
    switch (try value(node, 0), try value(node, 1)) {
    case (.constant(let table), .flow(let indices)):
      guard table.shape.count == 2, axis == 0 else {
        throw node.problem(
          "takes rows of a constant of shape \(table.shape); a matrix is expected.")
      }
      let layer = EmbeddingLayer(inputSize: table.shape[0], outputSize: table.shape[1])
      let name = unusedName(
        node.inputs[0].contains(".")
          ? node.inputs[0].split(separator: ".").dropLast().joined(separator: ".") : "embedding1")
      try set(node, .flow(add(layer, reading: [indices], called: name, ["W": table])))
    case (.lengths(let lengths), .constant(let indices)):
      let places = indices.values(as: Int64.self).map { Int($0) }
      guard places.allSatisfy({ (-lengths.count..<lengths.count).contains($0) }) else {
        throw node.problem("takes the places \(places) of a shape of \(lengths.count) axes.")
      }
      try set(node, .lengths(places.map { lengths[$0 < 0 ? $0 + lengths.count : $0] }))
    case (.flow(let flow), .constant(let indices)):
      let places = indices.values(as: Int64.self).map { Int($0) }
      guard places.count == 1, indices.shape.count <= 1, places[0].magnitude < 1 << 31 else {
        throw node.problem("takes \(places.count) places at once; only one can be read.")
      }
      let place = places[0]
      let indices: SliceLayer.Indices =
        indices.shape.isEmpty
        ? .index(place) : .range(start: place, stop: place == -1 ? nil : place + 1)
      try give(node, SliceLayer(indices, axis: axis), reading: [flow])
    default: throw node.problem("takes places that are computed, which cannot be read.")
    }
  }

  mutating func resize(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let axes = flow.shape.count - 2
    let coordinates = node.text("coordinate_transformation_mode", "half_pixel")
    let rounding = node.text("nearest_mode", "round_prefer_floor")
    let isPlain =
      node.type == "Upsample"
      || [["asymmetric", "floor"], ["half_pixel", "round_prefer_floor"]].contains([
        coordinates, rounding,
      ])
    guard node.text("mode", "nearest") == "nearest", isPlain, (1...3).contains(axes) else {
      throw node.problem(
        "resizes by '\(node.text("mode", "nearest"))', \(coordinates), \(rounding); only repeating the "
          + "nearest place can be read.")
    }
    let place = node.type == "Upsample" ? 1 : 2
    let scales =
      try node.floats("scales").map { $0.map(Double.init) }
      ?? optionalConstant(node, place)?.values(as: Double.self)
    var factors: [Double]
    if let scales, !scales.isEmpty {
      factors = scales
    } else if let sizes = try optionalConstant(node, 3)?.values(as: Double.self),
      sizes.count == axes + 2
    {
      factors = [1, 1]
      for (size, length) in zip(sizes, flow.shape).dropFirst(2) {
        factors.append(length.map { size / Double($0) } ?? 0)
      }
    } else {
      throw node.problem("does not say by how much.")
    }
    guard factors.count == axes + 2, factors[0] == 1, factors[1] == 1,
      factors.allSatisfy({ $0 >= 1 && $0 <= 1024 && $0.rounded() == $0 })
    else { throw node.problem("resizes by \(factors); only whole factors of places can be read.") }
    let sizes = Sizes.each(factors.dropFirst(2).map { Int($0) })
    let layer: any Layer =
      switch axes {
      case 1: Upscale1DLayer(sizes)
      case 2: Upscale2DLayer(sizes)
      default: Upscale3DLayer(sizes)
      }
    try give(node, layer, reading: [flow])
  }

  // MARK: constants and shapes

  mutating func shape(_ node: ImportedNode) throws {
    let lengths: [Length]
    switch try value(node, 0) {
    case .flow(let flow):
      lengths = flow.shape.enumerated().map { axis, length in
        length.map { .known($0) } ?? .open(layer: flow.layer, axis: axis)
      }
    case .constant(let array): lengths = array.shape.map { .known($0) }
    default: throw node.problem("asks for the shape of a shape.")
    }
    let count = lengths.count
    func place(_ name: String, _ fallback: Int) -> Int {
      let given = node.int(name, fallback)
      return min(max(given < 0 ? given + count : given, 0), count)
    }
    let (start, end) = (place("start", 0), place("end", count))
    try set(node, .lengths(Array(lengths[start..<max(start, end)])))
  }

  mutating func constant(_ node: ImportedNode) throws {
    let array: HostArray
    if let stored = try node.array("value") {
      array = stored
    } else if node.has("value_int") {
      array = try HostArray([Int64(node.int("value_int", 0))], shape: [])
    } else if let values = node.ints("value_ints") {
      array = try HostArray(values.map(Int64.init), shape: [values.count])
    } else if node.has("value_float") {
      array = try HostArray([Float(node.float("value_float", 0))], shape: [])
    } else if let values = node.floats("value_floats") {
      array = try HostArray(values, shape: [values.count])
    } else {
      throw node.problem("has no value that can be read.")
    }
    try set(node, .constant(array))
  }

  mutating func constantOfShape(_ node: ImportedNode) throws {
    let value = try node.array("value")?.values(as: Float.self).first ?? 0
    try fill(node, HostArray([value], shape: [1]), self.value(node, 0))
  }

  mutating func expand(_ node: ImportedNode) throws {
    try fill(node, constant(node, 0), value(node, 1))
  }

  /// A constant repeated to a shape: whole where the shape is known, else kept as it is.
  private mutating func fill(_ node: ImportedNode, _ array: HostArray, _ shape: Value) throws {
    let lengths: [Length]
    switch shape {
    case .lengths(let given): lengths = given
    case .constant(let sizes): lengths = sizes.values(as: Int64.self).map { .known(Int($0)) }
    default: throw node.problem("has a shape that is not computed from shapes.")
    }
    let known = lengths.compactMap { if case .known(let length) = $0 { length } else { nil } }
    guard known.count == lengths.count else { return try set(node, .repeated(array)) }
    var count = 1
    for length in known {
      guard (0..<1 << 24).contains(length), count * max(1, length) < 1 << 24 else {
        throw node.problem("asks for a constant of shape \(known), larger than any that is read.")
      }
      count *= length
    }
    try set(node, .constant(Tensor(array).expanded(to: known).hostArray()))
  }
}
