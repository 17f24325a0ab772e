import Lasagne
import Tensors

/// What one update gave.
struct StepResult {
  /// The loss, penalty and correct answers of the update's samples, before it.
  let totals: Totals
  /// Measurements of the parameters by metric key; empty where nobody looked.
  let watched: [String: Double]
  /// How long the measurements took.
  let watchDuration: Duration
}

/// One update of the weights: the place where everything that happens in it is written down.
struct TrainingStep {
  let weights: Weights
  let state: UpdateState
  let function: LossFunction
  let trainable: [(name: String, tensor: Tensor)]
  private let regularizable: [(name: String, tensor: Tensor)]
  private let undecayed: Set<Int>
  private let device: Device

  /// Prepares the steps of a run.
  ///
  /// - Parameter stateArrays: What the update rule remembers from before, by the names
  ///   `UpdateState` gives them.
  init(
    function: LossFunction, weights: Weights, stateArrays: [String: HostArray], device: Device
  ) throws {
    self.function = function
    self.weights = weights
    self.device = device
    let chosen = zip(weights.parameters, weights.tensors).filter(\.0.isTrainable)
    trainable = chosen.map { ($0.fullName, $1) }
    undecayed = Set(chosen.indices.filter { !chosen[$0].0.isRegularizable })
    regularizable = zip(weights.parameters, weights.tensors).filter(\.0.isRegularizable)
      .map { ($0.fullName, $1) }
    state = try UpdateState(
      parameterNames: trainable.map(\.name), arrays: stateArrays, device: device)
  }

  /// Makes one update.
  ///
  /// - Parameters:
  ///   - indices: The samples it learns from, in batches of the recipe's size.
  ///   - epoch: With the seed and each sample it decides augmentation.
  ///   - learningRate: The recipe's, times the factor of its schedule.
  ///   - number: The number of updates done before; with the seed it decides dropout.
  ///   - isWatched: Whether the parameters are measured around the update.
  ///   - frozen: The full names of the parameters that stand still.
  /// - Throws: `TrainingError` if loss or gradients are not finite; the weights are then as they
  ///   were.
  func callAsFunction(
    _ indices: ArraySlice<Int>, of store: SampleStore, epoch: Int, recipe: Recipe,
    learningRate: Double, number: Int, isWatched: Bool, frozen: Set<String> = []
  ) throws -> StepResult {
    let generator = try Generator(
      seed: DerivedSeed.seed(recipe.seed, for: .step, counter: number), device: device)
    let learning = trainable.indices.filter { !frozen.contains(trainable[$0].name) }
    let gathered = try gather(
      indices, of: store, epoch: epoch, batchSize: recipe.batchSize,
      learning: learning.map { trainable[$0] }, frozen: frozen, penalty: try penalty(recipe, frozen), generator: generator)
    if let finding = gathered.finding {
      try gathered.undo()
      throw TrainingError(
        .nonFiniteLoss,
        "\(finding.subject) of step \(number + 1) is \(finding.what); the weights are as they were "
          + "before it: try a learning rate below \(learningRate), or look for such numbers in the "
          + "data.")
    }
    var gradients = gathered.gradients
    var watch = isWatched ? try ParameterWatch(learning.map { trainable[$0] }, gradients) : nil
    if let limit = recipe.totalNormConstraint {
      gradients = try withoutGradients {
        try totalNormConstraint(gradients, maxNorm: limit).tensors
      }
    }
    // A parameter that stands still takes the place of its own gradient, which nobody reads.
    var placed = trainable.map(\.tensor)
    for (index, gradient) in zip(learning, gradients) { placed[index] = gradient }
    try recipe.update.step(
      parameters: trainable.map(\.tensor), gradients: placed, state: state,
      learningRate: learningRate, frozen: Set(trainable.indices).subtracting(learning),
      undecayed: undecayed)
    try gathered.finish(except: frozen)
    let watched = try watch?.values() ?? [:]
    return StepResult(
      totals: gathered.totals, watched: watched, watchDuration: watch?.duration ?? .zero)
  }

  /// The penalties on the weights, recorded for gradients; `nil` where the recipe has none.
  private func penalty(_ recipe: Recipe, _ frozen: Set<String>) throws(TensorError) -> Tensor? {
    let regularizable = regularizable.filter { !frozen.contains($0.name) }.map(\.tensor)
    var total: Tensor?
    for (penalty, weight) in [(Penalty.l1, recipe.l1), (.l2, recipe.l2)]
    where weight > 0 && !regularizable.isEmpty {
      let term = try applyPenalty(regularizable, penalty) * weight
      total = if let sum = total { try sum + term } else { term }
    }
    return total
  }
}
