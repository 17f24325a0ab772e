import Lasagne
import Tensors
import Testing

@Suite struct GradientCheckTests {
  @Test func `gradients agree with differences in float64`() throws {
    let network = try Network("net", input: [2, 6, 6]) {
      batchNorm(Conv2DLayer(3, filterSize: 3, pad: .same, nonlinearity: .tanh)).named("conv")
      Pool2DLayer(2, mode: .averageIncPad)
      NINLayer(3, untieBiases: true, nonlinearity: .sigmoid).named("nin")
      Conv2DLayer(3, filterSize: 1, W: .glorotUniform(), nonlinearity: .elu).named("side")
      ElemwiseSumLayer(coeffs: [1, 0.5]).reading("side", "nin")
      LocalResponseNormalization2DLayer(alpha: 0.1)
      ParametricRectifierLayer()
      ScaleLayer()
      BiasLayer()
      StandardizationLayer()
      DenseLayer(4, nonlinearity: .softmax)
    }
    let weights = try Weights(initializing: network, seed: 5, dataType: .float64)
    let generator = try Generator(seed: 9)
    let input = try Tensor.normal([3, 2, 6, 6], generator: generator, dataType: .float64)
    let cotangent = try Tensor.normal([3, 4], generator: generator, dataType: .float64)

    func loss() throws -> Tensor {
      try (network.output(input, weights: weights, deterministic: true) * cotangent).sum()
    }
    let gradients = try Tensor.gradients(of: loss(), withRespectTo: weights.trainable)
    for (parameter, gradient) in zip(weights.trainable, gradients) {
      let direction = try Tensor.normal(
        parameter.shape, generator: generator, dataType: .float64)
      let expected = try (gradient * direction).sum().item()
      let step = 1e-5
      let difference = try withoutGradients {
        try parameter.addInPlace(direction, scale: step)
        let above = try loss().item()
        try parameter.addInPlace(direction, scale: -2 * step)
        let below = try loss().item()
        try parameter.addInPlace(direction, scale: step)
        return (above - below) / (2 * step)
      }
      #expect(abs(difference - expected) <= 1e-6 + 1e-5 * abs(expected))
    }
  }
}
