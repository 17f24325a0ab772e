import Tensors

/// Attention with several heads: `softmax(Q · Kᵀ / sqrt(headSize)) · V` for each, side by side through a
/// last map.
///
/// Vaswani and others, Attention Is All You Need, 2017. Inputs have the axes (batch, steps, features).
/// With one incoming it attends to itself; a second one gives keys and values (cross-attention), a third
/// the values alone. Parameters in order, weights of shape (inputs, outputs): W_query, b_query, W_key,
/// b_key, W_value, b_value, W_output, b_output.
public struct MultiHeadAttentionLayer: DescribedLayer, MaskedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of heads.
  public var numHeads: Int
  /// The number of output features; nil: as many as the first incoming has.
  public var numUnits: Int?
  /// The number of features of a head; nil: `numUnits` over `numHeads`.
  public var headSize: Int?
  /// Whether a step sees no steps after it.
  public var causal: Bool
  /// The probability that an attention weight is dropped in training.
  public var dropout: Double
  /// The name of a layer of shape (batch, keys) or (batch, queries, keys), 0 where a key is not seen.
  ///
  /// A query that sees no key at all gets the bias of the last map alone.
  public var maskInput: String?
  /// The map to the queries.
  public var query: AttentionProjection
  /// The map to the keys.
  public var key: AttentionProjection
  /// The map to the values.
  public var value: AttentionProjection
  /// The map of all heads to the output.
  public var output: AttentionProjection

  /// A layer with so many heads; without `biases` none of its maps has one.
  public init(
    _ numHeads: Int, numUnits: Int? = nil, headSize: Int? = nil, causal: Bool = false,
    dropout: Double = 0, maskInput: String? = nil, query: AttentionProjection = .init(),
    key: AttentionProjection = .init(), value: AttentionProjection = .init(),
    output: AttentionProjection = .init(), biases: Bool = true, name: String? = nil
  ) {
    self.name = name
    self.numHeads = numHeads
    self.numUnits = numUnits
    self.headSize = headSize
    self.causal = causal
    self.dropout = dropout
    self.maskInput = maskInput
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    guard !biases else { return }
    for map: WritableKeyPath<Self, AttentionProjection> in [\.query, \.key, \.value, \.output] {
      self[keyPath: map].b = nil
    }
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<MultiHeadAttentionLayer>] {
    [
      .required("numHeads", \.numHeads), .optional("numUnits", \.numUnits),
      .optional("headSize", \.headSize), .optional("causal", \.causal),
      .optional("dropout", \.dropout), .optional("maskInput", \.maskInput),
      .optional("query", \.query), .optional("key", \.key), .optional("value", \.value),
      .optional("output", \.output),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "attention" }
  /// How many layers it may read: queries; keys (and values); values.
  public static var incomingCount: ClosedRange<Int> { 1...3 }
  /// Layers named in its settings.
  public var referencedLayers: [String] { [maskInput].compactMap { $0 } }

  /// What sets it apart in a few words.
  public var detail: String {
    var words = ["\(numHeads) heads"]
    if let numUnits { words.append("\(numUnits) units") }
    if causal { words.append("causal") }
    return words.joined(separator: ", ")
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let (sources, mask) = roles(inputs)
    let queries = try heads(sources.query, "query", context)
    let keys = try heads(sources.key, "key", context)
    let values = try heads(sources.value, "value", context)
    let width = queries.shape[3]
    let scale = 1 / Double(width).squareRoot()
    let scores = try (queries * scale).matmul(keys.permuted([0, 1, 3, 2]))
    let visibility = AttentionVisibility(mask: mask, isCausal: causal, layer: context.layer)
    var weights = try visibility.weights(of: scores)
    weights = try DropoutLayer(p: dropout).forward([weights], context)
    let (batch, steps) = (queries.shape[0], queries.shape[2])
    let joined = try weights.matmul(values).permuted([0, 2, 1, 3])
      .reshaped([batch, steps, numHeads * width])
    return try joined.sequenceProduct(
      context.parameter("W_output"), context.optionalParameter("b_output"))
  }

  /// A sequence through one map, of the axes batch, heads, steps, features of a head.
  private func heads(
    _ input: Tensor, _ map: String, _ context: LayerContext
  ) throws(TensorError) -> Tensor {
    let mapped = try input.sequenceProduct(
      context.parameter("W_\(map)"), context.optionalParameter("b_\(map)"))
    let (batch, steps, units) = (mapped.shape[0], mapped.shape[1], mapped.shape[2])
    return try mapped.reshaped([batch, steps, numHeads, units / numHeads]).permuted([0, 2, 1, 3])
  }

  /// Which input is what: those left out repeat the one before them; the mask comes last.
  package func roles<Input>(
    _ inputs: [Input]
  ) -> (sources: (query: Input, key: Input, value: Input), mask: Input?) {
    let count = inputs.count - referencedLayers.count
    let key = inputs[min(1, count - 1)]
    let value = inputs[min(2, count - 1)]
    return ((inputs[0], key, value), maskInput == nil ? nil : inputs.last)
  }
}
