import Lasagne

extension LayerCatalogue {
  /// Inputs, dense layers, noise, normalizations, and what works on each number.
  static let plain: [CatalogueEntry] = [
    .graph(InputLayer.self, ["name: x, type: InputLayer, shape: [null, 2, 3]"]) {
      InputLayer([nil, 2, 3], name: "x")
    },
    .one(
      [2, 3],
      "numUnits: 4, W: {HeNormal: {gain: 2}}, b: 0.5, nonlinearity: tanh, numLeadingAxes: 2",
      DenseLayer(
        4, W: .heNormal(gain: 2), b: .constant(0.5), nonlinearity: .tanh, numLeadingAxes: 2)),
    .one([2, 3], "numUnits: 4, b: null", DenseLayer(4, b: nil)),
    .one(
      [2, 3, 2], "numUnits: 2, untieBiases: true, W: HeUniform, b: 0.1, nonlinearity: sigmoid",
      NINLayer(
        2, untieBiases: true, W: .heUniform(), b: .constant(0.1), nonlinearity: .sigmoid)),
    .one(
      [3], "inputSize: 4, outputSize: 2, W: {Normal: {std: 1}}",
      EmbeddingLayer(inputSize: 4, outputSize: 2, W: .normal(std: 1))
    ).withoutGradient(by: "input"),
    .one(
      [3, 2], "p: 0.3, rescale: false, sharedAxes: -1",
      DropoutLayer(p: 0.3, rescale: false, sharedAxes: -1)),
    .one([3], "sigma: 0.5", GaussianNoiseLayer(sigma: 0.5)),
    .one(
      [2, 3],
      "axes: [0, 1], epsilon: 0.01, alpha: 0.5, beta: 0.1, gamma: 2, mean: 0.3, invStd: 1.5",
      BatchNormLayer(
        axes: [0, 1], epsilon: 0.01, alpha: 0.5, beta: .constant(0.1), gamma: .constant(2),
        mean: .constant(0.3), invStd: .constant(1.5))),
    .one([2, 3], "beta: null, gamma: null", BatchNormLayer(beta: nil, gamma: nil)),
    .one(
      [2, 3, 2], "axes: spatial, epsilon: 0.01",
      StandardizationLayer(axes: .spatial, epsilon: 0.01)),
    .one(
      [4, 2, 2], "alpha: 0.1, k: 1, beta: 0.5, n: 3",
      LocalResponseNormalization2DLayer(alpha: 0.1, k: 1, beta: 0.5, n: 3)),
    .one(
      [3], "nonlinearity: {scaledTanh: {scaleIn: 0.5, scaleOut: 1.5}}",
      NonlinearityLayer(.scaledTanh(scaleIn: 0.5, scaleOut: 1.5))),
    .one(
      [3, 2], "nonlinearity: {softmax: {axis: 1}}", NonlinearityLayer(.softmax(axis: 1))),
    .one(
      [3, 2], "nonlinearity: {logSoftmax: {axis: -2}}", NonlinearityLayer(.logSoftmax(axis: -2))),
    .one(
      [3, 2], "b: 0.5, sharedAxes: [0, 2]", BiasLayer(b: .constant(0.5), sharedAxes: [0, 2])),
    .one([3, 2], "trainable: false", BiasLayer(trainable: false)),
    .one(
      [3, 2], "scales: 0.5, sharedAxes: 0", ScaleLayer(scales: .constant(0.5), sharedAxes: 0)),
    .one([3, 2], "trainable: false", ScaleLayer(trainable: false)),
    .one(
      [3, 2], "alpha: 0.3, sharedAxes: all",
      ParametricRectifierLayer(alpha: .constant(0.3), sharedAxes: .all)),
    .one(
      [3, 2], "lower: 0.1, upper: 0.4, sharedAxes: 0",
      RandomizedRectifierLayer(lower: 0.1, upper: 0.4, sharedAxes: 0)),
  ]

  /// Layers that move, cut or add entries.
  static let shapes: [CatalogueEntry] = [
    .one([2, 3, 2], "outdim: 3", FlattenLayer(outdim: 3)),
    .one([2, 3, 2], "shape: [[0], -1, 4]", ReshapeLayer([.inputAxis(0), -1, 4])),
    .one([2, 3], "pattern: [0, x, 2, 1]", DimshuffleLayer([0, "x", 2, 1])),
    .one(
      [2, 3, 2], "width: [[1, 2], 0, 1], val: 0.5, batchNdim: 1",
      PadLayer(.each([.init(1, 2), .init(0, 0), .init(1, 1)]), val: 0.5, batchNdim: 1)),
    .one(
      [5, 2], "indices: {start: -1, step: -2}, axis: 1",
      SliceLayer(.range(start: -1, step: -2), axis: 1)),
    .one([5, 2], "indices: 1", SliceLayer(.index(1))),
  ]
}
