import Lasagne
import Testing

/// What only the builder in Swift can get wrong; `WrongNetwork` has the rest.
@Suite struct ConstructionErrorTests {
  @Test func `a network needs layers, and an input first`() {
    #expect(
      throws: NetworkError(
        "The network 'none' has no layers; give it an input layer first.")
    ) { try Network("none") {} }
    #expect {
      try Network("net") { DenseLayer(3).named("d") }
    } throws: {
      "\($0)"
        == "d (DenseLayer) needs a layer to read, but none is before it; begin the network with an "
        + "InputLayer."
    }
  }

  @Test func `a wrong network is refused in Swift as in a file`() {
    #expect {
      try Network("net", input: [3, 8, 8]) { Conv2DLayer(4, filterSize: 9).named("c") }
    } throws: {
      "\($0)" == WrongNetwork.convolutions[0].sentence
    }
    #expect {
      try Network("net", input: [3, 8, 8], outputs: ["oot"]) { DenseLayer(4).named("out") }
    } throws: {
      "\($0)" == WrongNetwork.connections.first { $0.output == "oot" }?.sentence
    }
  }
}
