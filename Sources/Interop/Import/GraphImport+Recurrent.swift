import Lasagne
import Tensors

// ONNX's recurrent nodes: (steps, batch, features) in, (steps, directions, batch, units) out.
extension GraphImport {
  mutating func lstm(_ node: ImportedNode) throws {
    let parts = try recurrence(node, gates: 4, activations: ["Sigmoid", "Tanh", "Tanh"])
    guard node.int("input_forget", 0) == 0, try optional(node, 4) == nil else {
      throw node.problem("couples its gates or has lengths of sequences, which cannot be read.")
    }
    let names = ["ingate", "outgate", "forgetgate", "cell"]
    let peepholes = try optionalConstant(node, 7)
    try give(node, parts) { reading, direction in
      let cut = try reading.cut(node, parts, direction, names)
      var weights = cut.weights
      let bias = cut.bias
      for (index, name) in names.enumerated() {
        weights["b_\(name)"] = try HostArray(
          zip(bias[index], bias[index + 4]).map { $0 + $1 }, shape: [parts.units])
      }
      weights["hid_init"] = try reading.start(node, 5, parts, direction)
      weights["cell_init"] = try reading.start(node, 6, parts, direction)
      if let peepholes {
        let all = peepholes.values(as: Float.self)
        guard all.count == 3 * parts.units * parts.directions else {
          throw node.problem("has peepholes of shape \(peepholes.shape).")
        }
        for (index, name) in names.prefix(3).enumerated() {
          let start = (direction * 3 + index) * parts.units
          weights["W_cell_to_\(name)"] = try HostArray(
            Array(all[start..<(start + parts.units)]), shape: [parts.units])
        }
      }
      let layer = LSTMLayer(
        parts.units, backwards: parts.isBackwards(direction), peepholes: peepholes != nil,
        onlyReturnFinal: parts.isFinal)
      return (layer, weights)
    }
  }

  mutating func gru(_ node: ImportedNode) throws {
    let parts = try recurrence(node, gates: 3, activations: ["Sigmoid", "Tanh"])
    guard node.int("linear_before_reset", 0) == 1, try optional(node, 4) == nil else {
      throw node.problem(
        "resets the state before its product, or has lengths of sequences, which cannot be read.")
    }
    let names = ["updategate", "resetgate", "hidden_update"]
    try give(node, parts) { reading, direction in
      let cut = try reading.cut(node, parts, direction, names)
      var weights = cut.weights
      let bias = cut.bias
      guard bias[5].allSatisfy({ $0 == 0 }) else {
        throw node.problem(
          "adds a bias to the state before it is reset, which a GRULayer does not; train it without "
            + "that bias, or set it to zero.")
      }
      for (index, name) in names.enumerated() {
        weights["b_\(name)"] = try HostArray(
          zip(bias[index], bias[index + 3]).map { $0 + $1 }, shape: [parts.units])
      }
      // ONNX's gate says how much is kept, Lasagne's how much is replaced: 1 - σ(x) = σ(-x).
      for prefix in ["W_in_to_", "W_hid_to_", "b_"] {
        if let array = weights[prefix + names[0]] {
          weights[prefix + names[0]] = try HostArray(
            array.values(as: Float.self).map { -$0 }, shape: array.shape)
        }
      }
      weights["hid_init"] = try reading.start(node, 5, parts, direction)
      let layer = GRULayer(
        parts.units, backwards: parts.isBackwards(direction), onlyReturnFinal: parts.isFinal)
      return (layer, weights)
    }
  }

  mutating func recurrent(_ node: ImportedNode) throws {
    let known: [String: Nonlinearity] = ["Tanh": .tanh, "Relu": .rectify, "Sigmoid": .sigmoid]
    let named = node.texts("activations")?.first ?? "Tanh"
    guard let nonlinearity = known[named] else {
      throw node.problem("has the activation '\(named)', which cannot be read.")
    }
    let parts = try recurrence(node, gates: 1, activations: [named])
    guard try optional(node, 4) == nil else {
      throw node.problem("has lengths of sequences, which cannot be read.")
    }
    try give(node, parts) { reading, direction in
      let cut = try reading.cut(node, parts, direction, ["hid"])
      let bias = zip(cut.bias[0], cut.bias[1]).map { $0 + $1 }
      var weights = [
        "input_to_hidden.b": try HostArray(bias, shape: [parts.units])
      ]
      weights["input_to_hidden.W"] = cut.weights["W_in_to_hid"]
      weights["hidden_to_hidden.W"] = cut.weights["W_hid_to_hid"]
      weights["hid_init"] = try reading.start(node, 5, parts, direction)
      let layer = RecurrentLayer(
        parts.units, nonlinearity: nonlinearity, backwards: parts.isBackwards(direction),
        onlyReturnFinal: parts.isFinal)
      return (layer, weights)
    }
  }

  // MARK: parts

  /// What the three nodes have in common.
  struct RecurrentParts {
    let flow: Flow
    let W: HostArray
    let R: HostArray
    let B: HostArray?
    let gates: Int
    let units: Int
    let features: Int
    let directions: Int
    let isReversed: Bool
    /// Whether only the last state is read.
    let isFinal: Bool

    func isBackwards(_ direction: Int) -> Bool { isReversed || direction == 1 }
  }

  private func recurrence(
    _ node: ImportedNode, gates: Int, activations: [String]
  ) throws -> RecurrentParts {
    try node.require("layout", 0)
    let (flow, W, R) = (try flow(node), try constant(node, 1), try constant(node, 2))
    let direction = node.text("direction", "forward")
    let directions = direction == "bidirectional" ? 2 : 1
    guard flow.shape.count == 3, W.shape.count == 3, R.shape.count == 3, W.shape[0] == directions,
      W.shape[1].isMultiple(of: gates), R.shape[2] * gates == R.shape[1], R.shape[1] == W.shape[1],
      R.shape[0] == directions, R.shape[2] > 0, W.shape[2] > 0, flow.shape[2] == W.shape[2],
      !node.has("clip")
    else {
      throw node.problem(
        "has weights of the shapes \(W.shape) and \(R.shape) for an input of shape "
          + "\(flow.shape.text), which do not fit, or clips.")
    }
    let given = node.texts("activations") ?? []
    let expected = Array(repeating: activations, count: directions).flatMap { $0 }
    guard given.isEmpty || given == expected else {
      throw node.problem("has the activations \(given); only \(expected) can be read.")
    }
    let B = try optionalConstant(node, 3)
    guard B.map({ $0.shape == [directions, 2 * W.shape[1]] }) ?? true else {
      throw node.problem("has a bias of shape \(B?.shape ?? []).")
    }
    let isRead = node.outputs.map { !$0.isEmpty && (readers[$0] ?? 0) > 0 }
    guard !(isRead.count > 2 && isRead[2]) else {
      throw node.problem("gives its cell, which no layer here does.")
    }
    return RecurrentParts(
      flow: flow, W: W, R: R, B: B, gates: gates, units: R.shape[2], features: W.shape[2],
      directions: directions, isReversed: direction == "reverse",
      isFinal: !(isRead.first ?? false))
  }

  /// The weights of one direction by gate, and its biases: of the inputs, then of the states.
  private func cut(
    _ node: ImportedNode, _ parts: RecurrentParts, _ direction: Int, _ names: [String]
  ) throws -> (weights: [String: HostArray], bias: [[Float]]) {
    func piece(_ array: HostArray, _ index: Int, width: Int) throws -> HostArray {
      let start = (direction * parts.gates + index) * parts.units
      return try Tensor(
        array.converted(to: .float32).reshaped([
          parts.directions * parts.gates * parts.units, width,
        ]).rows(Array(start..<(start + parts.units)))
      ).transposed().hostArray()
    }
    var weights: [String: HostArray] = [:]
    for (index, name) in names.enumerated() {
      weights["W_in_to_\(name)"] = try piece(parts.W, index, width: parts.features)
      weights["W_hid_to_\(name)"] = try piece(parts.R, index, width: parts.units)
    }
    let count = 2 * parts.gates * parts.units
    let all =
      parts.B?.values(as: Float.self)
      ?? [Float](repeating: 0, count: count * parts.directions)
    let bias = (0..<(2 * parts.gates)).map { index in
      let start = direction * count + index * parts.units
      return Array(all[start..<(start + parts.units)])
    }
    return (weights, bias)
  }

  /// The state that a direction begins with: (1, units).
  private func start(
    _ node: ImportedNode, _ index: Int, _ parts: RecurrentParts, _ direction: Int
  ) throws -> HostArray {
    let zeros = try HostArray([Float](repeating: 0, count: parts.units), shape: [1, parts.units])
    let given: HostArray
    switch try optional(node, index) {
    case nil: return zeros
    case .constant(let array), .repeated(let array): given = array
    default: throw node.problem("begins with a state that is computed, which cannot be read.")
    }
    let values = given.values(as: Float.self)
    if values.allSatisfy({ $0 == 0 }) { return zeros }
    let rows = values.count / parts.units
    guard values.count == rows * parts.units, rows.isMultiple(of: parts.directions) else {
      throw node.problem("begins with states of shape \(given.shape).")
    }
    let each = rows / parts.directions * parts.units
    let own = Array(values[(direction * each)..<((direction + 1) * each)])
    let first = Array(own.prefix(parts.units))
    guard
      stride(from: 0, to: own.count, by: parts.units).allSatisfy({
        own[$0..<($0 + parts.units)].elementsEqual(first)
      })
    else {
      throw node.problem("begins with another state for each example, which cannot be read.")
    }
    return try HostArray(first, shape: [1, parts.units])
  }

  /// Adds one layer for each direction, and what makes of them the outputs of the node.
  private mutating func give(
    _ node: ImportedNode, _ parts: RecurrentParts,
    _ make: (GraphImport, Int) throws -> (any Layer, [String: HostArray])
  ) throws {
    let input = try shuffled(parts.flow, [1, 0, 2])
    var (all, final): ([Flow], [Flow]) = ([], [])
    for direction in 0..<parts.directions {
      let (layer, weights) = try make(self, direction)
      let name = layerName(node, layer)
      let flow = try add(layer, reading: [input], called: name, weights)
      if parts.isFinal {
        final.append(try shuffled(flow, [.new, 0, 1]))
        continue
      }
      all.append(try shuffled(flow, [1, .new, 0, 2]))
      if node.outputs.count > 1, (readers[node.outputs[1]] ?? 0) > 0 {
        let slice = SliceLayer(.index(parts.isBackwards(direction) ? 0 : -1), axis: 1)
        let last = try add(slice, reading: [flow], called: unusedName("\(name)_final"))
        final.append(try shuffled(last, [.new, 0, 1]))
      }
    }
    for (place, flows, axis) in [(0, all, 1), (1, final, 0)] where !flows.isEmpty {
      guard node.outputs.indices.contains(place) else { continue }
      let joined =
        flows.count == 1
        ? flows[0] : try add(ConcatLayer(axis: axis), reading: flows, called: unusedName("concat1"))
      set(node.outputs[place], .flow(joined))
    }
  }
}
