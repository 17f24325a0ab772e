import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Eight samples of three classes; the numbers were worked out by hand from the table of counts.
struct MetricTests {
  private let predicted = [0, 1, 2, 2, 1, 0, 0, 1]
  private let right: [Int64] = [0, 1, 2, 0, 1, 0, 2, 0]

  /// Rows whose highest entry is the predicted class, and the second highest the one after it.
  private func batch(_ range: Range<Int>) throws -> (Tensor, Tensor) {
    let rows = predicted[range].flatMap { taken in
      (0..<3).map { $0 == taken ? 0.6 as Float : $0 == (taken + 1) % 3 ? 0.3 : 0.1 }
    }
    return (
      try Tensor(rows, shape: [range.count, 3]),
      try Tensor(Array(right[range]), shape: [range.count])
    )
  }

  private func values(_ metrics: [Metric]) throws -> [String: Double] {
    var meter = MetricMeter(metrics, objective: .categoricalCrossentropy)
    for range in [0..<5, 5..<8] {
      let (predictions, targets) = try batch(range)
      try meter.add(predictions, targets)
    }
    return meter.values(part: "valid", totals: Totals(loss: 4, penalty: 0, correct: 5, count: 8))
  }

  private func expect(_ value: Double?, _ expected: Double) {
    #expect(abs((value ?? .nan) - expected) < 1e-9)
  }

  @Test func `precision, recall and F1 are counted class by class over all batches`() throws {
    // Right 0 was taken for 0, 2, 0, 1; right 1 for 1, 1; right 2 for 2, 0.
    let values = try values([
      .precision(perClass: true), .recall(perClass: true), .f1(perClass: true),
    ])
    for (index, expected) in [2.0 / 3, 2.0 / 3, 1.0 / 2].enumerated() {
      expect(values["valid/precision/\(index)"], expected)
    }
    for (index, expected) in [2.0 / 4, 2.0 / 2, 1.0 / 2].enumerated() {
      expect(values["valid/recall/\(index)"], expected)
    }
    for (index, expected) in [4.0 / 7, 4.0 / 5, 1.0 / 2].enumerated() {
      expect(values["valid/f1/\(index)"], expected)
    }
    expect(values["valid/precision"], (2.0 / 3 + 2.0 / 3 + 0.5) / 3)
    expect(values["valid/recall"], (0.5 + 1 + 0.5) / 3)
    expect(values["valid/f1"], (4.0 / 7 + 4.0 / 5 + 0.5) / 3)
    #expect(try self.values([.f1()]).keys.sorted() == ["valid/f1"])
  }

  @Test func `the confusion is an image of counts, right classes in rows`() throws {
    var meter = MetricMeter([.confusion], objective: .categoricalCrossentropy)
    let (predictions, targets) = try batch(0..<8)
    try meter.add(predictions, targets)
    let image = try #require(meter.image(part: "test", step: 3, time: 0))
    #expect(image.key == "test/confusion")
    #expect(image.height == 3 && image.width == 3)
    #expect(image.count == 1 && image.channels == 1)
    #expect(image.values == [2, 1, 1, 0, 2, 0, 1, 0, 1])
  }

  @Test func `the k best and the perplexity`() throws {
    let values = try values([.topKAccuracy(k: 2), .perplexity])
    // Also right: sample 3 (2, then 0); sample 6 took 0, then 1, for 2; sample 7 took 1, then 2, for 0.
    expect(values["valid/top2Accuracy"], 6.0 / 8)
    expect(values["valid/perplexity"], exp(0.5))
  }

  @Test func `rows and probabilities of one class count as well`() throws {
    var rows = MetricMeter([.recall()], objective: .categoricalCrossentropy)
    let (predictions, _) = try batch(0..<2)
    try rows.add(predictions, Tensor([0, 0, 1, 0, 1, 0] as [Float], shape: [2, 3]))
    expect(
      rows.values(part: "", totals: Totals(loss: 0, penalty: 0, correct: 0, count: 2))["/recall"],
      1.0 / 3)
    var binary = MetricMeter([.precision()], objective: .binaryCrossentropy)
    try binary.add(
      Tensor([0.9, 0.2, 0.7, 0.4] as [Float], shape: [4, 1]),
      Tensor([1, 0, 0, 1] as [Float], shape: [4, 1]))
    expect(
      binary.values(part: "", totals: Totals(loss: 0, penalty: 0, correct: 0, count: 4))[
        "/precision"],
      0.5)
  }

  @Test func `a run measures its metrics on validation and test samples`() throws {
    MetricRegistry.shared.register("certainty") { predictions, _ in
      try predictions.max(axes: [1])
    }
    var recipe = try Recipe(
      json: .object([
        "metrics": .array([
          .string("f1"), .string("confusion"), .string("certainty"),
          .object(["topKAccuracy": .object(["k": .number(2)])]),
        ]),
        "epochs": .number(3), "batchSize": .number(16), "learningRate": .number(0.05),
      ]))
    recipe.bestCheckpointBy = "valid/f1"
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    #expect(script.values("valid/f1").count == 3)
    #expect(script.values("test/f1").count == 1)
    let certainty = try #require(script.values("test/certainty").last)
    #expect(certainty > 1.0 / 3 && certainty <= 1)
    let (two, one) = (script.values("test/top2Accuracy"), script.values("test/accuracy"))
    #expect(two.count == 1 && one.count == 1 && two[0] >= one[0])
    let images = script.events.compactMap { event -> ImageStack? in
      if case .images(let images) = event, images.key == "test/confusion" { images } else { nil }
    }
    let image = try #require(images.last)
    #expect(image.values.reduce(0, +) == 90)
    let right = image.values[0] + image.values[4] + image.values[8]
    #expect(abs(Double(right) / 90 - (try #require(script.values("test/accuracy").last))) < 1e-6)
    let data = try Fixture.blobs()
    let evaluated = try Evaluator(
      network: trainer.network, weights: trainer.weights, recipe: recipe
    ).evaluate(inputs: #require(data.testInputs), targets: #require(data.testTargets))
    #expect(evaluated["f1"] == script.values("test/f1").last)
  }

  @Test func `the accuracy of several yes-or-no answers a sample is their right share`() throws {
    let network = try Network("answers", input: [3]) {
      DenseLayer(3, b: nil, nonlinearity: .sigmoid)
    }
    let weights = try Weights(
      [HostArray([Float(1), 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3])], for: network)
    let data = TrainingData(
      inputs: try HostArray([Float(1), -1, 1, -1, -1, 1], shape: [2, 3]),
      targets: try HostArray([Float(1), 0, 1, 0, 1, 1], shape: [2, 3]))
    var recipe = Fixture.recipe(update: .sgd, learningRate: 0, batchSize: 2, epochs: 1)
    recipe.objective = .binaryCrossentropy
    recipe.validationFraction = 0
    let measured = try Evaluator(network: network, weights: weights, recipe: recipe)
      .evaluate(inputs: data.inputs, targets: data.targets)
    #expect(abs((measured["accuracy"] ?? 0) - 5.0 / 6) < 1e-6)
    for planning in [StepPlanning(), .off] {
      let script = Script()
      let trainer = try Trainer(
        network: network, weights: weights, data: data, recipe: recipe, planning: planning)
      #expect((trainer.planRefusal == nil) == planning.isOn)
      try script.run(trainer)
      #expect(abs((script.values("train/accuracy").last ?? 0) - 5.0 / 6) < 1e-6)
    }
  }

  @Test func `metrics of one's own stand beside accuracy, and say which way is better`() throws {
    MetricRegistry.shared.register([
      CustomMetric("doubtOfTest", summary: "How unsure the answers are.", goal: .lower) {
        predictions, _ in try 1 - predictions.max(axes: [1])
      }
    ])
    #expect(MetricGoal.usual(for: "valid/doubtOfTest") == .lower)
    let recipe = try Recipe(
      json: .object([
        "metrics": .array([.string("accuracy"), .string("doubtOfTest")]), "epochs": .number(6),
        "batchSize": .number(16), "learningRate": .number(0.05),
        "bestCheckpointBy": .string("valid/doubtOfTest"),
      ]))
    #expect(recipe.metrics == [.accuracy, .custom("doubtOfTest")])
    #expect(try Recipe(json: recipe.json) == recipe)
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    let doubts = script.values("valid/doubtOfTest")
    #expect(doubts.count == 6 && script.values("valid/accuracy").count == 6)
    let best = try #require(doubts.indices.min { doubts[$0] < doubts[$1] })
    #expect(trainer.bestCheckpointStep == 14 * (best + 1))
  }

  @Test func `a recipe with a metric this program lacks is read, but not trained by`() throws {
    let text = #"{"metrics": ["elsewhere", {"topKAccuracy": {"k": 2}}]}"#
    let recipe = try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
    #expect(recipe.metrics == [.custom("elsewhere"), .topKAccuracy(k: 2)])
    #expect(
      sentence { try recipe.validate() }.hasPrefix("There is no metric called 'elsewhere':"))
  }

  @Test func `metrics that cannot be measured are refused`() throws {
    func text(_ metric: Metric, _ objective: Objective = .categoricalCrossentropy) -> String {
      sentence {
        var recipe = Fixture.recipe()
        recipe.metrics = [metric]
        recipe.objective = objective
        var data = try Fixture.blobs()
        if objective == .squaredError {
          data.targets = try HostArray([Float](repeating: 0, count: 720), shape: [240, 3])
          data.testInputs = nil
        }
        _ = try Trainer(network: try Fixture.mlp(), data: data, recipe: recipe)
      }
    }
    #expect(
      text(.f1(), .squaredError)
        == "The recipe's metric 'f1' counts classes, but squaredError knows none; leave it out.")
    #expect(text(.topKAccuracy(k: 4)).hasPrefix("The recipe's metric 'topKAccuracy' looks for"))
    #expect(
      text(.perplexity, .multiclassHingeLoss()).hasPrefix("The recipe's metric 'perplexity' is"))
    let unknown = text(.custom("nobodyHasThisOne"))
    #expect(
      unknown.hasPrefix("There is no metric called 'nobodyHasThisOne': this program knows accu"))
    #expect(unknown.hasSuffix("has to be in the Laboratory of the program that trains."))
    #expect(
      text(.accuracy, .squaredError)
        == "The recipe's metric 'accuracy' counts classes, but squaredError knows none; leave it "
        + "out.")
    #expect(
      sentence { _ = try Recipe(json: .object(["metrics": .array([.string("f2")])])) }
        .hasPrefix("There is no metric called 'f2': did you mean 'f1'?"))
  }
}
