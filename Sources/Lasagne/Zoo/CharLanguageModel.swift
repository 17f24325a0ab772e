extension Zoo {
  /// What a character-level language model remembers by.
  public enum Memory: String, CaseIterable, Sendable {
    /// Gated recurrent units.
    case gru
    /// Long short-term memory.
    case lstm
    /// Attention to all characters before.
    case attention
  }

  /// The probabilities of the next character after each character of a text.
  ///
  /// Graves, Generating Sequences With Recurrent Neural Networks, 2013; with attention as in
  /// transformers. Inputs are indices of characters (batch, characters), outputs have the axes (batch, characters, vocabulary).
  ///
  /// - Parameters:
  ///   - vocabulary: How many different characters there are.
  ///   - length: The characters of a text; 0: any number.
  ///   - embedding: The numbers that stand for a character; with attention there are `units` of them.
  public static func charLanguageModel(
    vocabulary: Int = 96, length: Int = 0, embedding: Int = 64, units: Int = 256, layers: Int = 2,
    heads: Int = 4, memory: Memory = .gru, dropout: Double = 0.2
  ) throws -> Network {
    try checkCount(layers, "layers", in: depths, of: "charLanguageModel")
    return try Network("charLanguageModel") {
      InputLayer([nil, length == 0 ? nil : length], name: "text")
      EmbeddingLayer(
        inputSize: vocabulary, outputSize: memory == .attention ? units : embedding,
        W: .normal(std: 0.1))
      if memory == .attention { SinusoidalPositionLayer() }
      for _ in 0..<layers {
        switch memory {
        case .gru: GRULayer(units)
        case .lstm: LSTMLayer(units, forgetgate: Gate(b: .constant(1)))
        case .attention: transformerBlock(units, heads: heads, causal: true, dropout: dropout)
        }
        DropoutLayer(p: dropout)
      }
      DenseLayer(vocabulary, nonlinearity: .softmax, numLeadingAxes: 2)
    }
  }

  static let charLanguageModelEntry = ZooEntry(
    "charLanguageModel", "The next character of a text, after each of its characters",
    [
      ZooArgument("vocabulary", .count(96), "number of different characters"),
      ZooArgument("length", .count(0), "characters of a text; 0: any number"),
      ZooArgument("embedding", .count(64), "numbers that stand for a character"),
      ZooArgument("units", .count(256), "units of each layer"),
      ZooArgument("layers", .count(2), "layers on each other"),
      ZooArgument("heads", .count(4), "heads of each layer, with attention"),
      ZooArgument("memory", .word(Memory.gru.rawValue), "gru, lstm or attention"),
      ZooArgument("dropout", .number(0.2), "share dropped after each layer in training"),
    ]
  ) {
    let word = $0.word("memory")
    guard let memory = Memory(rawValue: word) else {
      throw NetworkError(
        "The network 'charLanguageModel' has no memory '\(word)': "
          + Spelling.hint(for: word, among: Memory.allCases.map(\.rawValue)))
    }
    return try charLanguageModel(
      vocabulary: $0.count("vocabulary"), length: $0.count("length"),
      embedding: $0.count("embedding"), units: $0.count("units"), layers: $0.count("layers"),
      heads: $0.count("heads"), memory: memory, dropout: $0.number("dropout"))
  }
}
