import Lasagne
import Testing

/// What is wrong with a layer that came after Lasagne, in one sentence when the network is built.
@Suite struct LaterLayerErrorTests {
  private func sentence(_ input: Shape, _ layer: any Layer) -> String {
    do {
      _ = try Network("net", input: input) { layer }
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    arguments: [
      (
        [5, 4], MultiHeadAttentionLayer(3),
        "needs a number of units that its 3 heads divide, got 4; give it a headSize or another number "
          + "of heads."
      ),
      ([5, 4], MultiHeadAttentionLayer(0), "needs at least 1 head, got numHeads 0."),
      ([5, 4], .init(2, headSize: 0), "needs a headSize of at least 1, got 0."),
      (
        [5, nil], .init(2),
        "needs at least 1 unit and a known number of features, got numUnits null and [?, 5, ?]."
      ),
      (
        [4], .init(2),
        "needs queries of 3 axes (batch, steps, features) with a known number of features, got [?, 4]; "
          + "put a ReshapeLayer or a DimshuffleLayer before it."
      ),
      ([5, 4], .init(2, dropout: 1.5), "needs a dropout from 0 to 1, got 1.5."),
    ] as [(Shape, MultiHeadAttentionLayer, String)])
  func `attention says what does not fit`(
    input: Shape, layer: MultiHeadAttentionLayer, problem: String
  ) {
    #expect(sentence(input, layer) == "attention1 (MultiHeadAttentionLayer) \(problem)")
  }

  private func crossAttention(
    keys: Shape, values: Shape? = nil, mask: Shape? = nil, causal: Bool = false
  ) -> String {
    do {
      _ = try Network("net") {
        InputLayer([nil, 5, 4]).named("queries")
        InputLayer(keys).named("keys")
        if let values { InputLayer(values).named("values") }
        if let mask { InputLayer(mask).named("mask") }
        MultiHeadAttentionLayer(2, causal: causal, maskInput: mask == nil ? nil : "mask")
          .named("a").reading(["queries", "keys"] + (values == nil ? [] : ["values"]))
      }
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `attention says which of its incomings do not fit`() {
    #expect(crossAttention(keys: [nil, 7, 3]) == "no error")
    #expect(
      crossAttention(keys: [nil, 7, 3], values: [nil, 6, 3])
        == "a (MultiHeadAttentionLayer) needs queries, keys and values of one batch, and a value for "
        + "each key, got [?, 5, 4], [?, 7, 3] and [?, 6, 3].")
    #expect(
      crossAttention(keys: [nil, 7, 3], causal: true)
        == "a (MultiHeadAttentionLayer) can be causal only where there are as many keys as queries, got "
        + "[?, 5, 4] and [?, 7, 3]; leave causal off or give it a mask.")
    #expect(
      crossAttention(keys: [nil, 7, 3], mask: [nil, 5])
        == "a (MultiHeadAttentionLayer) needs a mask of shape [?, 7] (batch, keys) or [?, 5, 7] (batch, "
        + "queries, keys), got [?, 5] from mask.")
    #expect(
      crossAttention(keys: [nil, 3])
        == "a (MultiHeadAttentionLayer) needs keys of 3 axes (batch, steps, features) with a known number "
        + "of features, got [?, 3]; put a ReshapeLayer or a DimshuffleLayer before it.")
  }

  @Test(arguments: [
    (
      [5, 4] as Shape, PositionalEmbeddingLayer(3) as any Layer,
      "position1 (PositionalEmbeddingLayer) has 3 positions for an input of 5 steps; raise numPositions."
    ),
    (
      [nil, 4], PositionalEmbeddingLayer(),
      "position1 (PositionalEmbeddingLayer) needs a known number of steps, got [?, ?, 4]; give it "
        + "numPositions, the longest sequence there will be."
    ),
    (
      [4], SinusoidalPositionLayer(),
      "position1 (SinusoidalPositionLayer) needs an input of 3 axes (batch, steps, features) with a known "
        + "number of features, got [?, 4]; put a ReshapeLayer before it."
    ),
    (
      [5, 4], SinusoidalPositionLayer(base: -1),
      "position1 (SinusoidalPositionLayer) needs a base above 0, got -1.0."
    ),
    (
      [2, 8, 8], DepthwiseConv2DLayer(filterSize: 3, depthMultiplier: 0),
      "conv1 (DepthwiseConv2DLayer) needs at least 1 filter for each channel, got depthMultiplier 0."
    ),
    (
      [2, 8, 8], DepthwiseConv2DLayer(filterSize: 9),
      "conv1 (DepthwiseConv2DLayer) has filters of 9×9, larger than its input [?, 2, 8, 8]; use smaller "
        + "filters, more padding, or less pooling before it."
    ),
    (
      [nil, 8, 8], SeparableConv2DLayer(4, filterSize: 3),
      "conv1 (SeparableConv2DLayer) needs a known number of input channels, got [?, ?, 8, 8]."
    ),
    (
      [2, 8, 8], SeparableConv2DLayer(0, filterSize: 3),
      "conv1 (SeparableConv2DLayer) needs at least 1 filter, got numFilters 0."
    ),
    (
      [2], SqueezeExciteLayer(),
      "squeezeExcite1 (SqueezeExciteLayer) needs an input of at least 3 axes (batch, channels, positions) "
        + "with a known number of channels, got [?, 2]."
    ),
    (
      [2, 3], SqueezeExciteLayer(ratio: 0),
      "squeezeExcite1 (SqueezeExciteLayer) needs a ratio of at least 1, got 0."
    ),
    (
      [2], StochasticDepthLayer(p: -0.1),
      "stochasticDepth1 (StochasticDepthLayer) needs a probability p from 0 to 1, got -0.1."
    ),
  ])
  func `the other layers say what does not fit`(
    input: Shape, layer: any Layer, expected: String
  ) {
    #expect(sentence(input, layer) == expected)
  }
}
