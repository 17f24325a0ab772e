import Lasagne

extension LayerCatalogue {
  private static let map = AttentionProjection(W: .heNormal(), b: .constant(0.1))
  private static let mapFile = "{W: HeNormal, b: 0.1}"
  /// Each query's weights sum to 1: what is added to all its scores cancels.
  private static let shift = "the bias of the keys adds the same to all scores of a query"

  private static let sequences = [
    "name: queries, type: InputLayer, shape: [null, 3, 4]",
    "name: keys, type: InputLayer, shape: [null, 2, 5]",
    "name: values, type: InputLayer, shape: [null, 2, 3]",
    "name: mask, type: InputLayer, shape: [null, 2]",
  ]

  @NetworkBuilder private static func sequenceInputs() -> [NetworkPart] {
    InputLayer([nil, 3, 4], name: "queries")
    InputLayer([nil, 2, 5], name: "keys")
    InputLayer([nil, 2, 3], name: "values")
    InputLayer([nil, 2], name: "mask")
  }

  /// Layers that came after Lasagne and are no convolutions.
  static let later: [CatalogueEntry] = [
    .one(
      [3, 4], "axes: [1, 2], epsilon: 0.01, beta: 0.1, gamma: 2",
      LayerNormLayer(axes: [1, 2], epsilon: 0.01, beta: .constant(0.1), gamma: .constant(2))),
    .one([3, 4], "beta: null, gamma: null", LayerNormLayer(beta: nil, gamma: nil)),
    .one(
      [3, 4], "axes: features, epsilon: 0.01, gamma: 2",
      RMSNormLayer(axes: .features, epsilon: 0.01, gamma: .constant(2))),
    .one([3, 4], "gamma: null", RMSNormLayer(gamma: nil)),
    .one(
      [4, 2, 3], "numGroups: 2, epsilon: 0.01, beta: 0.1, gamma: 2",
      GroupNormLayer(2, epsilon: 0.01, beta: .constant(0.1), gamma: .constant(2))),
    .one(
      [4, 3], "numGroups: 4, beta: null, gamma: null", GroupNormLayer(4, beta: nil, gamma: nil)),
    .one(
      [3, 4], "numHeads: 2, causal: true, dropout: 0.4",
      MultiHeadAttentionLayer(2, causal: true, dropout: 0.4)
    ).flat("layer.b_key", because: shift),
    .graph(
      MultiHeadAttentionLayer.self,
      sequences + [
        "name: layer, type: MultiHeadAttentionLayer, incomings: [queries, keys, values], numHeads: 2, "
          + "numUnits: 3, headSize: 2, maskInput: mask, query: \(mapFile), key: \(mapFile), "
          + "value: \(mapFile), output: {W: HeUniform, b: null}"
      ]
    ) {
      sequenceInputs()
      MultiHeadAttentionLayer(
        2, numUnits: 3, headSize: 2, maskInput: "mask", query: map, key: map, value: map,
        output: AttentionProjection(W: .heUniform(), b: nil)
      ).named("layer").reading("queries", "keys", "values")
    }.withoutGradient(by: "mask").flat("layer.b_key", because: shift),
    .one(
      [3, 2], "numPositions: 5, W: {Normal: {std: 1}}",
      PositionalEmbeddingLayer(5, W: .normal(std: 1))),
    .one([3, 2], "base: 100", SinusoidalPositionLayer(base: 100)),
    .one(
      [4, 3],
      "ratio: 2, WSqueeze: HeNormal, bSqueeze: 0.1, WExcite: HeUniform, bExcite: 0.2, "
        + "nonlinearity: tanh, gate: softplus",
      SqueezeExciteLayer(
        ratio: 2, WSqueeze: .heNormal(), bSqueeze: .constant(0.1), WExcite: .heUniform(),
        bExcite: .constant(0.2), nonlinearity: .tanh, gate: .softplus)),
    .one([3, 2], "p: 0.4", StochasticDepthLayer(p: 0.4)),
  ]
}
