extension Zoo {
  /// A class for a text: attention of all words to all words, several times over.
  ///
  /// Vaswani et al., Attention Is All You Need, 2017, with the normalization before each part of a block
  /// (Xiong et al. 2020). Inputs are indices of words (batch, steps).
  ///
  /// - Parameters:
  ///   - vocabulary: How many different words there are.
  ///   - length: The words of a text; 0: any number.
  ///   - units: The numbers that stand for a word on its way.
  public static func transformerClassifier(
    vocabulary: Int = 10_000, length: Int = 128, units: Int = 128, layers: Int = 2, heads: Int = 4,
    dropout: Double = 0.1, classes: Int = 2
  ) throws -> Network {
    try checkCount(units, "units", of: "transformerClassifier")
    try checkCount(layers, "layers", in: depths, of: "transformerClassifier")
    return try Network("transformerClassifier") {
      InputLayer([nil, length == 0 ? nil : length], name: "text")
      EmbeddingLayer(inputSize: vocabulary, outputSize: units, W: .normal(std: 0.1))
      SinusoidalPositionLayer()
      for _ in 0..<layers { transformerBlock(units, heads: heads, dropout: dropout) }
      meanOfSteps
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  /// An image as a sequence of patches, each of which attends to all.
  ///
  /// Dosovitskiy et al., An Image is Worth 16x16 Words, 2020; small, and with the mean of all patches in
  /// the place of a patch for the class (Beyer et al. 2022).
  ///
  /// - Parameters:
  ///   - patch: The rows and columns of a patch.
  ///   - units: The numbers that stand for a patch on its way.
  public static func visionTransformer(
    input: [Int] = [3, 32, 32], patch: Int = 4, units: Int = 128, layers: Int = 6, heads: Int = 4,
    dropout: Double = 0.1, classes: Int = 10
  ) throws -> Network {
    try checkInput(input, imageAxes, of: "visionTransformer")
    try checkCount(units, "units", of: "visionTransformer")
    try checkCount(layers, "layers", in: depths, of: "visionTransformer")
    guard patch > 0, input[1...].allSatisfy({ $0.isMultiple(of: patch) }) else {
      throw NetworkError(
        "The network 'visionTransformer' cuts its images into patches of \(patch)×\(patch), which "
          + "images of \(input[1])×\(input[2]) are not made of.")
    }
    return try Network("visionTransformer", input: input) {
      Conv2DLayer(
        units, filterSize: .all(patch), stride: .all(patch), nonlinearity: .linear
      ).named("patches")
      // From (batch, units, rows, columns) to (batch, patches, units).
      ReshapeLayer([.inputAxis(0), .inputAxis(1), -1])
      DimshuffleLayer([0, 2, 1])
      PositionalEmbeddingLayer()
      for _ in 0..<layers { transformerBlock(units, heads: heads, dropout: dropout) }
      meanOfSteps
      DenseLayer(classes, nonlinearity: .softmax)
    }
  }

  /// Attention, then a small dense network for each step, both with a way round them.
  @NetworkBuilder static func transformerBlock(
    _ units: Int, heads: Int, causal: Bool = false, dropout: Double
  ) -> [NetworkPart] {
    Residual {
      LayerNormLayer()
      MultiHeadAttentionLayer(heads, causal: causal)
      DropoutLayer(p: dropout)
    }
    Residual {
      LayerNormLayer()
      DenseLayer(4 * units, nonlinearity: .gelu, numLeadingAxes: 2)
      DenseLayer(units, nonlinearity: .linear, numLeadingAxes: 2)
      DropoutLayer(p: dropout)
    }
  }

  /// From (batch, steps, units) to the mean of all steps.
  @NetworkBuilder private static var meanOfSteps: [NetworkPart] {
    LayerNormLayer()
    DimshuffleLayer([0, 2, 1])
    GlobalPoolLayer()
  }

  static let transformerClassifierEntry = ZooEntry(
    "transformerClassifier", "A transformer over the words of a text, a class for the whole",
    [
      ZooArgument("vocabulary", .count(10_000), "number of different words"),
      ZooArgument("length", .count(128), "words of a text; 0: any number"),
      ZooArgument("units", .count(128), "numbers that stand for a word"),
      ZooArgument("layers", .count(2), "blocks on each other"),
      ZooArgument("heads", .count(4), "heads of each block"),
      ZooArgument("dropout", .number(0.1), "share dropped after each part in training"),
      ZooArgument("classes", .count(2), "number of classes"),
    ]
  ) {
    try transformerClassifier(
      vocabulary: $0.count("vocabulary"), length: $0.count("length"), units: $0.count("units"),
      layers: $0.count("layers"), heads: $0.count("heads"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }

  static let visionTransformerEntry = ZooEntry(
    "visionTransformer", "A transformer over the patches of an image",
    [
      ZooArgument("input", .shape([3, 32, 32]), "channels, rows and columns of an image"),
      ZooArgument("patch", .count(4), "rows and columns of a patch"),
      ZooArgument("units", .count(128), "numbers that stand for a patch"),
      ZooArgument("layers", .count(6), "blocks on each other"),
      ZooArgument("heads", .count(4), "heads of each block"),
      ZooArgument("dropout", .number(0.1), "share dropped after each part in training"),
      ZooArgument("classes", .count(10), "number of classes"),
    ]
  ) {
    try visionTransformer(
      input: $0.list("input"), patch: $0.count("patch"), units: $0.count("units"),
      layers: $0.count("layers"), heads: $0.count("heads"), dropout: $0.number("dropout"),
      classes: $0.count("classes"))
  }
}
