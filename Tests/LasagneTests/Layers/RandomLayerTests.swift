import Lasagne
import Tensors
import Testing

@Suite struct RandomLayerTests {
  private func output(_ layer: some Layer, shape: [Int], seed: UInt64 = 1) throws -> [Double] {
    let network = try Network("net", input: shape.dropFirst().map { $0 }) { layer }
    let weights = try Weights(initializing: network, seed: 1)
    return try network.output(
      Tensor.ones(shape), weights: weights, deterministic: false,
      generator: Generator(seed: seed)
    ).values(as: Double.self)
  }

  @Test func `dropout keeps the mean and draws by the seed`() throws {
    let values = try output(DropoutLayer(p: 0.3), shape: [100, 200])
    #expect(Set(values).count == 2)
    #expect(abs(values.reduce(0, +) / 20000 - 1) < 0.03)
    #expect(abs(Double(values.filter { $0 == 0 }.count) / 20000 - 0.3) < 0.02)
    #expect(try output(DropoutLayer(p: 0.3), shape: [100, 200]) == values)
    #expect(try output(DropoutLayer(p: 0.3), shape: [100, 200], seed: 2) != values)
  }

  @Test func `dropout without rescaling leaves what stays`() throws {
    #expect(try Set(output(DropoutLayer(p: 0.5, rescale: false), shape: [10, 50])) == [0, 1])
    #expect(try Set(output(DropoutLayer(p: 1), shape: [2, 5])) == [0])
  }

  @Test func `shared axes drop together`() throws {
    let values = try output(DropoutLayer(p: 0.5, sharedAxes: [2, 3]), shape: [4, 8, 3, 3])
    for channel in 0..<32 {
      #expect(Set(values[(channel * 9)..<(channel * 9 + 9)]).count == 1)
    }
    #expect(Set(values).count == 2)
  }

  @Test func `noise has the given deviation`() throws {
    let values = try output(GaussianNoiseLayer(sigma: 0.5), shape: [100, 200]).map { $0 - 1 }
    #expect(abs(values.reduce(0, +) / 20000) < 0.02)
    #expect(abs((values.map { $0 * $0 }.reduce(0, +) / 20000).squareRoot() - 0.5) < 0.02)
  }

  @Test func `random slopes stay between their bounds`() throws {
    let network = try Network("net", input: [50]) { RandomizedRectifierLayer() }
    let weights = try Weights(initializing: network, seed: 1)
    let values = try network.output(
      Tensor.full([20, 50], -1), weights: weights, deterministic: false,
      generator: Generator(seed: 4)
    ).values(as: Double.self)
    #expect(values.allSatisfy { (-0.8...(-0.3)).contains($0) })
    #expect(Set(values).count == 50)
  }

  @Test func `training without a generator says what is missing`() throws {
    let network = try Network("net", input: [3]) { DropoutLayer() }
    let weights = try Weights(initializing: network, seed: 1)
    #expect {
      try network.output(Tensor.ones([1, 3]), weights: weights, deterministic: false)
    } throws: {
      "\($0)".contains("pass a generator, or deterministic: true")
    }
  }
}
