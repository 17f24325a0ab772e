import Lasagne
import Tensors
import Testing

@Suite struct UnrolledWalkTests {
  @Test func `an unrolled walk gives what any walk gives`() throws {
    func output(_ isUnrolled: Bool) throws -> [Float] {
      let network = try Network("net", input: [4, 3]) {
        LSTMLayer(2, backwards: true, gradClipping: 0.1, unrollScan: isUnrolled).named("walk")
      }
      let weights = try Weights(initializing: network, seed: 5)
      let input = try Tensor.normal([2, 4, 3], generator: Generator(seed: 6))
      return try network.output(input, weights: weights, deterministic: true).values()
    }
    #expect(try output(true) == output(false))
  }
}
