import Lasagne
import Tensors

// Sums, differences and products, with constants and of two layers.
extension GraphImport {
  mutating func add(_ node: ImportedNode) throws {
    switch (try value(node, 0), try value(node, 1)) {
    case (.flow(let flow), .constant(let array)): try add(array, to: flow, node)
    case (.constant(let array), .flow(let flow)): try add(array, to: flow, node)
    default: try merge(node, ElemwiseSumLayer())
    }
  }

  mutating func subtract(_ node: ImportedNode) throws {
    if case (.flow(let flow), .constant(let array)) = (try value(node, 0), try value(node, 1)) {
      let negated = try HostArray(array.values(as: Float.self).map { -$0 }, shape: array.shape)
      try add(negated, to: flow, node)
    } else {
      try merge(node, ElemwiseMergeLayer(.sub))
    }
  }

  mutating func multiply(_ node: ImportedNode) throws {
    switch (try value(node, 0), try value(node, 1)) {
    case (.flow(let flow), .constant(let array)), (.constant(let array), .flow(let flow)):
      try scale(flow, by: array, node)
    case (.flow(let first), .flow(let second)):
      // x · sigmoid(x) has a name of its own.
      for (x, gate) in [(first, second), (second, first)] {
        if let entry = entries[gate.layer], onlyRead(gate) != nil,
          (entry.layer as? NonlinearityLayer)?.nonlinearity == .sigmoid,
          entry.incomings.first?.layer == x.layer
        {
          entries[gate.layer]?.layer = NonlinearityLayer(.silu)
          try set(node, .flow(gate))
          return
        }
      }
      try merge(node, ElemwiseMergeLayer(.mul))
    default: try merge(node, ElemwiseMergeLayer(.mul))
    }
  }

  mutating func divide(_ node: ImportedNode) throws {
    guard case .flow(let flow) = try value(node, 0), case .constant(let array) = try value(node, 1)
    else { throw node.problem("divides by what is computed, which no layer here does.") }
    let inverse = try HostArray(array.values(as: Double.self).map { 1 / $0 }, shape: array.shape)
    try scale(flow, by: inverse, node)
  }

  /// Several layers number by number.
  mutating func merge(_ node: ImportedNode, _ layer: any Layer) throws {
    let flows = try node.inputs.indices.map { try flow(node, $0) }
    guard let rank = flows.first?.shape.count, flows.allSatisfy({ $0.shape.count == rank }) else {
      throw node.problem(
        "joins values of the shapes \(flows.map(\.shape.text).joined(separator: " and ")); only equal "
          + "shapes can be read.")
    }
    try give(node, layer, reading: flows)
  }

  private mutating func scale(_ flow: Flow, by array: HostArray, _ node: ImportedNode) throws {
    let (axes, scales) = try shared(array, along: flow.shape, node)
    try give(node, ScaleLayer(sharedAxes: .axes(axes)), reading: [flow], ["scales": scales])
  }

  private mutating func add(
    _ array: HostArray, to flow: Flow, _ node: ImportedNode
  ) throws {
    if try join(array, to: flow, node) { return }
    let (axes, b) = try shared(array, along: flow.shape, node)
    try give(node, BiasLayer(sharedAxes: .axes(axes)), reading: [flow], ["b": b])
  }

  /// Makes a constant the bias of the layer before, if it is one; says whether it is.
  private mutating func join(
    _ array: HostArray, to flow: Flow, _ node: ImportedNode
  ) throws -> Bool {
    guard var layer = onlyRead(flow) as? any BiasedLayer, layer.b == nil,
      layer.nonlinearity == .linear
    else { return false }
    let isLast = layer is DenseLayer
    let rank = flow.shape.count
    let lengths = [Int](repeating: 1, count: max(0, rank - array.shape.count)) + array.shape
    guard lengths.count == rank, lengths[0] == 1 else { return false }
    let channels = isLast ? rank - 1 : 1
    let isTied = lengths.indices.allSatisfy { $0 == channels || lengths[$0] == 1 }
    guard lengths[channels] == flow.shape[channels] else { return false }
    if !isTied {
      guard var untied = layer as? any ConvolutionLayer,
        flow.shape.dropFirst().elementsEqual(lengths.dropFirst().map { $0 as Int? })
      else { return false }
      untied.untieBiases = true
      layer = untied
    }
    layer.b = .constant(0)
    entries[flow.layer]?.layer = layer
    arrays["\(flow.layer).b"] = try array.reshaped(
      isTied ? [lengths[channels]] : Array(lengths.dropFirst()))
    try set(node, .flow(flow))
    return true
  }

  /// The axes along which a constant is the same in a value of a shape, and its numbers on the others.
  func shared(
    _ array: HostArray, along shape: Shape, _ node: ImportedNode
  ) throws -> (axes: [Int], array: HostArray) {
    guard array.shape.count <= shape.count else {
      throw node.problem(
        "has a constant of shape \(array.shape) for a value of shape \(shape.text); it must not have "
          + "more axes.")
    }
    let lengths = [Int](repeating: 1, count: shape.count - array.shape.count) + array.shape
    for (axis, length) in lengths.enumerated() where length != 1 && shape[axis] != length {
      throw node.problem(
        "has a constant of shape \(array.shape), which does not fit its input of shape "
          + "\(shape.text).")
    }
    let axes = lengths.indices.filter { lengths[$0] == 1 }
    return (axes, try array.reshaped(lengths.filter { $0 != 1 }))
  }
}
