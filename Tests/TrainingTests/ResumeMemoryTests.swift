import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// What a run remembers beside weights and the state of its rule.
struct ResumeMemoryTests {
  static let schedules: [Schedule] = [
    .constant, .linear, .cosine, .polynomial(), .step(every: 1.5), .multiStep(at: [1, 2.25]),
    .exponential(factor: 0.7), .oneCycle(), .warmUp(epochs: 1.25, then: .cosine),
    .plateau(Plateau(metric: "train/epochLoss", factor: 0.5, patience: 0, threshold: 0.9)),
  ]

  private func harness(_ change: (inout Recipe) -> Void) throws -> ResumeHarness {
    var recipe = ResumeHarness.recipe()
    recipe.update = .adam()
    recipe.l2 = 0.001
    recipe.totalNormConstraint = 1
    change(&recipe)
    return ResumeHarness(
      network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe)
  }

  @Test(arguments: schedules)
  func `a run with any schedule goes on bitwise`(schedule: Schedule) throws {
    try harness { $0.schedule = schedule }.check(stops: [3, 4, 8, 10])
  }

  /// What is remembered, with what it is called in a failure.
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
    (
      "rollbacks, augmentation and an average",
      {
        $0.nonFinite = .rollback(limit: 10, factor: 0.5)
        $0.augmentation = [.shift(rows: 1, columns: 1), .horizontalFlip()]
        $0.average = .exponential(decay: 0.8)
      }
    ),
  ]

  @Test(arguments: memories.indices)
  func `so does one that remembers more than weights and rule`(index: Int) throws {
    let memory = Self.memories[index]
    var harness = try harness(memory.change)
    if harness.recipe.nonFinite != .stop {
      // Samples that no update can be made of.
      var values = harness.data.inputs.values(as: Float.self).map { $0 / 256 }
      for sample in [7, 8] { values[36 * sample] = .nan }
      harness.data.inputs = try HostArray(values, shape: [60, 6, 6])
      harness.recipe.validationFraction = 0
    }
    try harness.check(memory.name, stops: [2, 4, 6, 9])
  }

  @Test func `so does one that was changed on its way`() throws {
    var harness = try harness {
      $0.augmentation = [.shift(rows: 1, columns: 1), .mixup()]
      $0.average = .epochs()
    }
    harness.commands = [
      (2, .set(field: "batchSize", value: .number(7))), (3, .freeze(pattern: "conv*")),
      (6, .set(field: "learningRate", value: .number(0.02))),
      (7, .set(field: "average", value: .string("exponential"))),
      (9, .unfreeze(pattern: "*.b")), (10, .set(field: "update", value: .string("lion"))),
      (12, .set(field: "accumulationSteps", value: .number(2))),
    ]
    // The first epoch has six updates, the second seven.
    try harness.check(stops: [1, 4, 5, 8, 11, 13, 15])
  }
}
