import Lasagne
import Testing

@Suite struct SharingTests {
  /// Two of a layer side by side, the second with the first's parameters.
  private func pair<Shared: DescribedLayer>(_ layer: Shared, input: [Int?]) throws -> Network {
    try Network("pair", input: input) {
      layer.named("first")
      layer.named("second").sharing("first").reading("input")
      ElemwiseSumLayer().reading("first", "second")
    }
  }

  @Test func `all parameters of a layer are those of the other`() throws {
    let sequence: [Int?] = [3, 2]
    let networks = [
      try pair(DenseLayer(2), input: [3]), try pair(DenseLayer(2, b: nil), input: [3]),
      try pair(Conv2DLayer(2, filterSize: 3), input: [1, 4, 4]),
      try pair(BatchNormLayer(), input: [3]),
      try pair(LSTMLayer(2, learnInit: true), input: sequence),
      try pair(LSTMLayer(2, peepholes: false), input: sequence),
      try pair(GRULayer(2), input: sequence),
      try pair(MultiHeadAttentionLayer(2, numUnits: 4), input: [3, 4]),
    ]
    for network in networks {
      let names = network.parameters.map(\.fullName)
      #expect(!names.isEmpty && names.allSatisfy { $0.hasPrefix("first.") }, "\(names)")
      #expect(try Network(modelFile: network.modelFile()) == network)
    }
    #expect(
      networks[0].layers[2].layer
        == AnyLayer(
          DenseLayer(2, W: .shareWith("first.W"), b: .shareWith("first.b"), name: "second")))
  }

  @Test func `sharing is refused where there is nothing to share, or no other layer`() throws {
    #expect(
      throws: NetworkError(
        layer: "second", type: "pool",
        "has no parameters to share with 'first'; leave out the sharing.")
    ) { try pair(MaxPool2DLayer(2), input: [1, 4, 4]) }
    #expect {
      try Network("net", input: [3]) { DenseLayer(2).sharing("frist") }
    } throws: {
      "\($0)".hasPrefix(
        "dense1 (DenseLayer) shares W with 'frist.W', but there is no layer 'frist'")
    }
  }
}
