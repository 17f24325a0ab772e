import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// A target for each step of a sequence.
///
/// The pinned numbers are PyTorch's (2.13, float64): a gated recurrent unit with the reset gate on
/// h · W as in Lasagne, cross_entropy(ignore_index: -1), SGD with a rate of 0.5.
struct StepTargetTests {
  /// Six rows of four whole numbers below five; the targets are those plus the row's number, of which
  /// some do not count, in the third row none.
  static func data(masked: Bool = true) throws -> TrainingData {
    var inputs: [Int64] = []
    var targets: [Int64] = []
    for row in 0..<6 {
      for step in 0..<4 {
        let number = (3 * row + 2 * step + row * step) % 5
        inputs.append(Int64(number))
        targets.append(Int64((number + row) % 5))
      }
    }
    if masked { for place in [7, 8, 9, 10, 11, 18, 19] { targets[place] = -1 } }
    return TrainingData(
      inputs: try HostArray(inputs, shape: [6, 4]), targets: try HostArray(targets, shape: [6, 4]))
  }

  /// A language model of five characters.
  static func network(length: Int? = nil, dropout: Double = 0) throws -> Network {
    try Network("reader") {
      InputLayer([nil, length], name: "text")
      EmbeddingLayer(inputSize: 5, outputSize: 4)
      GRULayer(3)
      if dropout > 0 { DropoutLayer(p: dropout) }
      DenseLayer(5, nonlinearity: .softmax, numLeadingAxes: 2)
    }
  }

  /// 1.5 · sin(1.7 k + p) for number k of parameter p; zeros where nothing is trained.
  static func weights(_ network: Network) throws -> Weights {
    let arrays = try network.parameters.enumerated().map { place, parameter in
      let numbers = (0..<parameter.count).map { (index: Int) -> Float in
        guard parameter.isTrainable else { return 0 }
        return Float(1.5 * sin(1.7 * Double(index) + Double(place)))
      }
      return try HostArray(numbers, shape: parameter.shape)
    }
    return try Weights(arrays, for: network)
  }

  private static let recordedLosses = [
    2.6603468844447655, 1.0206775093566698, 2.046833914514288, 0.8562897246088156,
    1.8198293350600985, 0.8156256189878712,
  ]
  private static let recordedRight = [1, 6, 2, 6, 2, 6]
  private static let recordedSums = [
    1.047388312066462, 1.09773693829424, 1.1117813365975835, -1.251698554154907,
    -0.9870447147350863, -1.3593071886082808, 1.0976328476635757, 0.8684221413473399,
    1.5322970769847728, -1.208371202697896, -0.28757681572448535, -0.5416506973594223,
  ]

  /// Six updates by the first three and the last three rows in turn.
  private func train(planned: Bool) throws -> Weights {
    let network = try Self.network()
    let weights = try Self.weights(network)
    let data = try Self.data()
    let layout = try SampleLayout(network: network, objective: .categoricalCrossentropy)
    let store = try SampleStore(
      layout.samples(inputs: data.inputs, targets: data.targets, part: "training"),
      inputScale: nil, readsIndices: layout.readsIndices, device: .cpu)
    let function = try LossFunction(
      network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true)
    let step = try TrainingStep(
      function: function, weights: weights, stateArrays: [:], device: .cpu)
    let planner = try StepPlanner(
      function: function, weights: weights, state: step.state, store: store, device: .cpu,
      planning: planned ? StepPlanning() : .off)
    let recipe = Recipe(update: .sgd, batchSize: 3)
    #expect((planner.reason(for: recipe) == nil) == planned)
    for number in 0..<6 {
      let rows = number.isMultiple(of: 2) ? [0, 1, 2] : [3, 4, 5]
      let result: StepResult
      if planned {
        result = try #require(
          try planner.step(
            store, rows[...], epoch: 0, recipe: recipe, learningRate: 0.5, number: number,
            isWatched: false))
      } else {
        let outcome = try step(
          rows[...], of: store, epoch: 0, recipe: recipe, learningRate: 0.5, number: number,
          isWatched: false)
        guard case .done(let done) = outcome else {
          Issue.record("update \(number) was refused")
          return weights
        }
        result = done
      }
      let totals = result.totals
      #expect(abs(totals.meanLoss - Self.recordedLosses[number]) < 1e-5, "\(number)")
      #expect(totals.correct == Double(Self.recordedRight[number]))
      #expect(totals.count == (number.isMultiple(of: 2) ? 7 : 10))
    }
    return weights
  }

  @Test(arguments: [false, true])
  func `losses and weights are those of PyTorch, step by step`(planned: Bool) throws {
    let weights = try train(planned: planned)
    let trained = zip(weights.parameters, weights.tensors).filter(\.0.isTrainable)
    for ((parameter, tensor), expected) in zip(trained, Self.recordedSums) {
      #expect(abs(try tensor.sum().item() - expected) < 2e-4, "\(parameter.fullName)")
    }
    // The weights after the six updates, over all steps that count.
    let evaluator = Evaluator(
      network: try Self.network(), weights: weights,
      recipe: Recipe(metrics: [
        .perplexity, .topKAccuracy(k: 2), .precision(perClass: true), .recall(perClass: true),
      ]), batchSize: 4)
    let data = try Self.data()
    let values = try evaluator.evaluate(inputs: data.inputs, targets: data.targets)
    #expect(abs((values["loss"] ?? 0) - 1.1683318131456952) < 1e-4)
    #expect(abs((values["perplexity"] ?? 0) - 3.2166222334292525) < 4e-4)
    #expect(abs((values["accuracy"] ?? 0) - 10.0 / 17) < 1e-9)
    #expect(abs((values["top2Accuracy"] ?? 0) - 11.0 / 17) < 1e-9)
    // From PyTorch's table of counts: three 0s as 2, 4, 4; three 1s as 1, 1, 2; eight 2s as 2; three
    // 4s as 2.
    for (index, expected) in [0, 2.0 / 3, 1, 0, 0].enumerated() {
      #expect(values["recall/\(index)"] == expected)
    }
    #expect(values["precision/2"] == 8.0 / 13)
  }

  @Test(arguments: [Zoo.Memory.gru, .lstm, .attention])
  func `a language model's planned steps are those of autograd, dropout and masks included`(
    memory: Zoo.Memory
  ) throws {
    let network = try Zoo.charLanguageModel(
      vocabulary: 5, embedding: 6, units: 8, layers: 1, heads: 2, memory: memory, dropout: 0.2)
    let few = try Self.data()
    let many = TrainingData(
      inputs: try few.inputs.rows((0..<48).map { $0 % 6 }),
      targets: try few.targets.rows((0..<48).map { ($0 * 5) % 6 }))
    try PlanTests.compare(network, many, Fixture.recipe(learningRate: 0.02, epochs: 2))
  }

  @Test func `probabilities of the classes of each step are targets as class numbers are`() throws {
    let network = try Self.network()
    let data = try Self.data(masked: false)
    let numbers = data.targets.values(as: Int64.self)
    var rows = [Float](repeating: 0, count: 5 * numbers.count)
    for (step, number) in numbers.enumerated() { rows[5 * step + Int(number)] = 1 }
    let evaluator = Evaluator(
      network: network, weights: try Self.weights(network), recipe: Recipe(metrics: [.f1()]))
    let expected = try evaluator.evaluate(inputs: data.inputs, targets: data.targets)
    let values = try evaluator.evaluate(
      inputs: data.inputs, targets: HostArray(rows, shape: [6, 4, 5]))
    #expect(expected.count == 3 && values.keys.sorted() == expected.keys.sorted())
    for (key, value) in expected {
      #expect(abs((values[key] ?? .nan) - value) < 1e-6, "\(key)")
    }
    var recipe = Fixture.recipe(batchSize: 3)
    recipe.validationFraction = 0
    try PlanTests.compare(
      network,
      TrainingData(inputs: data.inputs, targets: try HostArray(rows, shape: [6, 4, 5])), recipe)
  }

  @Test func `parts of an update count by their steps`() throws {
    func weights(_ batchSize: Int, _ parts: Int) throws -> [Tensor] {
      let network = try Self.network()
      let weights = try Self.weights(network)
      var recipe = Recipe(
        update: .sgd, learningRate: 0.5, batchSize: batchSize, accumulationSteps: parts, epochs: 1)
      recipe.validationFraction = 0
      let trainer = try Trainer(
        network: network, weights: weights, data: Self.data(), recipe: recipe, planning: .off)
      try trainer.run { _ in }
      return weights.tensors
    }
    for (a, b) in zip(try weights(6, 1), try weights(2, 3)) {
      #expect(try (a - b).absolute().max().item() < 1e-5)
    }
  }

  @Test func `gradients are right with steps that do not count`() throws {
    let network = try Self.network(length: 4)
    #expect(try GradientCheck().report(on: network).passes)
    // The loss of one row of masked targets against differences of the loss.
    let weights = try Self.weights(network)
    let function = try LossFunction(
      network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true)
    let inputs = try Tensor([Int64(0), 2, 4, 1], shape: [1, 4])
    let targets = try Tensor([Int64(3), -1, 0, -1], shape: [1, 4])
    func loss() throws -> Tensor {
      try function(inputs, targets, weights: weights, mode: .deterministic).loss
    }
    let output = try #require(weights.tensors.last)
    let gradient = try Tensor.gradients(of: loss(), withRespectTo: [output])[0]
      .values(as: Double.self)
    let values = try output.values(as: Float.self)
    for (index, expected) in gradient.enumerated() {
      func moved(_ distance: Float) throws -> Double {
        var numbers = values
        numbers[index] += distance
        return try withoutGradients { () throws -> Double in
          try output.assign(Tensor(numbers, shape: [5]))
          return try loss().item()
        }
      }
      let difference = (try moved(0.01) - moved(-0.01)) / 0.02
      try withoutGradients { try output.assign(Tensor(values, shape: [5])) }
      #expect(abs(difference - expected) < 1e-3, "entry \(index)")
    }
  }

  @Test(arguments: [false, true])
  func `a run on sequences goes on as if it had not been interrupted`(planned: Bool) throws {
    let few = try Self.data()
    let data = TrainingData(
      inputs: try few.inputs.rows((0..<60).map { $0 % 6 }),
      targets: try few.targets.rows((0..<60).map { ($0 * 5) % 6 }))
    var recipe = ResumeHarness.recipe()
    recipe.metrics = [.perplexity, .confusion]
    // Clipping has no plan rule: then every step is recorded.
    if !planned { recipe.gradientClipping = 0.5 }
    try ResumeHarness(network: Self.network(dropout: 0.3), data: data, recipe: recipe).check()
  }

  @Test func `what is measured counts steps, and samples stay samples`() throws {
    let few = try Self.data()
    var data = TrainingData(
      inputs: try few.inputs.rows((0..<60).map { $0 % 6 }),
      targets: try few.inputs.rows((0..<60).map { $0 % 6 }))
    (data.testInputs, data.testTargets) = (data.inputs, data.inputs)
    var recipe = Fixture.recipe(update: .adam(), learningRate: 0.03, epochs: 30)
    recipe.metrics = [.perplexity, .confusion, .topKAccuracy(k: 2)]
    recipe.earlyStopping = EarlyStopping(metric: "valid/perplexity", patience: 30)
    let script = Script()
    let trainer = try Trainer(network: Self.network(), data: data, recipe: recipe)
    #expect(trainer.planRefusal == nil)
    #expect(trainer.trainingCount == 54 && trainer.validationCount == 6)
    try script.run(trainer)
    #expect(try #require(script.values("test/accuracy").last) == 1)
    let loss = try #require(script.values("test/loss").last)
    #expect(abs(exp(loss) - (try #require(script.values("test/perplexity").last))) < 1e-9)
    let confusion = try #require(
      script.events.compactMap { event -> ImageStack? in
        if case .images(let images) = event, images.key == "test/confusion" { images } else { nil }
      }.last)
    #expect(confusion.values.reduce(0, +) == 240)
  }

  @Test func `targets of steps that cannot be are refused in one sentence`() throws {
    func text(
      _ targets: HostArray, network: Network? = nil, recipe: Recipe = Fixture.recipe(batchSize: 2)
    ) throws -> String {
      let network = try network ?? Self.network()
      return sentence {
        var data = try Self.data()
        data.targets = targets
        var recipe = recipe
        recipe.validationFraction = 0
        _ = try Trainer(network: network, data: data, recipe: recipe)
      }
    }
    let right = try Self.data().targets
    #expect(try text(right) == "")
    #expect(
      try text(HostArray([Int64](repeating: 1, count: 18), shape: [6, 3]))
        == "The training targets are int64 numbers of shape [6, 3], but the network gives a row of 5 "
        + "classes for each of 4 steps; categoricalCrossentropy needs a whole class number for each "
        + "step, negative where it does not count, or end the network with a DenseLayer for one "
        + "target a sample.")
    #expect(
      try text(right.converted(to: .float32)).hasPrefix(
        "The training targets are float32 numbers of shape [6, 4], but the network gives"))
    var labels = right.values(as: Int64.self)
    labels[13] = 5
    #expect(
      try text(HostArray(labels, shape: [6, 4]))
        == "The training target of sample 3, step 1 is 5, but the network's output has 5 classes, 0 "
        + "to 4; correct the data, widen the output, or give a negative number where a step does not "
        + "count.")
    #expect(
      try text(HostArray([Int64](repeating: -1, count: 24), shape: [6, 4]))
        == "The training targets are all negative, which means that no step counts; give the steps "
        + "that do their class numbers from 0 to 4.")
    let floats = try Network("floats", input: [4, 1]) {
      DenseLayer(5, nonlinearity: .softmax, numLeadingAxes: 2)
    }
    var mixing = Fixture.recipe(batchSize: 2)
    mixing.augmentation = [.mixup()]
    #expect(
      sentence {
        var data = try Self.data()
        data.inputs = try data.inputs.converted(to: .float32).reshaped([6, 4, 1])
        _ = try Trainer(network: floats, data: data, recipe: mixing)
      }
        == "The recipe's augmentation 'mixup' mixes one target a sample, but the network gives a row "
        + "of classes for each step; leave it out.")
  }
}
