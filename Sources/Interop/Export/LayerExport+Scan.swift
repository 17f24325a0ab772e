import Lasagne
import Tensors

// Recurrent layers as a graph that is run once a step: with masks, with other nonlinearities, and with
// networks of one's own inside.
extension LayerExport {
  func recurrentScan(_ layer: RecurrentLayer) throws -> String {
    let sums = try inputSums(
      parameter("input_to_hidden.W"),
      has("input_to_hidden.b") ? parameter("input_to_hidden.b") : nil)
    let W = try parameter("hidden_to_hidden.W")
    return try scanned(layer, over: sums) { given, states in
      let sum = op("Add", [given, op("MatMul", [states[0], W])])
      return [try applying(layer.nonlinearity, to: sum)]
    }
  }

  func gruScan(_ layer: GRULayer) throws -> String {
    let names = ["updategate", "resetgate", "hidden_update"]
    let sums = try inputSums(joined("W_in_to_", names), joined("b_", names))
    let W = try joined("W_hid_to_", names)
    return try scanned(layer, over: sums) { given, states in
      let carried = op("MatMul", [states[0], W])
      func part(_ value: String, _ gate: Int) throws -> String {
        try sliced(
          value, axis: 1, from: gate * layer.numUnits, to: (gate + 1) * layer.numUnits)
      }
      func sum(_ gate: Int) throws -> String {
        op("Add", [try part(given, gate), try part(carried, gate)])
      }
      let update = try applying(layer.updategate.nonlinearity, to: sum(0))
      let reset = try applying(layer.resetgate.nonlinearity, to: sum(1))
      let inner = op(
        "Add", [try part(given, 2), op("Mul", [reset, try part(carried, 2)])])
      let new = try applying(layer.hiddenUpdate.nonlinearity, to: inner)
      let kept = op("Mul", [op("Sub", [try number(1), update]), states[0]])
      return [op("Add", [kept, op("Mul", [update, new])])]
    }
  }

  func lstmScan(_ layer: LSTMLayer) throws -> String {
    let names = ["ingate", "forgetgate", "cell", "outgate"]
    let sums = try inputSums(joined("W_in_to_", names), joined("b_", names))
    let W = try joined("W_hid_to_", names)
    return try scanned(layer, over: sums) { given, states in
      let sum = op("Add", [given, op("MatMul", [states[0], W])])
      func gate(_ index: Int, _ settings: Gate, seeing cell: String?) throws -> String {
        var part = try sliced(
          sum, axis: 1, from: index * layer.numUnits, to: (index + 1) * layer.numUnits)
        if let cell, layer.peepholes {
          part = op("Add", [part, op("Mul", [cell, try parameter("W_cell_to_\(names[index])")])])
        }
        return try applying(settings.nonlinearity, to: part)
      }
      let kept = op("Mul", [try gate(1, layer.forgetgate, seeing: states[1]), states[1]])
      let entering = op(
        "Mul", [try gate(0, layer.ingate, seeing: states[1]), try gate(2, layer.cell, seeing: nil)])
      let cell = op("Add", [kept, entering])
      let shown = try applying(layer.nonlinearity, to: cell)
      return [op("Mul", [try gate(3, layer.outgate, seeing: cell), shown]), cell]
    }
  }

  func customRecurrentScan(_ layer: CustomRecurrentLayer) throws -> String {
    try scanned(layer, over: x) { given, states in
      let entering = try inner(layer.inputToHidden.network, given)
      let carried = try inner(layer.hiddenToHidden.network, states[0])
      return [try applying(layer.nonlinearity, to: op("Add", [entering, carried]))]
    }
  }

  /// A network inside this layer, applied to a value.
  private func inner(_ network: Network, _ value: String) throws -> String {
    var export = NetworkExport(
      network: network, arrays: arrays, graph: graph, prefix: "\(node.name)/")
    try export.run(given: [network.inputs[0]: value])
    return try export.value(of: network.outputs[0])
  }

  // MARK: parts

  private func joined(_ prefix: String, _ gates: [String]) throws -> String {
    let parts = try gates.map { try Tensor(array(prefix + $0)) }
    let joined = try Tensor.concatenate(parts, axis: -1).hostArray()
    return graph.constant(
      joined, key: "\(node.name) \(prefix)", wish: "\(node.name).\(prefix)all")
  }

  /// What the input adds to each step, for all steps at once.
  private func inputSums(_ W: String, _ b: String?) throws -> String {
    let product = op("MatMul", [try flattenedSequence(), W])
    guard let b else { return product }
    return op("Add", [product, b])
  }

  /// Runs a step along the second axis of a value.
  private func scanned(
    _ layer: some SequenceLayer, over value: String,
    step: (_ given: String, _ states: [String]) throws -> [String]
  ) throws -> String {
    let recurrence = layer.recurrence
    let starts = try layer.initialStates.map { name, _ in
      try givenState(name, layer) ?? expandedState(name)
    }
    let rank = try layer.outputShape(for: shapes).count - (recurrence.onlyReturnFinal ? 0 : 1)
    let before = starts.indices.map { graph.name("\(node.name)/state\($0)") }
    let given = graph.name("\(node.name)/step")
    let mask = recurrence.maskInput.map { _ in graph.name("\(node.name)/mask") }

    graph.begin()
    var after = try step(given, before)
    if let mask {
      let isSkipped = op("Equal", [mask, try number(0)])
      let wide = try unsqueezed(isSkipped, Array(1..<rank))
      after = zip(before, after).map { op("Where", [wide, $0, $1]) }
    }
    after = after.map { op("Identity", [$0]) }
    let shown = op("Identity", [after[0]])
    let graphInside = body(
      graph.end(), inputs: before + [given] + (mask.map { [$0] } ?? []), after + [shown])

    let scanInputs = [value] + (mask == nil ? [] : [inputs[1]])
    let ends = starts.indices.map { graph.name("\(node.name)/final\($0)") }
    let all = graph.name("\(node.name)/Scan")
    let direction = recurrence.backwards ? 1 : 0
    graph.add(
      "Scan", starts + scanInputs,
      [
        .graph("body", graphInside), .int("num_scan_inputs", scanInputs.count),
        .ints("scan_input_axes", scanInputs.map { _ in 1 }),
        .ints("scan_input_directions", scanInputs.map { _ in direction }),
        .ints("scan_output_axes", [1]), .ints("scan_output_directions", [direction]),
      ], outputs: ends + [all])
    return recurrence.onlyReturnFinal ? ends[0] : all
  }

  private func body(_ nodes: [ONNXNode], inputs: [String], _ outputs: [String]) -> ONNXGraph {
    var body = ONNXGraph()
    body.name = "\(node.name)/body"
    body.node = nodes
    func info(_ name: String) -> ONNXValueInfo {
      ONNXValueInfo(name, type: ONNXCode.float, shape: nil) { _ in "" }
    }
    body.input = inputs.map(info)
    body.output = outputs.map(info)
    return body
  }
}
