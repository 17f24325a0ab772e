import Lasagne

extension LayerCatalogue {
  static let convolutions: [CatalogueEntry] = [
    .one(
      [2, 6],
      "numFilters: 4, filterSize: 3, stride: 2, pad: full, untieBiases: true, W: GlorotNormal, b: 0.1, "
        + "nonlinearity: tanh, flipFilters: false, numGroups: 2",
      Conv1DLayer(
        4, filterSize: 3, stride: 2, pad: .full, untieBiases: true, W: .glorotNormal(),
        b: .constant(0.1), nonlinearity: .tanh, flipFilters: false, numGroups: 2)),
    .one(
      [2, 5, 4],
      "numFilters: 4, filterSize: [3, 1], stride: [1, 2], pad: same, untieBiases: true, W: HeNormal, "
        + "b: 0.1, nonlinearity: elu, flipFilters: false, numGroups: 2",
      Conv2DLayer(
        4, filterSize: [3, 1], stride: [1, 2], pad: .same, untieBiases: true, W: .heNormal(),
        b: .constant(0.1), nonlinearity: .elu, flipFilters: false, numGroups: 2)),
    .one(
      [2, 3, 3, 3],
      "numFilters: 2, filterSize: 2, stride: 2, pad: [1, 0, 1], untieBiases: true, W: Orthogonal, "
        + "b: null, nonlinearity: softplus, flipFilters: false, numGroups: 2",
      Conv3DLayer(
        2, filterSize: 2, stride: 2, pad: [1, 0, 1], untieBiases: true, W: .orthogonal(), b: nil,
        nonlinearity: .softplus, flipFilters: false, numGroups: 2)),
    .one(
      [2, 3, 3],
      "numFilters: 2, filterSize: 3, stride: 2, crop: 1, untieBiases: true, W: HeUniform, b: 0.1, "
        + "nonlinearity: gelu, flipFilters: true, outputSize: [6, 5]",
      TransposedConv2DLayer(
        2, filterSize: 3, stride: 2, crop: 1, untieBiases: true, W: .heUniform(),
        b: .constant(0.1), nonlinearity: .gelu, flipFilters: true, outputSize: [6, 5])),
    .one(
      [2, 2, 2, 2],
      "numFilters: 1, filterSize: 3, stride: 2, crop: [0, 1, 1], untieBiases: true, W: HeUniform, "
        + "b: 0.1, nonlinearity: silu, flipFilters: true, outputSize: [5, 3, 4]",
      TransposedConv3DLayer(
        1, filterSize: 3, stride: 2, crop: [0, 1, 1], untieBiases: true, W: .heUniform(),
        b: .constant(0.1), nonlinearity: .silu, flipFilters: true, outputSize: [5, 3, 4])),
    .one(
      [2, 5, 6],
      "numFilters: 2, filterSize: [2, 3], dilation: [3, 2], pad: 0, untieBiases: true, W: HeNormal, "
        + "b: 0.1, nonlinearity: mish, flipFilters: false",
      DilatedConv2DLayer(
        2, filterSize: [2, 3], dilation: [3, 2], untieBiases: true, W: .heNormal(),
        b: .constant(0.1), nonlinearity: .mish)),
    .one(
      [2, 3, 4],
      "numFilters: 2, filterSize: [3, 1], stride: 1, pad: same, untieBiases: true, W: HeNormal, b: 0.1, "
        + "nonlinearity: sigmoid, flipFilters: false, channelwise: true",
      LocallyConnected2DLayer(
        2, filterSize: [3, 1], untieBiases: true, W: .heNormal(), b: .constant(0.1),
        nonlinearity: .sigmoid, flipFilters: false, channelwise: true)),
    .one(
      [2, 5, 4],
      "filterSize: [3, 1], depthMultiplier: 2, stride: [1, 2], pad: same, untieBiases: true, "
        + "W: HeNormal, b: 0.1, nonlinearity: hardSwish, flipFilters: false",
      DepthwiseConv2DLayer(
        filterSize: [3, 1], depthMultiplier: 2, stride: [1, 2], pad: .same, untieBiases: true,
        W: .heNormal(), b: .constant(0.1), nonlinearity: .hardSwish, flipFilters: false)),
    .one([2, 4, 4], "filterSize: 3, b: null", DepthwiseConv2DLayer(filterSize: 3, b: nil)),
    .one(
      [2, 5, 4],
      "numFilters: 3, filterSize: [3, 1], depthMultiplier: 2, stride: [1, 2], pad: same, "
        + "WDepthwise: HeNormal, WPointwise: HeUniform, b: 0.1, nonlinearity: geluTanh, "
        + "flipFilters: false",
      SeparableConv2DLayer(
        3, filterSize: [3, 1], depthMultiplier: 2, stride: [1, 2], pad: .same,
        WDepthwise: .heNormal(), WPointwise: .heUniform(), b: .constant(0.1),
        nonlinearity: .geluTanh, flipFilters: false)),
    .one(
      [2, 4, 4], "numFilters: 3, filterSize: 3, b: null",
      SeparableConv2DLayer(3, filterSize: 3, b: nil)),
  ]

  static let pooling: [CatalogueEntry] = [
    .one(
      [2, 7], "poolSize: 3, stride: 2, pad: 1, mode: average_exc_pad",
      Pool1DLayer(3, stride: 2, pad: 1, mode: .averageExcPad)),
    .one([2, 7], "poolSize: 3, ignoreBorder: false", Pool1DLayer(3, ignoreBorder: false)),
    .one(
      [2, 5, 4], "poolSize: [3, 2], stride: 2, pad: [1, 0], mode: average_inc_pad",
      Pool2DLayer([3, 2], stride: 2, pad: [1, 0], mode: .averageIncPad)),
    .one([2, 5, 4], "poolSize: 3, ignoreBorder: false", Pool2DLayer(3, ignoreBorder: false)),
    .one(
      [1, 4, 3, 4], "poolSize: 2, stride: [2, 1, 2], pad: 1, mode: average_inc_pad",
      Pool3DLayer(2, stride: [2, 1, 2], pad: 1, mode: .averageIncPad)),
    .one([1, 3, 3, 3], "poolSize: 2, ignoreBorder: false", Pool3DLayer(2, ignoreBorder: false)),
    .one([2, 7], "poolSize: 3, stride: 2, pad: 1", MaxPool1DLayer(3, stride: 2, pad: 1)),
    .one([2, 7], "poolSize: 3, ignoreBorder: false", MaxPool1DLayer(3, ignoreBorder: false)),
    .one(
      [2, 5, 4], "poolSize: [3, 2], stride: 2, pad: [1, 0]",
      MaxPool2DLayer([3, 2], stride: 2, pad: [1, 0])),
    .one([2, 5, 4], "poolSize: 3, ignoreBorder: false", MaxPool2DLayer(3, ignoreBorder: false)),
    .one(
      [1, 4, 3, 4], "poolSize: 2, stride: [2, 1, 2], pad: 1",
      MaxPool3DLayer(2, stride: [2, 1, 2], pad: 1)),
    .one([1, 3, 3, 3], "poolSize: 2, ignoreBorder: false", MaxPool3DLayer(2, ignoreBorder: false)),
    .one([2, 3], "scaleFactor: 2, mode: dilate", Upscale1DLayer(2, mode: .dilate)),
    .one([2, 3, 2], "scaleFactor: [2, 3], mode: dilate", Upscale2DLayer([2, 3], mode: .dilate)),
    .one([2, 3, 2], "scaleFactor: 2", Upscale2DLayer(2)),
    .one([1, 2, 3, 2], "scaleFactor: 2, mode: dilate", Upscale3DLayer(2, mode: .dilate)),
    .one(
      [2, 4], "poolSize: 2, axis: -1, poolFunction: min",
      FeaturePoolLayer(2, axis: -1, poolFunction: .min)),
    .one([2, 4], "poolSize: 2, axis: -1", FeatureWTALayer(2, axis: -1)),
    .one([2, 3, 2], "poolFunction: sum", GlobalPoolLayer(poolFunction: .sum)),
    .one(
      [2, 4, 5], "poolDims: [2, 1], mode: average_inc_pad, implementation: kaiming",
      SpatialPyramidPoolingLayer(
        poolDims: [2, 1], mode: .averageIncPad, implementation: .kaiming)),
  ]
}
