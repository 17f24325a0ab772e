import Lasagne
import Tensors
import Testing

@Suite struct GradientCheckTests {
  @Test func `gradients agree with differences in float64`() throws {
    try check(
      Network("net", input: [2, 6, 6]) {
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
        LocallyConnected2DLayer(2, filterSize: 3, nonlinearity: .tanh)
        LocallyConnected2DLayer(2, filterSize: [1, 3], flipFilters: false, channelwise: true)
        DenseLayer(4, nonlinearity: .softmax)
      })
  }

  @Test func `gradients through time agree with differences`() throws {
    let wide = Gate(WIn: .normal(std: 1), WHid: .normal(std: 1))
    try check(
      Network("net", input: [5, 3]) {
        DenseLayer(2, nonlinearity: .tanh).named("start")
        SliceLayer(.range(), axis: 1).reading("input")
        LSTMLayer(
          4, ingate: wide, outgate: wide, hidInit: .constant(0.1), backwards: true, learnInit: true
        )
        GRULayer(2, updategate: wide, hidInit: .layer("start"))
        RecurrentLayer(3, WHidToHid: .normal(std: 1), nonlinearity: .tanh, learnInit: true)
        CustomRecurrentLayer(
          inputToHidden: try Network("i", input: [3]) { DenseLayer(2).named("i2h") },
          hiddenToHidden: try Network("h", input: [2]) {
            DenseLayer(2, nonlinearity: .tanh).named("h2h")
          },
          nonlinearity: .sigmoid, onlyReturnFinal: true)
      })
  }

  @Test func `gradients through inverses and transformers agree with differences`() throws {
    try check(
      Network("net", input: [1, 6, 7]) {
        Conv2DLayer(2, filterSize: 3, nonlinearity: .tanh).named("conv")
        DenseLayer(5, nonlinearity: .sigmoid).named("code")
        InverseLayer("code").named("decoded")
        InverseLayer("conv").named("image")
        DenseLayer(6, b: .values([0.8, 0.1, 0.05, -0.1, 0.9, 0.02]), nonlinearity: .linear)
          .named("theta")
        DenseLayer(8, W: .normal(std: 0.02), nonlinearity: .linear).reading("image")
          .named("offsets")
        TransformerLayer(localizationNetwork: "theta", borderMode: .mirror).reading("image")
        TPSTransformerLayer(
          localizationNetwork: "offsets", downsampleFactor: 1.5, controlPoints: 4,
          borderMode: .wrap)
      })
  }

  /// Layers that an `InverseLayer` may undo, by the shape of the input they get.
  private static let invertible: [(input: [Int], layers: [any Layer])] = [
    (
      [2, 6, 6],
      [
        Conv2DLayer(3, filterSize: 3, stride: 2, pad: 1, nonlinearity: .elu),
        TransposedConv2DLayer(2, filterSize: 3, stride: 2, nonlinearity: .tanh),
        DilatedConv2DLayer(3, filterSize: 2, dilation: 2), NINLayer(3, nonlinearity: .sigmoid),
        LocallyConnected2DLayer(2, filterSize: 3), DenseLayer(4, nonlinearity: .softmax),
        MaxPool2DLayer(3, stride: 2, ignoreBorder: false), MaxPool2DLayer(2, pad: 1),
        Pool2DLayer(3, stride: 2, pad: 1, mode: .averageExcPad),
        Pool2DLayer(4, stride: 3, ignoreBorder: false, mode: .averageIncPad),
        Upscale2DLayer(2), Upscale2DLayer(2, mode: .dilate), FeaturePoolLayer(2),
        FeatureWTALayer(2), GlobalPoolLayer(), SpatialPyramidPoolingLayer(poolDims: [3, 1]),
        PadLayer(2, val: 1), SliceLayer(.range(start: 1, step: 2)),
        ReshapeLayer([.inputAxis(0), -1]), DimshuffleLayer([0, 3, 2, 1]), FlattenLayer(),
        BiasLayer(), ScaleLayer(), ParametricRectifierLayer(), RandomizedRectifierLayer(),
        LocalResponseNormalization2DLayer(alpha: 0.5), BatchNormLayer(), StandardizationLayer(),
        DropoutLayer(), GaussianNoiseLayer(), NonlinearityLayer(.softplus),
        LayerNormLayer(axes: .features), RMSNormLayer(), GroupNormLayer(2),
        SqueezeExciteLayer(ratio: 1), DepthwiseConv2DLayer(filterSize: 3, nonlinearity: .tanh),
        SeparableConv2DLayer(2, filterSize: 3, pad: .same, nonlinearity: .mish),
      ]
    ),
    (
      [2, 8],
      [
        Conv1DLayer(4, filterSize: 3, pad: .full, numGroups: 2), Upscale1DLayer(3),
        MaxPool1DLayer(3, stride: 2), Pool1DLayer(2, mode: .averageIncPad),
        RecurrentLayer(2, WHidToHid: .normal(std: 1), nonlinearity: .tanh),
        LSTMLayer(2, onlyReturnFinal: true), GRULayer(2, backwards: true),
        MultiHeadAttentionLayer(2), PositionalEmbeddingLayer(), SinusoidalPositionLayer(),
      ]
    ),
    (
      [1, 4, 4, 4],
      [
        Conv3DLayer(2, filterSize: 3, pad: .same, untieBiases: true, nonlinearity: .tanh),
        TransposedConv3DLayer(2, filterSize: 2, stride: 2, crop: 1), Upscale3DLayer(2),
        MaxPool3DLayer(2), Pool3DLayer(3, pad: 1, mode: .averageExcPad),
      ]
    ),
  ]

  @Test(arguments: Self.invertible.indices)
  func `gradients through the inverse of a layer agree with differences`(index: Int) throws {
    let (input, layers) = Self.invertible[index]
    for layer in layers {
      try check(
        Network("net", input: input) {
          ScaleLayer(scales: .constant(0.7), sharedAxes: Axes.axes(Array(0...input.count)))
          layer.named("layer")
          NonlinearityLayer(.tanh)
          InverseLayer("layer")
        })
    }
  }

  @Test func `gradients through merges agree with differences`() throws {
    try check(
      Network("net", input: [2, 5]) {
        NonlinearityLayer(.tanh).named("a")
        DenseLayer(4, nonlinearity: .sigmoid, numLeadingAxes: 2).named("b")
        ConcatLayer(axis: 1, cropping: [nil, nil, .center]).reading("a", "b").named("c")
        ElemwiseMergeLayer(.mul, cropping: [nil, .lower, .upper]).reading("c", "a")
          .named("product")
        ElemwiseSumLayer(coeffs: [0.5, 2], cropping: [nil, nil, .lower]).reading("b", "a")
          .named("sum")
        ElemwiseMergeLayer(.maximum).reading("product", "sum")
      })
  }

  /// Compares the gradient by each parameter, and by the input, with differences along a direction.
  private func check(_ network: Network) throws {
    let weights = try Weights(initializing: network, seed: 5, dataType: .float64)
    let generator = try Generator(seed: 9)
    let shape = [3] + (try network.outputShape(of: "input")).dropFirst().compactMap { $0 }
    let input = try Tensor.normal(shape, generator: generator, dataType: .float64)
    try input.setRequiresGradient(true)
    let first = try network.output(input, weights: weights, deterministic: true)
    let cotangent = try Tensor.normal(first.shape, generator: generator, dataType: .float64)

    func loss() throws -> Tensor {
      try (network.output(input, weights: weights, deterministic: true) * cotangent).sum()
    }
    let variables = weights.trainable + [input]
    let gradients = try Tensor.gradients(of: loss(), withRespectTo: variables)
    let names = weights.parameters.filter(\.isTrainable).map(\.fullName) + ["input"]
    for (index, variable) in variables.enumerated() {
      let direction = try Tensor.normal(variable.shape, generator: generator, dataType: .float64)
      let expected = try (gradients[index] * direction).sum().item()
      let step = 1e-5
      let difference = try withoutGradients {
        try variable.addInPlace(direction, scale: step)
        let above = try loss().item()
        try variable.addInPlace(direction, scale: -2 * step)
        let below = try loss().item()
        try variable.addInPlace(direction, scale: step)
        return (above - below) / (2 * step)
      }
      #expect(
        abs(difference - expected) <= 1e-6 + 1e-5 * abs(expected), "\(names[index])")
    }
  }
}
