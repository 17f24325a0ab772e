import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Captured steps, called one by one on the CPU, against those that the trainer makes.
struct CaptureTests {
  /// Trains twice, with and without capturing, and expects the same events and the same weights.
  static func compare(
    _ network: Network, _ data: TrainingData, _ recipe: Recipe,
    commands: [(step: Int, action: ControlAction)] = [], within tolerance: Double = 2e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    func run(_ capturing: StepCapturing) throws -> (Script, Trainer) {
      let script = Script(commands)
      let trainer = try Trainer(
        network: network, data: data, recipe: recipe, planning: .off, capturing: capturing)
      try script.run(trainer)
      return (script, trainer)
    }
    let (captured, capturedTrainer) = try run(.everywhere)
    let (plain, plainTrainer) = try run(.off)
    #expect(capturedTrainer.captureRefusal == nil, sourceLocation: sourceLocation)
    #expect(capturedTrainer.fingerprint["step"] == "captured", sourceLocation: sourceLocation)
    #expect(plainTrainer.captureRefusal == "capturing is switched off")
    #expect(plainTrainer.fingerprint["step"] == "libtorch", sourceLocation: sourceLocation)
    for key in ["train/loss", "train/penalty", "train/accuracy", "train/epochLoss", "valid/loss"] {
      let (ours, theirs) = (captured.values(key), plain.values(key))
      #expect(ours.count == theirs.count, "\(key)", sourceLocation: sourceLocation)
      for (index, (a, b)) in zip(ours, theirs).enumerated() {
        #expect(
          abs(a - b) <= tolerance * (1 + abs(b)), "\(key), \(index)", sourceLocation: sourceLocation
        )
      }
    }
    #expect(!plain.values("train/loss").isEmpty, sourceLocation: sourceLocation)
    #expect(captured.answers == plain.answers, sourceLocation: sourceLocation)
    try expectSame(capturedTrainer, plainTrainer, within: tolerance, sourceLocation)
  }

  /// Expects that two runs have come to the same weights, and remember the same.
  static func expectSame(
    _ a: Trainer, _ b: Trainer, within tolerance: Double, _ sourceLocation: SourceLocation
  ) throws {
    let (ours, theirs) = (try a.checkpoint(), try b.checkpoint())
    #expect(ours.position == theirs.position, sourceLocation: sourceLocation)
    TrainingTests.expectSame(ours, theirs, within: tolerance, sourceLocation)
  }

  /// A recipe whose steps wait in the queue as long as they may.
  static func recipe(
    update: UpdateRule = .nesterovMomentum(), learningRate: Double = 0.02, epochs: Int = 3
  ) -> Recipe {
    var recipe = Fixture.recipe(update: update, learningRate: learningRate, epochs: epochs)
    recipe.batchSize = 5
    recipe.reportEverySteps = 16
    recipe.observeEverySteps = 0
    return recipe
  }

  @Test(
    arguments: [
      .sgd, .momentum(), .nesterovMomentum(), .adagrad(), .rmsprop(), .adadelta(), .adam(),
      .adamax(), .amsgrad(), .adamw(weightDecay: 0.1), .lion(weightDecay: 0.1),
      .lookahead(around: .adam(), steps: 3), .applyMomentum(to: .rmsprop()),
      .applyNesterovMomentum(to: .lookahead(around: .adamw(), steps: 2)),
    ] as [UpdateRule])
  func `every update rule does what it does otherwise`(rule: UpdateRule) throws {
    let rates: [String: Double] = ["adadelta": 1, "lion": 0.002]
    let recipe = Self.recipe(update: rule, learningRate: rates[rule.name] ?? 0.01)
    try Self.compare(try Fixture.mlp(), try Fixture.blobs(count: 120), recipe)
  }

  @Test(
    arguments: [
      .cosine, .warmUp(epochs: 1.5, then: .exponential(factor: 0.5)),
      .oneCycle(),
    ] as [Schedule])
  func `schedules act on a step that was captured before`(schedule: Schedule) throws {
    var recipe = Self.recipe(update: .adam())
    recipe.schedule = schedule
    try Self.compare(try Fixture.mlp(), try Fixture.blobs(count: 120), recipe)
  }

  @Test func `penalties and limits of gradients and weights do what they do otherwise`() throws {
    var recipe = Self.recipe(update: .adam(), learningRate: 0.05)
    (recipe.l1, recipe.l2) = (0.002, 0.01)
    recipe.totalNormConstraint = 0.5
    recipe.gradientClipping = 0.2
    recipe.normConstraints = [NormLimit(0.8)]
    try Self.compare(try Fixture.mlp(), try Fixture.blobs(count: 120), recipe)
  }

  @Test func `convolution, batch statistics and dropout do`() throws {
    var recipe = Self.recipe()
    recipe.dropLast = true
    try Self.compare(try Fixture.convolutional(), try Fixture.images(), recipe)
  }

  @Test func `recurrent networks and one that attends do`() throws {
    let networks = [
      try Zoo.gruClassifier(input: [5, 4], units: 6, layers: 2, dropout: 0.3, classes: 3),
      try Zoo.lstmClassifier(input: [5, 4], units: 6, bidirectional: true, classes: 3),
      try Zoo.transformerClassifier(
        vocabulary: 11, length: 6, units: 8, layers: 1, heads: 2, dropout: 0.2, classes: 3),
    ]
    // Not Adam: it makes steps of the rounding of a key's bias, whose gradient is 0.
    var recipe = Self.recipe(epochs: 2)
    recipe.totalNormConstraint = 1
    for network in networks {
      let data = try TrainingData(
        noiseFor: network, count: 48, objective: .categoricalCrossentropy)
      try Self.compare(network, data, recipe)
    }
  }

  @Test func `augmented images do, which are brought to the step batch by batch`() throws {
    var recipe = Self.recipe()
    recipe.augmentation = [.randomCrop(padding: 1), .horizontalFlip(), .mixup(alpha: 0.4)]
    try Self.compare(try Fixture.convolutional(), try Fixture.images(), recipe)
  }

  @Test func `steps that are watched, and commands between queued ones, keep their places`() throws
  {
    var recipe = Self.recipe(update: .adam())
    recipe.observeEverySteps = 7
    let commands: [(step: Int, action: ControlAction)] = [
      (6, .set(field: "learningRate", value: .number(0.004))), (13, .freeze(pattern: "dense*.b")),
      (19, .set(field: "l2", value: .number(0.01))), (27, .unfreeze(pattern: "dense*.b")),
      (33, .set(field: "batchSize", value: .number(8))), (38, .snapshot),
    ]
    try Self.compare(
      try Fixture.mlp(), try Fixture.blobs(count: 120), recipe, commands: commands)
  }

  @Test(arguments: [1, 3, 32])
  func `a run goes on from a checkpoint to the same bits`(stepsBefore: Int) throws {
    let network = try Fixture.convolutional()
    let data = try Fixture.images()
    var recipe = Self.recipe(update: .adam())
    recipe.checkpointEverySteps = stepsBefore
    let whole = try Trainer(
      network: network, data: data, recipe: recipe, planning: .off, capturing: .everywhere)
    let script = Script()
    try script.run(whole)
    let checkpoint = try #require(script.checkpoints.first { $0.position.step == stepsBefore })
    let rest = try Trainer.resume(
      from: checkpoint, network: network, data: data, planning: .off, capturing: .everywhere)
    #expect(rest.resumeNotice == nil)
    try Script().run(rest)
    #expect(try rest.checkpoint().weights == whole.checkpoint().weights)
    #expect(try rest.checkpoint().updateState == whole.checkpoint().updateState)
  }
}
