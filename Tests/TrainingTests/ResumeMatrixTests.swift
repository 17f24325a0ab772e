import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Every update rule with everything that makes resuming hard, at six points of a run: after the
// first update, in mid-epoch, at both sides of the end of an epoch, and in the last one.
struct ResumeMatrixTests {
  static let rules: [UpdateRule] = [
    .sgd, .momentum(), .nesterovMomentum(), .adagrad(), .rmsprop(), .adadelta(), .adam(),
    .adamax(), .amsgrad(), .adamw(), .lion(),
    .lookahead(around: .nesterovMomentum(), steps: 3),
    .applyMomentum(to: .adam()), .applyNesterovMomentum(to: .lookahead(around: .sgd, steps: 2)),
  ]

  /// What may happen to a sample, one at a time and all together.
  static let augmentations: [Augmentation] = [
    .randomCrop(padding: 1), .horizontalFlip(), .verticalFlip(probability: 0.3),
    .shift(rows: 1, columns: 2), .normalise(mean: [0.4], deviation: [0.3]), .mixup(alpha: 0.4),
    .cutout(size: 2),
  ]

  private func harness(
    normalizes: Bool = false, drops: Bool = false, _ change: (inout Recipe) -> Void
  ) throws -> ResumeHarness {
    var recipe = ResumeHarness.recipe()
    change(&recipe)
    return ResumeHarness(
      network: try Fixture.convolutional(normalizes: normalizes, drops: drops),
      data: try Fixture.images(), recipe: recipe)
  }

  @Test(arguments: rules)
  func `a run with dropout goes on bitwise as if nothing had been`(rule: UpdateRule) throws {
    try harness(drops: true) { $0.update = rule }.check()
  }

  @Test(arguments: rules)
  func `so does one with batch normalization`(rule: UpdateRule) throws {
    try harness(normalizes: true) { $0.update = rule }.check()
  }

  @Test(arguments: rules)
  func `so does one with every augmentation`(rule: UpdateRule) throws {
    try harness {
      $0.update = rule
      $0.augmentation = Self.augmentations
    }.check()
  }

  @Test(arguments: rules)
  func `so does one whose updates take several batches`(rule: UpdateRule) throws {
    try harness {
      $0.update = rule
      $0.batchSize = 5
      $0.accumulationSteps = 3
    }.check()
  }

  @Test(arguments: rules)
  func `so does one with a schedule`(rule: UpdateRule) throws {
    try harness {
      $0.update = rule
      $0.schedule = .warmUp(epochs: 1.25, then: .cosine)
    }.check()
  }

  @Test(arguments: rules)
  func `so does one with all of these, penalties, a clipped norm and an average`(
    rule: UpdateRule
  ) throws {
    try harness(normalizes: true, drops: true) {
      $0.update = rule
      $0.augmentation = Self.augmentations
      $0.batchSize = 5
      $0.accumulationSteps = 3
      $0.schedule = .oneCycle()
      $0.l2 = 0.001
      $0.totalNormConstraint = 1
      $0.average = .exponential(decay: 0.8, from: 0.5)
    }.check()
  }

  @Test(arguments: augmentations, [UpdateRule.sgd, .adam()])
  func `so does one with each augmentation by itself`(
    augmentation: Augmentation, rule: UpdateRule
  ) throws {
    try harness(normalizes: true, drops: true) {
      $0.update = rule
      $0.augmentation = [augmentation]
    }.check()
  }

  @Test(arguments: [true, false])
  func `so does one whose samples are read batch by batch`(readsAhead: Bool) throws {
    var harness = try harness(normalizes: true) {
      $0.update = .adam()
      $0.augmentation = Self.augmentations
    }
    harness.data.arrays = StreamedArrays(readsAhead: readsAhead)
    harness.data.testInputs = harness.data.inputs
    harness.data.testTargets = harness.data.targets
    try harness.check()
  }

  @Test func `so does one whose samples for validation are its own`() throws {
    var harness = try harness(drops: true) { $0.augmentation = Self.augmentations }
    harness.data.validationInputs = harness.data.inputs
    harness.data.validationTargets = harness.data.targets
    // 60 samples are four updates too.
    try harness.check()
  }
}
