import Lasagne
import Tensors
import Testing

/// Values worked out by hand where the golden cases do not reach.
@Suite struct LayerValueTests {
  private func output(_ values: [Float], _ shape: [Int], _ part: NetworkPart) throws -> [Double] {
    let input = NetworkPart(InputLayer(shape.map { $0 }, name: "in"))
    let network = try Network("net", parts: [input, part])
    let weights = try Weights(initializing: network, seed: 1)
    let result = try network.predict(HostArray(values, shape: shape), weights: weights)
    #expect(try network.outputShape() == result.shape.map { $0 })
    return result.values(as: Double.self)
  }

  private func output(_ values: [Float], _ shape: [Int], _ layer: any Layer) throws -> [Double] {
    try output(values, shape, NetworkPart(layer))
  }

  @Test func `a convolution flips its filter unless told otherwise`() throws {
    // A filter of ones is the same both ways; a ramp of inputs and an initializer of ones do not tell.
    let network = try Network("net", input: [1, 3]) {
      Conv1DLayer(1, filterSize: 3, nonlinearity: .linear)
    }
    let weights = try Weights(
      [HostArray([Float(1), 2, 3], shape: [1, 1, 3]), HostArray([Float(0)], shape: [1])],
      for: network)
    let result = try network.predict(
      HostArray([Float(1), 0, 0], shape: [1, 1, 3]), weights: weights)
    #expect(result.values(as: Double.self) == [3])
  }

  @Test func `pooling with its border takes in the last partial region`() throws {
    #expect(
      try output([1, 2, 3, 4, 5], [1, 1, 5], MaxPool1DLayer(2, ignoreBorder: false)) == [2, 4, 5])
    #expect(try output([1, 2, 3, 4, 5], [1, 1, 5], MaxPool1DLayer(2)) == [2, 4])
    #expect(
      try output(
        [1, 2, 3, 4, 5], [1, 1, 5], Pool1DLayer(2, ignoreBorder: false, mode: .averageExcPad))
        == [1.5, 3.5, 5])
    // A stride beyond the size, and a pad beyond half the size, which libtorch refuses.
    #expect(
      try output([1, 2, 3, 4, 5, 6], [1, 1, 6], MaxPool1DLayer(2, stride: 3, ignoreBorder: false))
        == [2, 5])
    #expect(
      try output([-1, -2, -3], [1, 1, 3], MaxPool1DLayer(3, stride: 2, pad: 2)) == [-1, -1, -3])
  }

  @Test func `slices count as Python's do`() throws {
    let values: [Float] = [0, 1, 2, 3, 4]
    #expect(try output(values, [1, 5], SliceLayer(.range(start: -2))) == [3, 4])
    #expect(try output(values, [1, 5], SliceLayer(.range(step: -2))) == [4, 2, 0])
    #expect(
      try output(values, [1, 5], SliceLayer(.range(start: 3, stop: 0, step: -1))) == [3, 2, 1])
    #expect(try output(values, [1, 5], SliceLayer(.range(start: 1, stop: -1, step: 2))) == [1, 3])
  }

  @Test func `upscaling by dilation puts zeros between`() throws {
    #expect(
      try output([1, 2], [1, 1, 2], Upscale1DLayer(3, mode: .dilate)) == [1, 0, 0, 2, 0, 0])
  }

  @Test func `the winner of a group takes all`() throws {
    #expect(try output([1, 3, 2, 2], [1, 4], FeatureWTALayer(2)) == [0, 3, 2, 0])
  }

  @Test func `batch normalization averages the inverse deviation`() throws {
    let network = try Network("net", input: [1]) { BatchNormLayer(epsilon: 1e-4, alpha: 0.25) }
    let weights = try Weights(initializing: network, seed: 1)
    let input = try Tensor([Float(1), 3], shape: [2, 1])
    let trained = try network.output(input, weights: weights, deterministic: false)
    let inverse = 1 / (1 + 1e-4).squareRoot()
    #expect(abs(try trained.values(as: Double.self)[1] - inverse) < 1e-6)
    let averages = try weights.hostArrays().suffix(2).map { $0.values(as: Double.self)[0] }
    #expect(abs(averages[0] - 0.5) < 1e-6)
    #expect(abs(averages[1] - (0.75 + 0.25 * inverse)) < 1e-6)
    _ = try network.output(input, weights: weights, deterministic: true)
    #expect(try weights.hostArrays()[2].values(as: Double.self) == [averages[0]])
  }

  @Test func `averages can be used while they are updated, with gradients`() throws {
    let network = try Network("net", input: [1]) { BatchNormLayer() }
    let weights = try Weights(initializing: network, seed: 1)
    let mode = ForwardMode(
      isDeterministic: true, batchNormUseAverages: true, batchNormUpdateAverages: true)
    let pass = try network.forward(
      ["": Tensor([Float(1), 3], shape: [2, 1])], weights: weights, mode: mode)
    try pass.applyUpdates()
    let gradients = try Tensor.gradients(of: pass.output.sum(), withRespectTo: weights.trainable)
    #expect(try gradients.map { try $0.item() } == [2, 4])
  }
}
