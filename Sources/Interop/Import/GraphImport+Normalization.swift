import Lasagne
import Tensors

extension GraphImport {
  mutating func batchNorm(_ node: ImportedNode) throws {
    try node.require("training_mode", 0)
    let flow = try flow(node)
    let arrays = try (1...4).map { try constant(node, $0) }
    let epsilon = node.float("epsilon", 1e-5)
    guard flow.shape.count >= 2, let channels = flow.shape[1],
      arrays.allSatisfy({ $0.shape == [channels] })
    else {
      throw node.problem(
        "has constants of the shapes \(arrays.map(\.shape)) for an input of shape "
          + "\(flow.shape.text); one number for each channel is expected.")
    }
    let variance = arrays[3].values(as: Double.self)
    guard variance.allSatisfy({ $0 + epsilon > 0 }) else {
      throw node.problem("has a variance below 0.")
    }
    // Lasagne keeps the inverse of the deviation, epsilon within it.
    let inverse = try HostArray(
      variance.map { Float(1 / ($0 + epsilon).squareRoot()) }, shape: [channels])
    try give(
      node, BatchNormLayer(epsilon: epsilon), reading: [flow],
      ["gamma": arrays[0], "beta": arrays[1], "mean": arrays[2], "inv_std": inverse])
  }

  mutating func instanceNorm(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let (scale, b) = (try constant(node, 1), try constant(node, 2))
    guard flow.shape.count > 2, scale.shape == b.shape, [flow.shape[1] ?? 0] == scale.shape else {
      throw node.problem("has constants that do not fit its input of shape \(flow.shape.text).")
    }
    let others: Axes = .axes(Axes.allButChannels(rank: flow.shape.count))
    try normalize(node, flow, .spatial, others, scale, b, epsilon: node.float("epsilon", 1e-5))
  }

  mutating func layerNorm(_ node: ImportedNode) throws {
    let flow = try flow(node)
    let rank = flow.shape.count
    let axis = node.int("axis", -1)
    let first = axis < 0 ? axis + rank : axis
    guard (1..<max(2, rank)).contains(first), rank >= 2 else {
      throw node.problem("begins at axis \(axis) of \(rank), which cannot be read.")
    }
    let (scale, shift) = (try constant(node, 1), try optionalConstant(node, 2))
    let epsilon = node.float("epsilon", 1e-5)
    let axes: Axes = first == rank - 1 ? -1 : .axes(Array(first..<rank))
    // Without anything learned it is the plain standardization of examples.
    if shift == nil, scale.values(as: Float.self).allSatisfy({ $0 == 1 }) {
      return try give(
        node, StandardizationLayer(axes: axes, epsilon: epsilon), reading: [flow])
    }
    var weights = ["gamma": scale]
    weights["beta"] = shift
    let layer = LayerNormLayer(
      axes: axes, epsilon: epsilon, beta: shift == nil ? nil : .constant(0))
    try give(node, layer, reading: [flow], weights)
  }

  /// Each example standardized along some axes, then scaled and shifted.
  private mutating func normalize(
    _ node: ImportedNode, _ flow: Flow, _ axes: Axes, _ others: Axes, _ scale: HostArray,
    _ b: HostArray, epsilon: Double
  ) throws {
    let layer = StandardizationLayer(axes: axes, epsilon: epsilon)
    let name = layerName(node, layer)
    var result = try add(layer, reading: [flow], called: name)
    result = try add(
      ScaleLayer(sharedAxes: others), reading: [result], called: unusedName("\(name)_scale"),
      ["scales": scale])
    result = try add(
      BiasLayer(sharedAxes: others), reading: [result], called: unusedName("\(name)_bias"),
      ["b": b])
    try set(node, .flow(result))
  }

  mutating func localResponse(_ node: ImportedNode) throws {
    let size = node.int("size", 0)
    guard (1...65536).contains(size) else {
      throw node.problem("works over \(size) channels.")
    }
    try give(
      node,
      LocalResponseNormalization2DLayer(
        alpha: node.float("alpha", 1e-4) / Double(size), k: node.float("bias", 1),
        beta: node.float("beta", 0.75), n: size), reading: [flow(node)])
  }
}
