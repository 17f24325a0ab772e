import Datasets
import Lasagne
import Tensors
import Testing

@testable import Training

struct DataTests {
  private func refusal(
    network: Network? = nil, recipe: Recipe = Fixture.recipe(),
    _ change: (inout TrainingData) throws -> Void = { _ in }
  ) throws -> String {
    var data = try Fixture.blobs()
    try change(&data)
    let network = try network ?? Fixture.mlp()
    return sentence { _ = try Trainer(network: network, data: data, recipe: recipe) }
  }

  @Test func `data that does not fit the network is refused in one sentence`() throws {
    let wide = try Network("wide", input: [1, 28, 28]) { DenseLayer(3, nonlinearity: .softmax) }
    #expect(
      try refusal(network: wide)
        == "The training inputs have shape 4 for each sample, but the network takes 1×28×28; use "
        + "other data or change the network's input.")
    #expect(
      try refusal { $0.targets = try HostArray([UInt8](repeating: 1, count: 239), shape: [239]) }
        == "There are 240 training inputs, but 239 targets; each input needs one target.")
    #expect(
      try refusal {
        var labels = $0.targets.values(as: UInt8.self)
        labels[17] = 3
        $0.targets = try HostArray(labels, shape: [240])
      }
        == "The training target of sample 17 is 3, but the network's output has 3 classes, 0 to 2; "
        + "correct the data or widen the output.")
    #expect(
      try refusal { $0.targets = $0.targets.converted(to: .float32) }
        == "The training targets are float32 numbers of shape [240]; categoricalCrossentropy needs "
        + "one whole class number from 0 to 2 a sample, or rows of 3 probabilities.")
    #expect(
      try refusal { $0.testTargets = nil }
        == "There are test inputs without targets; give both or none.")
    #expect(
      try refusal {
        $0.inputs = try HostArray([Float](), shape: [0, 4])
        $0.targets = try HostArray([UInt8](), shape: [0])
      }.hasPrefix("The training inputs have shape [0, 4], which holds no sample;"))
  }

  @Test func `recipes that the data has too few samples for are refused`() throws {
    #expect(
      try refusal(recipe: Fixture.recipe(batchSize: 217))
        == "The recipe's batchSize is 217, but there are only 216 training samples; choose at most "
        + "that many.")
    var recipe = Fixture.recipe()
    recipe.validationFraction = 0.0001
    recipe.objective = .squaredError
    let network = try Network("line", input: [4]) { DenseLayer(1, nonlinearity: .linear) }
    #expect(
      try refusal(network: network, recipe: recipe)
        == "A validationFraction of 0.0001 of 240 samples leaves none for validation; choose "
        + "another fraction, or 0 to go without validation.")
  }

  @Test func `networks that cannot be trained by this are refused`() throws {
    let twoInputs = try Network("two") {
      InputLayer([nil, 4], name: "a")
      InputLayer([nil, 4], name: "b")
      ConcatLayer().reading("a", "b")
      DenseLayer(3, nonlinearity: .softmax)
    }
    #expect(
      try refusal(network: twoInputs)
        == "The network 'two' has the inputs a, b, of which the first takes the inputs of the data, "
        + "and the data have no array 'b' for 'b'; add them with one of this name.")
    let maps = try Network("maps", input: [4]) {
      ReshapeLayer([.inputAxis(0), .fixed(2), .fixed(2)])
    }
    #expect(
      try refusal(network: maps).hasPrefix(
        "The training targets are uint8 numbers of shape [240], but the network gives a row of 2 "
          + "classes for each of 2 steps;"))
  }

  @Test func `a split is stratified, and own validation arrays are used whole`() throws {
    var data = try Fixture.blobs()
    let split = try Trainer(network: try Fixture.mlp(), data: data, recipe: Fixture.recipe())
    #expect(split.validationCount == 24)
    let labels = data.targets.values(as: UInt8.self)
    let heldOut = try #require(split.validation).indices.map { labels[$0] }
    #expect((0..<3).map { label in heldOut.count { $0 == label } } == [8, 8, 8])
    data.validationInputs = data.testInputs
    data.validationTargets = data.testTargets
    let own = try Trainer(network: try Fixture.mlp(), data: data, recipe: Fixture.recipe())
    #expect(own.trainingCount == 240)
    #expect(own.validationCount == 90)
  }

  @Test func `an evaluator predicts and measures in batches as in one piece`() throws {
    let data = try Fixture.images()
    let network = try Fixture.convolutional()
    let weights = try Weights(initializing: network, seed: 1)
    let small = Evaluator(network: network, weights: weights, batchSize: 7)
    let whole = Evaluator(network: network, weights: weights)
    let outputs = try small.predict(data.inputs)
    #expect(outputs.shape == [60, 3])
    for (a, b) in zip(
      outputs.values(as: Float.self), try whole.predict(data.inputs).values(as: Float.self))
    {
      #expect(abs(a - b) < 1e-6)
    }
    let metrics = try whole.evaluate(inputs: data.inputs, targets: data.targets)
    #expect(Set(metrics.keys) == ["loss", "accuracy"])
    let hits = stride(from: 0, to: 180, by: 3).count { start in
      let row = outputs.values(as: Float.self)[start..<(start + 3)]
      return row.firstIndex(of: row.max() ?? 0) == start + (start / 3) % 3
    }
    #expect(metrics["accuracy"] == Double(hits) / 60)
  }

  @Test func `a data set without targets cannot be trained on`() throws {
    let inputs = try HostArray([1 as Float, 2], shape: [2, 1])
    let dataset = try Dataset(name: "plain", inputs: inputs)
    #expect(
      sentence { _ = try TrainingData(dataset) }
        == "The data 'plain' has inputs but no targets; training needs a target for each.")
  }
}
