import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Networks with several outputs, each with an objective of its own.
///
/// The pinned numbers are PyTorch's (2.13, float64): cross_entropy + 0.5 · the mean of squared errors,
/// SGD with a rate of 0.3.
struct SeveralOutputsTests {
  static func network() throws -> Network {
    try Network("two", input: [4], outputs: ["digit", "angle"]) {
      DenseLayer(5, nonlinearity: .tanh, name: "hidden")
      DenseLayer(3, nonlinearity: .softmax, name: "digit")
      DenseLayer(2, nonlinearity: .linear, name: "angle").reading("hidden")
    }
  }

  static func weights(_ network: Network) throws -> Weights {
    let arrays = try network.parameters.enumerated().map { place, parameter in
      let numbers = (0..<parameter.count).map { (index: Int) -> Float in
        Float(0.8 * sin(1.7 * Double(index) + Double(place)))
      }
      return try HostArray(numbers, shape: parameter.shape)
    }
    return try Weights(arrays, for: network)
  }

  static func data(count: Int = 6) throws -> TrainingData {
    var inputs: [Float] = []
    var angles: [Float] = []
    var targets: [UInt8] = []
    for row in 0..<count {
      for column in 0..<4 { inputs.append(Float(cos(0.9 * Double((4 * row + column) % 24)))) }
      for column in 0..<2 { angles.append(Float(sin(1.3 * Double((2 * row + column) % 12)))) }
      targets.append(UInt8(row % 3))
    }
    return TrainingData(
      inputs: try HostArray(inputs, shape: [count, 4]),
      targets: try HostArray(targets, shape: [count]),
      others: ["angle": try HostArray(angles, shape: [count, 2])])
  }

  static func recipe(batchSize: Int = 3, epochs: Int = 1) -> Recipe {
    var recipe = Fixture.recipe(
      update: .sgd, learningRate: 0.3, batchSize: batchSize, epochs: epochs)
    recipe.objectives = [
      "digit": OutputObjective(), "angle": OutputObjective(.squaredError, weight: 0.5),
    ]
    recipe.validationFraction = 0
    return recipe
  }

  private static let recorded: [(total: Double, digit: Double, angle: Double)] = [
    (1.9698773101825282, 1.5523436555176378, 0.8350673093297809),
    (1.7570480828815231, 1.3858335142251714, 0.7424291373127034),
    (1.3002550207792951, 1.1285742835959176, 0.34336147436675485),
    (1.4287966379914456, 1.231958923994431, 0.3936754279940289),
  ]
  private static let recordedSums = [
    0.15603943027683076, 1.0167592081390942, 0.1889975858763937, -0.5938032357229922,
    -0.5472739125680747, -0.3030883367447111,
  ]

  @Test func `the weighted sum and each loss are those of PyTorch, step by step`() throws {
    let network = try Self.network()
    let weights = try Self.weights(network)
    let recipe = Self.recipe()
    let data = try Self.data()
    let layout = try SampleLayout(network: network, recipe: recipe)
    let store = try SampleStore(
      layout.samples(
        inputs: data.inputs, targets: data.targets, others: data.others, part: "training"),
      inputScale: nil, readsIndices: false, device: .cpu)
    let step = try TrainingStep(
      function: LossFunction(network, recipe), weights: weights, stateArrays: [:], device: .cpu)
    for (number, expected) in Self.recorded.enumerated() {
      let rows = number.isMultiple(of: 2) ? [0, 1, 2] : [3, 4, 5]
      let outcome = try step(
        rows[...], of: store, epoch: 0, recipe: recipe, learningRate: 0.3, number: number,
        isWatched: false)
      guard case .done(let result) = outcome else {
        Issue.record("update \(number) was refused")
        return
      }
      let values = result.totals.means(.training, hasAccuracy: false)
      #expect(
        values.keys.sorted() == [
          "train/angle/loss", "train/digit/accuracy", "train/digit/loss", "train/loss",
        ])
      #expect(abs((values["train/loss"] ?? 0) - expected.total) < 1e-5)
      #expect(abs((values["train/digit/loss"] ?? 0) - expected.digit) < 1e-5)
      #expect(abs((values["train/angle/loss"] ?? 0) - expected.angle) < 1e-5)
      #expect(abs((values["train/digit/accuracy"] ?? 0) - 1.0 / 3) < 1e-6)
    }
    for (tensor, expected) in zip(weights.tensors, Self.recordedSums) {
      #expect(abs(try tensor.sum().item() - expected) < 1e-5)
    }
    var measuring = recipe
    measuring.metrics = [.perplexity, .f1()]
    let values = try Evaluator(
      network: network, weights: weights, recipe: measuring, batchSize: 4
    ).evaluate(inputs: data.inputs, targets: data.targets, others: data.others)
    #expect(
      values.keys.sorted() == [
        "angle/loss", "digit/accuracy", "digit/f1", "digit/loss", "digit/perplexity", "loss",
      ])
    #expect(abs((values["loss"] ?? 0) - 1.1938324289656594) < 1e-5)
    #expect(abs((values["digit/loss"] ?? 0) - 1.038937588095047) < 1e-5)
    #expect(abs((values["angle/loss"] ?? 0) - 0.3097896817412247) < 1e-5)
    #expect(abs((values["digit/perplexity"] ?? 0) - 2.8262128166440963) < 1e-4)
    #expect(values["digit/accuracy"] == 0.5)
  }

  @Test func `parts of an update count by the targets of each output`() throws {
    func run(_ batchSize: Int, _ parts: Int) throws -> (Script, Trainer) {
      let network = try Network("steps", outputs: ["word", "sum"]) {
        InputLayer([nil, 4], name: "text")
        EmbeddingLayer(inputSize: 5, outputSize: 3, name: "embedding")
        DenseLayer(5, nonlinearity: .softmax, numLeadingAxes: 2, name: "word")
        DenseLayer(1, nonlinearity: .linear, name: "sum").reading("embedding")
      }
      var data = try StepTargetTests.data()
      data.others["sum"] = try HostArray([Float(0), 1, 2, 3, 4, 5], shape: [6, 1])
      var recipe = Self.recipe(batchSize: batchSize)
      recipe.objectives = [
        "word": OutputObjective(), "sum": OutputObjective(.squaredError, weight: 0.1),
      ]
      recipe.accumulationSteps = parts
      let trainer = try Trainer(
        network: network, weights: StepTargetTests.weights(network), data: data, recipe: recipe)
      let script = Script()
      try script.run(trainer)
      return (script, trainer)
    }
    let (whole, one) = try run(6, 1)
    let (parts, other) = try run(2, 3)
    for (a, b) in zip(one.weights.tensors, other.weights.tensors) {
      #expect(try (a - b).absolute().max().item() < 1e-5)
    }
    for key in ["train/loss", "train/word/loss", "train/sum/loss", "train/word/accuracy"] {
      let (a, b) = (try #require(whole.values(key).last), try #require(parts.values(key).last))
      #expect(abs(a - b) < 1e-5, "\(key)")
    }
  }

  @Test func `a run measures every output, waits for one of them, and goes on exactly`() throws {
    var data = try Self.data(count: 60)
    (data.testInputs, data.testTargets) = (data.inputs, data.targets)
    data.others["testAngle"] = data.others["angle"]
    var recipe = ResumeHarness.recipe()
    recipe.objectives = Self.recipe().objectives
    recipe.metrics = [.confusion, .f1(), .accuracy]
    recipe.earlyStopping = EarlyStopping(metric: "valid/angle/loss", patience: 20)
    recipe.bestCheckpointBy = "valid/digit/f1"
    recipe.average = .exponential(decay: 0.9)
    let script = Script()
    let trainer = try Trainer(network: Self.network(), data: data, recipe: recipe)
    #expect(trainer.planRefusal == "only networks with one output are planned")
    try script.run(trainer)
    for key in [
      "train/digit/epochLoss", "valid/angle/loss", "valid/digit/f1", "test/digit/accuracy",
      "test/digit/averageAccuracy", "test/angle/averageLoss",
    ] {
      #expect(!script.values(key).isEmpty, "\(key)")
    }
    #expect(script.values("valid/accuracy").isEmpty && script.values("valid/angle/f1").isEmpty)
    let total = try #require(script.values("test/loss").last)
    let digit = try #require(script.values("test/digit/loss").last)
    let angle = try #require(script.values("test/angle/loss").last)
    #expect(abs(total - digit - 0.5 * angle) < 1e-9)
    #expect(
      script.events.contains { event in
        if case .images(let images) = event { images.key == "test/digit/confusion" } else { false }
      })
    try ResumeHarness(network: Self.network(), data: data, recipe: recipe).check(stops: [1, 4, 9])
  }

  @Test func `a recipe with objectives is read, written and checked`() throws {
    let recipe = try Recipe(
      json: .object([
        "objectives": .object([
          "digit": .object(["weight": .number(2)]),
          "angle": .object([
            "objective": .string("squaredError"), "targets": .string("angles"),
          ]),
        ])
      ]))
    #expect(
      recipe.objectives == [
        "digit": OutputObjective(weight: 2),
        "angle": OutputObjective(.squaredError, targets: "angles"),
      ])
    #expect(try Recipe(json: recipe.json) == recipe)
    func text(_ objectives: JSONValue) -> String {
      sentence { _ = try Recipe(json: .object(["objectives": objectives])) }
    }
    #expect(
      text(.object(["digit": .object(["weight": .number(-1)])]))
        == "The output objective's weight is -1.0; it must be a number that is not negative.")
    #expect(
      text(.object(["digit": .object(["wieght": .number(1)])]))
        == "An output objective has no field 'wieght': did you mean 'weight'?")
  }

  @Test func `objectives and targets that do not fit the outputs are refused in one sentence`()
    throws
  {
    func text(
      _ objectives: [String: OutputObjective]?, metrics: [Metric] = [],
      _ change: (inout TrainingData) throws -> Void = { _ in }
    ) throws -> String {
      var data = try Self.data()
      try change(&data)
      var recipe = Self.recipe()
      recipe.objectives = objectives
      recipe.metrics = metrics
      return sentence { _ = try Trainer(network: Self.network(), data: data, recipe: recipe) }
    }
    let right = try #require(Self.recipe().objectives)
    #expect(try text(right) == "")
    #expect(
      try text(nil)
        == "The network 'two' has the outputs digit, angle; give each of them an objective in the "
        + "recipe, such as objectives: {digit: {objective: squaredError}, …}.")
    #expect(
      try text(["digit": OutputObjective(), "angel": OutputObjective()])
        == "The recipe's objectives name 'angel', which is no output of the network 'two': did you "
        + "mean 'angle'?")
    #expect(
      try text(["digit": OutputObjective()])
        == "The recipe's objectives say nothing of 'angle', an output of the network 'two'; add it, "
        + "or take it out of the network's outputs.")
    #expect(
      try text(right) { $0.others["angle"] = nil }
        == "The objective of the output 'angle' needs the array 'angle', which the data do not have; "
        + "add it, or let the recipe's objectives name another as its targets.")
    #expect(
      try text(right) { data in
        data.others["angle"] = try HostArray([Float](repeating: 0, count: 10), shape: [5, 2])
      }
        == "There are 6 training inputs, but 5 in 'angle'; each input needs one target.")
    #expect(
      try text(right) { data in
        data.others["angle"] = try HostArray([Float](repeating: 0, count: 6), shape: [6])
      }
        == "The training 'angle' targets are a single number for each sample, but the output "
        + "'angle' gives 2; squaredError needs a target for each of these numbers.")
    #expect(
      try text(["digit": OutputObjective(), "angle": OutputObjective(targets: "targets")]) { data in
        data.targets = try HostArray([UInt8](repeating: 2, count: 6), shape: [6])
      }
        == "The training 'targets' target of sample 0 is 2, but the network's output has 2 classes, "
        + "0 to 1; correct the data or widen the output.")
    var mixing = Self.recipe()
    mixing.augmentation = [.mixup()]
    #expect(
      sentence { _ = try Trainer(network: Self.network(), data: Self.data(), recipe: mixing) }
        == "The recipe's augmentation 'mixup' mixes the targets of one output, but the network has 2; "
        + "leave it out.")
    #expect(
      try text(right, metrics: [.topKAccuracy(k: 4)])
        == "The recipe's metric 'topKAccuracy' looks for the right one among 4 classes, but the "
        + "network and categoricalCrossentropy do not choose from so many; leave it out.")
  }
}
