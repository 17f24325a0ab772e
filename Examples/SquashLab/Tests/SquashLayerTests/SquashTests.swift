import Lasagne
import SquashLayer
import Tensors
import Testing

@Suite struct SquashTests {
  @Test func `numbers are what the formula says`() throws {
    let network = try Network("net", input: [2]) { Squash(start: 0.5) }
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.predict(HostArray([Float(1), -2], shape: [1, 2]), weights: weights)
    // tanh(0.5) and tanh(-1)
    let expected = [0.46211716, -0.76159416]
    for (number, wanted) in zip(output.values(as: Double.self), expected) {
      #expect(abs(number - wanted) < 1e-6)
    }
  }

  @Test func `gradients agree with differences`() throws {
    let network = try Network("net", input: [2, 3, 3]) { Squash(start: 0.5) }
    let report = try GradientCheck().report(on: network)
    #expect(report.passes, "\(report)")
  }

  @Test func `a file gives the same network`() throws {
    LayerRegistry.shared.register(Squash.self)
    let network = try squashedNetwork()
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `an input without channels is refused`() {
    #expect(
      throws: NetworkError(
        layer: "squash1", type: "Squash", "needs a known number of channels on axis 1, got [?].")
    ) {
      try Network("net", input: []) { Squash() }
    }
  }
}
