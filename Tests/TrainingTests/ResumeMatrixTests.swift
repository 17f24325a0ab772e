import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Every rule with dropout, batch statistics, a penalty and a clipped norm. An epoch has four updates.
struct ResumeMatrixTests {
  static let rules: [UpdateRule] = [
    .sgd, .momentum(), .nesterovMomentum(), .adagrad(), .rmsprop(), .adadelta(), .adam(),
    .adamax(), .amsgrad(), .adamw(), .lion(),
    .lookahead(around: .nesterovMomentum(), steps: 3),
    .applyMomentum(to: .adam()), .applyNesterovMomentum(to: .lookahead(around: .sgd, steps: 2)),
  ]
  static let schedules: [Schedule] = [
    .constant, .linear, .cosine, .polynomial(), .step(every: 1.5), .multiStep(at: [1, 2.25]),
    .exponential(factor: 0.7), .oneCycle(), .warmUp(epochs: 1.25, then: .cosine),
    .plateau(Plateau(metric: "train/epochLoss", factor: 0.5, patience: 0, threshold: 0.9)),
  ]
  /// After the first update, in mid-epoch, at the end of an epoch, at the beginning of the next, in
  /// the midst of the last and before its last update.
  static let stops = [1, 2, 4, 5, 9, 11]

  /// The run without interruption, and the one that is taken apart at a step and put together again.
  private func compare(
    _ stopStep: Int, hasHoles: Bool = false, change: (inout Recipe) -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let network = try Fixture.convolutional()
    var data = try Fixture.images()
    if hasHoles {
      var values = data.inputs.values(as: Float.self).map { $0 / 256 }
      for sample in [7, 8] { values[36 * sample] = .nan }
      data.inputs = try HostArray(values, shape: [60, 6, 6])
    }
    var recipe = Fixture.recipe(learningRate: 0.01, epochs: 3)
    recipe.l2 = 0.001
    recipe.reportEverySteps = 3
    recipe.totalNormConstraint = 1
    if hasHoles { recipe.validationFraction = 0 }
    change(&recipe)
    let whole = Script()
    let wholeTrainer = try Trainer(network: network, data: data, recipe: recipe)
    try whole.run(wholeTrainer)

    let first = Script([(stopStep, .stop)])
    let state = try first.run(try Trainer(network: network, data: data, recipe: recipe))
    #expect(state == .stopped, sourceLocation: sourceLocation)
    let url = FileManager.default.temporaryDirectory
      .appending(path: "resume-\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let kept = try #require(first.checkpoints.last)
    #expect(kept.step == stopStep, sourceLocation: sourceLocation)
    try kept.write(to: url)
    let read = try Checkpoint(contentsOf: url)
    #expect(read == kept, sourceLocation: sourceLocation)

    let second = Script()
    let resumed = try Trainer.resume(from: read, network: network, data: data)
    #expect(resumed.attempt == 2, sourceLocation: sourceLocation)
    try second.run(resumed)
    for key in ["train/loss", "train/accuracy", "train/epochLoss", "valid/loss", "rate/learning"] {
      #expect(
        first.values(key) + second.values(key) == whole.values(key), "\(key)",
        sourceLocation: sourceLocation)
    }
    var expected = try wholeTrainer.checkpoint()
    expected.attempt = 2
    #expect(try resumed.checkpoint() == expected, sourceLocation: sourceLocation)
  }

  @Test(arguments: rules, stops)
  func `a run that went on from a checkpoint is bitwise the one that was not interrupted`(
    rule: UpdateRule, stop: Int
  ) throws {
    try compare(stop) { $0.update = rule }
  }

  @Test(arguments: rules, [2, 4])
  func `so is one whose updates take several batches`(rule: UpdateRule, stop: Int) throws {
    try compare(stop) {
      $0.update = rule
      $0.schedule = .cosine
      $0.batchSize = 5
      $0.accumulationSteps = 3
    }
  }

  @Test(arguments: schedules, [3, 4, 8, 10])
  func `so is one with any schedule`(schedule: Schedule, stop: Int) throws {
    try compare(stop) {
      $0.update = .adam()
      $0.schedule = schedule
    }
  }

  /// What else a run remembers, with what it is called in a failure.
  static let memories: [(name: String, change: @Sendable (inout Recipe) -> Void)] = [
    ("exponential average", { $0.average = .exponential(decay: 0.8, from: 0.5) }),
    ("average over epochs", { $0.average = .epochs(from: 0) }),
    (
      "early stopping",
      {
        $0.earlyStopping = EarlyStopping(
          metric: "train/epochAccuracy", patience: 1, minimumChange: 1)
      }
    ),
    ("best checkpoint", { $0.bestCheckpointBy = "valid/loss" }),
    (
      "penalties and norms",
      {
        $0.penalties = [PenaltyTerm(.l1, weight: 0.01, layers: ["dense1"])]
        $0.normConstraints = [NormLimit(0.7)]
        $0.gradientClipping = 0.05
      }
    ),
    ("bfloat16", { $0.precision = .bfloat16 }),
    ("metrics", { $0.metrics = [.f1(perClass: true), .confusion, .topKAccuracy(k: 2)] }),
    ("left-out updates", { $0.nonFinite = .skip() }),
    ("rollbacks", { $0.nonFinite = .rollback(limit: 10, factor: 0.5) }),
  ]

  @Test(arguments: memories.indices, [2, 4, 6, 9])
  func `so is one that remembers more than weights and rule`(index: Int, stop: Int) throws {
    let memory = Self.memories[index]
    let hasHoles = ["left-out updates", "rollbacks"].contains(memory.name)
    try compare(stop, hasHoles: hasHoles) {
      $0.update = .adam()
      memory.change(&$0)
    }
  }
}
