import Lasagne
import Tensors

extension GraphImport {
  mutating func gemm(_ node: ImportedNode) throws {
    try node.require("transA", 0)
    let flow = try flow(node)
    let stored = try constant(node, 1)
    guard stored.shape.count == 2, flow.shape.count == 2 else {
      throw node.problem(
        "multiplies \(flow.shape.text) with \(stored.shape); two matrices are expected.")
    }
    var W = try Tensor(stored.converted(to: .float32))
    if node.int("transB", 0) == 1 { W = try W.transposed() }
    if node.float("alpha", 1) != 1 { W = try W * node.float("alpha", 1) }
    let units = W.shape[1]
    var weights = ["W": try W.hostArray()]
    if let bias = try optionalConstant(node, 2) {
      let values = bias.values(as: Float.self).map { $0 * Float(node.float("beta", 1)) }
      guard values.count == units || values.count == 1 else {
        throw node.problem("adds a constant of shape \(bias.shape), expected \(units) numbers.")
      }
      weights["b"] = try HostArray(
        values.count == units ? values : [Float](repeating: values[0], count: units),
        shape: [units])
    }
    let layer = DenseLayer(
      units, b: weights["b"] == nil ? nil : .constant(0), nonlinearity: .linear)
    try give(node, layer, reading: [unflattened(flow, node)], weights)
  }

  /// What a dense layer may read instead: it flattens by itself.
  private mutating func unflattened(_ flow: Flow, _ node: ImportedNode) -> Flow {
    guard let entry = entries[flow.layer], let flatten = entry.layer as? FlattenLayer,
      flatten.outdim == 2, let before = entry.incomings.first, flow.shape[1] != nil
    else { return flow }
    if onlyRead(flow) != nil { remove(flow.layer) }
    return before
  }

  mutating func matrixProduct(_ node: ImportedNode) throws {
    guard case .flow(let flow) = try value(node, 0), case .constant(let W) = try value(node, 1)
    else {
      throw node.problem(
        "multiplies two values that are computed; only constant weights can be read.")
    }
    guard W.shape.count == 2, flow.shape.count >= 2 else {
      throw node.problem("multiplies \(flow.shape.text) with \(W.shape); a matrix is expected.")
    }
    let layer = DenseLayer(
      W.shape[1], b: nil, nonlinearity: .linear, numLeadingAxes: flow.shape.count - 1)
    let input = flow.shape.count == 2 ? unflattened(flow, node) : flow
    try give(node, layer, reading: [input], ["W": W])
  }
}
