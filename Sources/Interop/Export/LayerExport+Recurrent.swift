import Lasagne
import Tensors

// Recurrent layers as ONNX's own nodes, where these do exactly the same; else as a Scan.
extension LayerExport {
  func lstm(_ layer: LSTMLayer) throws -> String {
    let gates = [layer.ingate, layer.forgetgate, layer.outgate]
    guard let names = names([gates[0].nonlinearity, layer.cell.nonlinearity, layer.nonlinearity]),
      gates.allSatisfy({ $0.nonlinearity == gates[0].nonlinearity }),
      layer.recurrence.maskInput == nil
    else { return try lstmScan(layer) }
    let order = ["ingate", "outgate", "forgetgate", "cell"]
    let peepholes =
      layer.peepholes
      ? try stacked(["ingate", "outgate", "forgetgate"].map { "W_cell_to_\($0)" }, "P") { $0 } : ""
    let weights = try gateWeights(order) { $0 }
    let hidden = try initialState("hid_init", layer)
    let cell = try initialState("cell_init", layer)
    return try sequence(
      "LSTM", weights + ["", hidden, cell, peepholes], names, layer.recurrence, layer.numUnits)
  }

  func gru(_ layer: GRULayer) throws -> String {
    guard let names = names([layer.updategate.nonlinearity, layer.hiddenUpdate.nonlinearity]),
      layer.resetgate.nonlinearity == layer.updategate.nonlinearity,
      layer.updategate.nonlinearity == .sigmoid, layer.recurrence.maskInput == nil
    else { return try gruScan(layer) }
    // ONNX's gate says how much is kept, Lasagne's how much is replaced: 1 - σ(x) = σ(-x).
    let weights = try gateWeights(["updategate", "resetgate", "hidden_update"], negating: 0) { $0 }
    let hidden = try initialState("hid_init", layer)
    return try sequence(
      "GRU", weights + ["", hidden], names, layer.recurrence, layer.numUnits,
      [.int("linear_before_reset", 1)])
  }

  func recurrent(_ layer: RecurrentLayer) throws -> String {
    guard let names = names([layer.nonlinearity]), layer.recurrence.maskInput == nil else {
      return try recurrentScan(layer)
    }
    let W = try parameter("input_to_hidden.W", form: "RNN") {
      try $0.transposed().unsqueezed(axis: 0)
    }
    let R = try parameter("hidden_to_hidden.W", form: "RNN") {
      try $0.transposed().unsqueezed(axis: 0)
    }
    var bias = ""
    if has("input_to_hidden.b") {
      bias = try parameter("input_to_hidden.b", form: "RNN") { b in
        try Tensor.concatenate([b, b * 0], axis: 0).unsqueezed(axis: 0)
      }
    }
    let hidden = try initialState("hid_init", layer)
    return try sequence(
      "RNN", [W, R, bias, "", hidden], names, layer.recurrence, layer.numUnits)
  }

  /// The names of nonlinearities that ONNX's nodes know, or nil.
  private func names(_ nonlinearities: [Nonlinearity]) -> [String]? {
    let known: [Nonlinearity: String] = [.sigmoid: "Sigmoid", .tanh: "Tanh", .rectify: "Relu"]
    let names = nonlinearities.compactMap { known[$0] }
    return names.count == nonlinearities.count ? names : nil
  }

  /// Parameters one under the other, each changed first; the first axis is the direction.
  private func stacked(
    _ names: [String], _ what: String, _ change: (Tensor) throws -> Tensor
  ) throws -> String {
    let parts = try names.map { try change(Tensor(array($0))) }
    let joined = try Tensor.concatenate(parts, axis: 0).unsqueezed(axis: 0)
    return graph.constant(
      try joined.hostArray(), key: "\(node.name) \(what)", wish: "\(node.name).\(what)")
  }

  /// W, R and B of a node, from the layer's gates in the node's order.
  private func gateWeights(
    _ gates: [String], negating negated: Int? = nil, _ change: (Tensor) throws -> Tensor
  ) throws -> [String] {
    func stack(_ prefix: String, _ what: String, turned: Bool) throws -> String {
      var place = 0
      return try stacked(gates.map { prefix + $0 }, what) { part in
        defer { place += 1 }
        let part = turned ? try part.transposed() : part
        return place == negated ? try part * -1 : part
      }
    }
    let W = try stack("W_in_to_", "W", turned: true)
    let R = try stack("W_hid_to_", "R", turned: true)
    var place = 0
    let biases = try gates.map { gate in
      defer { place += 1 }
      let b = try Tensor(array("b_\(gate)"))
      return place == negated ? try b * -1 : b
    }
    // The second half is the bias of the state's product, which Lasagne does not have.
    let zeros = try biases.map { try $0 * 0 }
    let joined = try Tensor.concatenate(biases + zeros, axis: 0).unsqueezed(axis: 0)
    let B = graph.constant(
      try joined.hostArray(), key: "\(node.name) B", wish: "\(node.name).B")
    return [W, R, B]
  }

  /// Where a state begins, as ONNX's nodes want it: (1, batch, units); empty where it begins at zero.
  private func initialState(_ name: String, _ layer: some SequenceLayer) throws -> String {
    if let given = givenState(name, layer) { return try unsqueezed(given, [0]) }
    guard try array(name).values(as: Float.self).contains(where: { $0 != 0 }) else { return "" }
    return try unsqueezed(expandedState(name), [0])
  }

  /// The value of the layer that gives a state, if one does.
  func givenState(_ name: String, _ layer: some SequenceLayer) -> String? {
    var place = layer.recurrence.maskInput == nil ? 1 : 2
    for (known, start) in layer.initialStates {
      guard case .layer = start else { continue }
      if known == name { return inputs[place] }
      place += 1
    }
    return nil
  }

  /// A state's parameter, once for each sequence of the batch.
  func expandedState(_ name: String) throws -> String {
    let first = try array(name).shape
    let batch = op("Gather", [op("Shape", [x]), try ints([0])], .int("axis", 0))
    let shape = op("Concat", [batch, try ints(Array(first.dropFirst()))], .int("axis", 0))
    return op("Expand", [try parameter(name), shape])
  }

  /// The input with its features in one axis: (batch, steps, features).
  func flattenedSequence() throws -> String {
    guard shape.count > 3 else { return x }
    return try reshaped(
      x, from: shape,
      to: [.axis(0), .axis(1), Array(shape[2...]).entryCount.map { .fixed($0) } ?? .rest])
  }

  private func sequence(
    _ type: String, _ rest: [String], _ activations: [String], _ recurrence: Recurrence,
    _ units: Int, _ attributes: [ONNXAttribute] = []
  ) throws -> String {
    let steps = permuted(try flattenedSequence(), [1, 0, 2])
    let all = graph.name("\(node.name)/\(type)")
    let final = graph.name("\(node.name)/\(type)_final")
    graph.add(
      type, [steps] + rest,
      [
        .int("hidden_size", units),
        .text("direction", recurrence.backwards ? "reverse" : "forward"),
        .texts("activations", activations),
      ] + attributes, outputs: [all, final])
    if recurrence.onlyReturnFinal { return try squeezed(final, [0]) }
    return permuted(try squeezed(all, [1]), [1, 0, 2])
  }
}
