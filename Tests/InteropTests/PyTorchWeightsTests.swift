import Interop
import Lasagne
import Tensors
import Testing

private func array(_ shape: [Int], from start: Float = 1) throws -> HostArray {
  try HostArray((0..<shape.reduce(1, *)).map { start + Float($0) }, shape: shape)
}

private func values(_ read: PyTorchWeights, _ network: Network, _ name: String) -> [Float] {
  let place = network.parameters.firstIndex { $0.fullName == name } ?? 0
  return read.weights[place].values(as: Float.self)
}

@Suite struct PyTorchWeightsTests {
  @Test func `matrices are turned, filters flipped, variances inverted`() throws {
    try Backend.load()
    let network = try Network("net", input: [1, 2, 2]) {
      Conv2DLayer(1, filterSize: 2, b: nil, nonlinearity: .linear, name: "conv")
      BatchNormLayer(name: "bn")
      DenseLayer(2, name: "fc")
    }
    let read = try PyTorchWeights(
      [
        "conv.weight": array([1, 1, 2, 2]), "bn.weight": array([1], from: 5),
        "bn.bias": array([1], from: 6), "bn.running_mean": array([1], from: 7),
        "bn.running_var": array([1], from: 0.24), "bn.num_batches_tracked": array([1]),
        "fc.weight": array([2, 1]), "fc.bias": array([2]),
      ], for: network, batchNormEpsilon: 0.01)
    #expect(values(read, network, "conv.W") == [4, 3, 2, 1])
    #expect(values(read, network, "bn.gamma") == [5])
    #expect(values(read, network, "bn.beta") == [6])
    #expect(values(read, network, "bn.mean") == [7])
    #expect(values(read, network, "bn.inv_std") == [2])
    #expect(values(read, network, "fc.W") == [1, 2])
    #expect(read.assignments.map(\.reason) == [.name, .name, .name])
    #expect(read.unused.isEmpty)
  }

  @Test func `gates of recurrent modules find their places`() throws {
    try Backend.load()
    let network = try Network("net", input: [3, 1]) { GRULayer(1, name: "gru") }
    let state = [
      "rnn.weight_ih_l0": try array([3, 1], from: 1),
      "rnn.weight_hh_l0": try array([3, 1], from: 4),
      "rnn.bias_ih_l0": try array([3], from: 7),
      "rnn.bias_hh_l0": try HostArray([1, 2, 0] as [Float], shape: [3]),
    ]
    let read = try PyTorchWeights(state, for: network)
    // PyTorch's order is reset, update, new; its update gate says how much is kept.
    #expect(values(read, network, "gru.W_in_to_resetgate") == [1])
    #expect(values(read, network, "gru.W_in_to_updategate") == [-2])
    #expect(values(read, network, "gru.W_hid_to_hidden_update") == [6])
    #expect(values(read, network, "gru.b_updategate") == [-10])
    #expect(values(read, network, "gru.b_hidden_update") == [9])
    var inner = state
    inner["rnn.bias_hh_l0"] = try array([3])
    let said = sentence { _ = try PyTorchWeights(inner, for: network) }
    #expect(said.contains("has no bias inside its reset, but 'rnn.l0' has one"), "\(said)")
  }

  @Test func `rows of equal modules are taken in the order of their numbers`() throws {
    try Backend.load()
    let network = try Network("net", input: [2]) {
      for _ in 0..<3 { DenseLayer(2, b: nil) }
    }
    var state: [String: HostArray] = [:]
    for (place, number) in [2, 10, 4].enumerated() {
      state["layers.\(number).weight"] = try array([2, 2], from: Float(place * 10))
    }
    let read = try PyTorchWeights(state, for: network)
    #expect(read.assignments.map(\.module) == ["layers.2", "layers.4", "layers.10"])
    #expect(read.assignments.map(\.reason) == [.order, .order, .order])
    #expect(values(read, network, "dense2.W").first == 20)
    state["layers.12.weight"] = try array([2, 2])
    let said = sentence { _ = try PyTorchWeights(state, for: network) }
    #expect(said.contains("Several modules fit the layer 'dense1'"), "\(said)")
  }

  @Test func `what is open is asked for, and a map answers`() throws {
    try Backend.load()
    let network = try Network("net", input: [2]) {
      DenseLayer(2, b: nil, name: "first")
      DenseLayer(2, b: nil, name: "second")
    }
    let state = [
      "encoder.weight": try array([2, 2]), "decoder.weight": try array([2, 2], from: 9),
    ]
    let said = sentence { _ = try PyTorchWeights(state, for: network) }
    #expect(said.contains("Several modules fit the layer 'first': decoder, encoder"), "\(said)")
    let map = try PyTorchWeights.map(yaml: "first: encoder\nsecond: decoder\n")
    let read = try PyTorchWeights(state, for: network, map: map)
    #expect(values(read, network, "second.W") == [9, 11, 10, 12])
    for (text, words) in [
      ("fist: encoder", "did you mean 'first'?"), ("first: enoder", "did you mean 'encoder'?"),
      ("- a", "cannot be read"),
    ] {
      let said = sentence {
        _ = try PyTorchWeights(state, for: network, map: PyTorchWeights.map(yaml: text))
      }
      #expect(said.contains(words), "\(said)")
    }
  }

  @Test func `modules that do not fit are refused with both shapes`() throws {
    try Backend.load()
    let network = try Network("net", input: [2]) { DenseLayer(3, name: "fc") }
    let state = ["fc.weight": try array([2, 3]), "fc.bias": try array([3])]
    let said = sentence { _ = try PyTorchWeights(state, for: network) }
    #expect(said.contains("No module of the file fits the layer 'fc'"), "\(said)")
    #expect(said.contains("bias [3], weight [3, 2]"), "\(said)")
    let given = sentence { _ = try PyTorchWeights(state, for: network, map: ["fc": "fc"]) }
    #expect(given.contains("with bias [3], weight [2, 3]; the layer needs bias [3]"), "\(given)")
    let lstm = try Network("net", input: [3, 1]) { LSTMLayer(1, name: "lstm") }
    let peephole = sentence {
      _ = try PyTorchWeights(
        [
          "l.weight_ih_l0": array([4, 1]), "l.weight_hh_l0": array([4, 1]),
          "l.bias_ih_l0": array([4]), "l.bias_hh_l0": array([4]),
        ], for: lstm)
    }
    #expect(peephole.contains("lstm (LSTMLayer) has peepholes"), "\(peephole)")
  }
}
