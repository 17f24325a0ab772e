import Lasagne
import Tensors
import Testing

@testable import Training

/// Planned steps of networks on sequences against those that libtorch's autograd makes.
struct PlanSequenceTests {
  /// Rows of whole numbers below `vocabulary`, and a class number for each.
  private func words(
    _ count: Int = 48, steps: Int, vocabulary: Int, classes: Int
  ) throws -> TrainingData {
    var state: UInt64 = 9
    func draw(below bound: Int) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % UInt64(bound))
    }
    let inputs = (0..<(count * steps)).map { _ in draw(below: vocabulary) }
    let targets = (0..<count).map { _ in draw(below: classes) }
    return TrainingData(
      inputs: try HostArray(inputs, shape: [count, steps]),
      targets: try HostArray(targets, shape: [count]))
  }

  private func recipe(epochs: Int = 2) -> Recipe {
    Fixture.recipe(learningRate: 0.02, batchSize: 16, epochs: epochs)
  }

  /// A network whose middle works on sequences of 6 steps with 6 features.
  private func sequences(
    @NetworkBuilder _ middle: () -> [NetworkPart]
  ) throws -> Network {
    try Network("net", input: [6, 6]) {
      middle()
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  @Test(arguments: [false, true], [false, true])
  func `attention gives what it gives without a plan`(causal: Bool, biases: Bool) throws {
    for (heads, size) in [(1, nil), (3, nil), (2, 5)] as [(Int, Int?)] {
      let network = try sequences {
        DenseLayer(6, numLeadingAxes: 2)
        MultiHeadAttentionLayer(heads, headSize: size, causal: causal, biases: biases)
        MultiHeadAttentionLayer(heads, numUnits: 12, causal: causal, biases: biases)
      }
      try PlanTests.compare(network, try Fixture.images(), recipe())
    }
  }

  @Test(arguments: [35, 70, 130], [false, true])
  func `attention does over more steps than it takes at once`(steps: Int, causal: Bool) throws {
    let network = try Network("net") {
      InputLayer([nil, steps])
      EmbeddingLayer(inputSize: 11, outputSize: 20, W: .normal(std: 0.5))
      MultiHeadAttentionLayer(2, headSize: 18, causal: causal, dropout: 0.2)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try PlanTests.compare(
      network, try words(steps: steps, vocabulary: 11, classes: 3), recipe(epochs: 1))
  }

  @Test func `attention to another sequence does, with dropped weights`() throws {
    let network = try sequences {
      DenseLayer(8, nonlinearity: .tanh, numLeadingAxes: 2, name: "query")
      DenseLayer(5, nonlinearity: .tanh, numLeadingAxes: 2, name: "key").reading("input")
      MultiHeadAttentionLayer(2, dropout: 0.3, name: "cross").reading("query", "key")
      MultiHeadAttentionLayer(2, name: "three").reading("cross", "key", "query")
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
  }

  @Test(arguments: [false, true])
  func `masks of keys, and of queries and keys, do`(causal: Bool) throws {
    // A rectifier leaves zeros where keys are not seen; a first query that sees none is likely.
    let network = try sequences {
      FlattenLayer(name: "flat")
      DenseLayer(6, name: "keys").reading("flat")
      DenseLayer(36, name: "pairs").reading("flat")
      ReshapeLayer([.inputAxis(0), 6, 6], name: "square")
      MultiHeadAttentionLayer(2, causal: causal, maskInput: "keys", name: "one")
        .reading("input")
      MultiHeadAttentionLayer(3, causal: causal, maskInput: "square", name: "two").reading("one")
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
  }

  @Test func `normalization of rows and steps does`() throws {
    let network = try sequences {
      DenseLayer(37, numLeadingAxes: 2)
      LayerNormLayer()
      DenseLayer(20, numLeadingAxes: 2)
      RMSNormLayer()
      LayerNormLayer(axes: .features, epsilon: 0.01, beta: nil)
      RMSNormLayer(axes: [1, 2], gamma: nil)
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
    let first = try sequences { LayerNormLayer(axes: 1) }
    let trainer = try Trainer(
      network: first, data: try Fixture.images(), recipe: recipe(), planning: StepPlanning())
    #expect(
      trainer.planRefusal
        == "the layer 'layerNorm1' (LayerNormLayer) normalizes over axes that are not the last "
        + "ones, which has no plan rule")
  }

  @Test func `normalization of groups of channels does`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(6, filterSize: 3)
      GroupNormLayer(3)
      Conv2DLayer(8, filterSize: 2, nonlinearity: .tanh)
      GroupNormLayer(2, epsilon: 0.1, gamma: nil)
      DenseLayer(9)
      GroupNormLayer(3, beta: nil)
      GroupNormLayer(1, beta: nil, gamma: nil)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
  }

  @Test func `axes in another order, positions and the mean of all steps do`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(8, filterSize: 2, stride: 2, nonlinearity: .linear)
      ReshapeLayer([.inputAxis(0), .inputAxis(1), -1])
      DimshuffleLayer([0, 2, 1])
      PositionalEmbeddingLayer(12)
      SinusoidalPositionLayer()
      DenseLayer(5, numLeadingAxes: 2)
      DimshuffleLayer([0, "x", 2, 1])
      DimshuffleLayer([0, 1, 3, 2])
      DimshuffleLayer([0, 2, 3])
      DimshuffleLayer([0, 2, 1])
      DropoutLayer(p: 0.2)
      GlobalPoolLayer()
      DenseLayer(3, nonlinearity: .softmax)
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
    let images = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(4, filterSize: 3)
      DimshuffleLayer([0, 2, 3, 1])
      DenseLayer(5, numLeadingAxes: 3)
      DimshuffleLayer([0, 3, 1, 2])
      Conv2DLayer(4, filterSize: 2)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try PlanTests.compare(images, try Fixture.images(), recipe())
  }

  @Test(arguments: [.gelu, .geluTanh, .silu, .hardSwish, .mish] as [Nonlinearity])
  func `nonlinearities of dense layers over steps do`(nonlinearity: Nonlinearity) throws {
    let network = try sequences {
      DenseLayer(21, nonlinearity: nonlinearity, numLeadingAxes: 2)
      DenseLayer(9, b: nil, nonlinearity: nonlinearity, numLeadingAxes: 2)
      NonlinearityLayer(nonlinearity)
    }
    try PlanTests.compare(network, try Fixture.images(), recipe())
  }

  @Test func `transformers of the zoo are planned`() throws {
    try PlanTests.compare(
      try Zoo.transformerClassifier(
        vocabulary: 30, length: 9, units: 16, layers: 2, heads: 2, classes: 3),
      try words(steps: 9, vocabulary: 30, classes: 3), recipe())
    try PlanTests.compare(
      try Zoo.visionTransformer(
        input: [1, 6, 6], patch: 2, units: 12, layers: 2, heads: 3, classes: 3),
      try Fixture.images(), recipe())
  }

  @Test func `texts are planned where only the samples know their length`() throws {
    let data = try words(steps: 7, vocabulary: 13, classes: 3)
    try PlanTests.compare(
      try Zoo.transformerClassifier(
        vocabulary: 13, length: 0, units: 12, layers: 1, heads: 2, classes: 3), data, recipe())
    let recurrent = try Network("net") {
      InputLayer([nil, nil])
      EmbeddingLayer(inputSize: 13, outputSize: 6)
      GRULayer(8)
      DropoutLayer(p: 0.2)
      LSTMLayer(5, onlyReturnFinal: true)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try PlanTests.compare(recurrent, data, recipe())
  }

  @Test func `bytes as indices are planned`() throws {
    let network = try Network("net") {
      InputLayer([nil, 3])
      EmbeddingLayer(inputSize: 7, outputSize: 4)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let data = TrainingData(
      inputs: try HostArray((0..<60).map { UInt8($0 % 7) }, shape: [20, 3]),
      targets: try HostArray((0..<20).map { UInt8($0 % 3) }, shape: [20]))
    try PlanTests.compare(network, data, recipe())
  }

  @Test func `an index that an embedding does not have is named`() throws {
    let network = try Network("net") {
      InputLayer([nil, 3])
      EmbeddingLayer(inputSize: 7, outputSize: 4)
      DenseLayer(3, nonlinearity: .softmax)
    }
    for wrong in [Int64(7), -1] {
      let trainer = try Trainer(
        network: network,
        data: TrainingData(
          inputs: try HostArray((0..<60).map { $0 == 0 ? wrong : Int64($0 % 7) }, shape: [20, 3]),
          targets: try HostArray((0..<20).map { UInt8($0 % 3) }, shape: [20])),
        recipe: Recipe(batchSize: 20, epochs: 1, validationFraction: 0), planning: StepPlanning())
      #expect(trainer.planRefusal == nil)
      #expect(
        sentence { try trainer.run { _ in } }.contains(
          "there is no index \(wrong), only those below 7")
      )
    }
  }

  @Test func `two threads give the bits of one for a transformer`() throws {
    let network = try Zoo.transformerClassifier(
      vocabulary: 800, length: 40, units: 96, layers: 1, heads: 3, classes: 3)
    let data = try words(160, steps: 40, vocabulary: 800, classes: 3)
    func weights(threads: Int) throws -> [String: HostArray] {
      let before = Backend.threadCount
      defer { Backend.setThreadCount(before) }
      Backend.setThreadCount(threads)
      let trainer = try Trainer(
        network: network, data: data,
        recipe: Fixture.recipe(update: .adam(), learningRate: 0.01, batchSize: 64, epochs: 1),
        planning: StepPlanning())
      #expect(trainer.planRefusal == nil)
      try trainer.run { _ in }
      return try trainer.checkpoint().weights
    }
    let one = try weights(threads: 1)
    #expect(try weights(threads: 2) == one)
    #expect(try weights(threads: 3) == one)
  }
}
