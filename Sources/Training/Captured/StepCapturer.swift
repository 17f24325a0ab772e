import Lasagne
import Tensors

/// Makes a run's steps by repeating one that was captured, and keeps account of those that the device
/// has not come to yet.
final class StepCapturer {
  /// A step that was queued.
  struct Queued {
    /// Where the run was before it.
    let before: Position
    /// What the update rule had counted before it.
    let counts: [String: Int]
    let indices: ArraySlice<Int>
    /// How many targets its loss is the mean of.
    let count: Int
  }

  /// What a fingerprint calls captured steps.
  static let way = "captured"

  /// More steps than these do not wait for the host to look at them.
  static let longestQueue = 32

  /// Steps queued since the host looked, in order.
  private(set) var queue: [Queued] = []
  private let capturing: StepCapturing
  private let device: Device
  private let hasPlan: Bool
  /// Whether any step can ever be captured, whatever the recipe.
  let isPossible: Bool
  private let isSingle: Bool
  private let isNamed: Bool
  private let resident: (inputs: Tensor, targets: Tensor)?
  private var problem: String?
  private var steps: [Int: RepeatedStep] = [:]
  private var halted: Tensor?
  private var made: (recipe: Recipe, frozen: Set<String>)?

  /// - Parameter hasPlan: Whether steps are planned, which is faster where it can be.
  init(
    _ capturing: StepCapturing, function: LossFunction, store: SampleStore, device: Device,
    hasPlan: Bool
  ) throws(TensorError) {
    isSingle = function.network.inputs.count == 1 && function.network.outputs.count == 1
    isNamed = function.isNamed
    self.capturing = capturing
    self.device = device
    self.hasPlan = hasPlan
    isPossible =
      !hasPlan && (capturing == .everywhere || capturing == .onGPUs && device != .cpu)
    resident = isPossible ? try store.resident() : nil
  }

  /// Why steps by this recipe are not captured; nil where they are.
  func reason(for recipe: Recipe) -> String? {
    if let problem { return problem }
    if capturing == .off { return "capturing is switched off" }
    if hasPlan { return "steps are planned" }
    if capturing == .onGPUs, device == .cpu { return "steps are captured on GPUs only" }
    if !isSingle { return "the network has several inputs or outputs" }
    if isNamed { return "the recipe's objectives measure an output by itself" }
    if recipe.accumulationSteps > 1 { return "an update has several batches (accumulationSteps)" }
    if case .exponential = recipe.average {
      return "the recipe's average is taken after every update"
    }
    return nil
  }

  /// Queues a step; false where another way has to make it, and nothing was changed.
  ///
  /// All queued steps have the same number of rows, and one is queued behind others only where they are
  /// steady.
  func queue(
    _ indices: ArraySlice<Int>, of store: SampleStore, step: TrainingStep, recipe: Recipe,
    learningRate: Double, position: Position, frozen: Set<String>
  ) throws -> Bool {
    guard reason(for: recipe) == nil else { return false }
    let counts = step.state.stepCounts
    do {
      let repeated = try repeated(indices, of: store, step, recipe, frozen, position.epoch)
      try repeated(
        indices, of: store, epoch: position.epoch, learningRate: learningRate,
        seed: DerivedSeed.seed(recipe.seed, for: .step, counter: position.step))
    } catch  where queue.isEmpty {
      // The other way finds out whether it is the step itself that cannot be made.
      problem = "the step cannot be captured: \(error)"
      return false
    }
    queue.append(
      Queued(before: position, counts: counts, indices: indices, count: store.targetCount(indices)))
    return true
  }

  /// The step for so many rows, made anew where anything about it has changed.
  private func repeated(
    _ indices: ArraySlice<Int>, of store: SampleStore, _ step: TrainingStep, _ recipe: Recipe,
    _ frozen: Set<String>, _ epoch: Int
  ) throws -> RepeatedStep {
    let recipe = recipe.asCaptured
    // The full batch and the rest of an epoch; a new batch size takes the place of both.
    if made?.recipe != recipe || made?.frozen != frozen
      || steps.count > 1 && steps[indices.count] == nil
    {
      steps = [:]
      made = (recipe, frozen)
    }
    if let known = steps[indices.count] { return known }
    let halted = try self.halted ?? Tensor.zeros([], device: device)
    self.halted = halted
    let samples = try RepeatedSamples(
      rows: indices.count, of: store, resident: resident, device: device
    ) { () throws(TensorError) in try store.trainingBatch(indices, epoch: epoch) }
    let new = try RepeatedStep(
      step, recipe: recipe, frozen: frozen, samples: samples, halted: halted, device: device)
    steps[indices.count] = new
    return new
  }

  /// Whether nothing new can come of the next step like the last one.
  var isSteady: Bool {
    queue.last.flatMap { steps[$0.indices.count] }?.capture.isSteady ?? false
  }

  /// Waits for the queued steps and says what came of each, in order; after the first one that was not
  /// finite nothing was changed, and the list ends with it.
  func settle() throws(TensorError) -> [(step: Queued, totals: Totals?)] {
    guard let rows = queue.first?.indices.count, let repeated = steps[rows] else { return [] }
    let width = RepeatedStep.figureCount
    let numbers = try repeated.capture.received(queue.count * width).map(Double.init)
    var results: [(step: Queued, totals: Totals?)] = []
    for (index, queued) in queue.enumerated() {
      let figures = numbers[(index * width)..<((index + 1) * width)].map(\.self)
      guard figures[3] == 1 else {
        results.append((queued, nil))
        break
      }
      var totals = Totals()
      totals.count = queued.count
      totals.loss = figures[0] * Double(totals.count)
      totals.correct = figures[1]
      totals.penalty = figures[2] * Double(totals.count)
      results.append((queued, totals))
    }
    queue = []
    try halted?.fillInPlace(0)
    return results
  }

  /// Forgets all steps: the tensors they work on are no longer those of the run.
  func forget() {
    queue = []
    steps = [:]
    halted = nil
    made = nil
  }
}

extension Recipe {
  /// The recipe with what a captured step does not depend on as it is by default.
  fileprivate var asCaptured: Recipe {
    var recipe = self
    let usual = Recipe()
    recipe.learningRate = usual.learningRate
    recipe.schedule = usual.schedule
    recipe.epochs = usual.epochs
    recipe.batchSize = usual.batchSize
    recipe.reportEverySteps = usual.reportEverySteps
    recipe.observeEverySteps = usual.observeEverySteps
    recipe.metrics = usual.metrics
    recipe.earlyStopping = usual.earlyStopping
    recipe.nonFinite = usual.nonFinite
    return recipe
  }
}
