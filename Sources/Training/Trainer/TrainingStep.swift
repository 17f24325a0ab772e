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

/// What came of an update.
enum StepOutcome {
  case done(StepResult)
  /// It was not made.
  case refused(GatheredGradients.Finding)
}

/// One update of the weights: the place where everything that happens in it is written down.
struct TrainingStep {
  let weights: Weights
  let state: UpdateState
  var function: LossFunction
  let trainable: [(name: String, tensor: Tensor)]
  let undecayed: Set<Int>
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
  /// - Returns: `refused` if loss or gradients are not finite; all is then as it was.
  func callAsFunction(
    _ indices: ArraySlice<Int>, of store: SampleStore, epoch: Int, recipe: Recipe,
    learningRate: Double, number: Int, isWatched: Bool, frozen: Set<String> = []
  ) throws -> StepOutcome {
    let generator = try Generator(
      seed: DerivedSeed.seed(recipe.seed, for: .step, counter: number), device: device)
    let learning = trainable.indices.filter { !frozen.contains(trainable[$0].name) }
    let gathered = try gather(
      indices, of: store, epoch: epoch, recipe: recipe, learning: learning.map { trainable[$0] },
      frozen: frozen, penalty: try penalty(recipe, frozen), generator: generator)
    if let finding = gathered.finding {
      try gathered.undo()
      return .refused(finding)
    }
    var gradients = gathered.gradients
    var watch = isWatched ? try ParameterWatch(learning.map { trainable[$0] }, gradients) : nil
    gradients = try withoutGradients { try limited(gradients, recipe) }
    // A parameter that stands still takes the place of its own gradient, which nobody reads.
    var placed = trainable.map(\.tensor)
    for (index, gradient) in zip(learning, gradients) { placed[index] = gradient }
    try recipe.update.step(
      parameters: trainable.map(\.tensor), gradients: placed, state: state,
      learningRate: learningRate, frozen: Set(trainable.indices).subtracting(learning),
      undecayed: undecayed)
    try constrain(recipe, frozen)
    try gathered.finish(except: frozen)
    let watched = try watch?.values() ?? [:]
    return .done(
      StepResult(
        totals: gathered.totals, watched: watched, watchDuration: watch?.duration ?? .zero))
  }

  /// Gradients within the recipe's limits: each entry first, all together then.
  func limited(
    _ gradients: [Tensor], _ recipe: Recipe
  ) throws(TensorError) -> [Tensor] {
    var limited = gradients
    if let bound = recipe.gradientClipping {
      limited = try limited.map { gradient throws(TensorError) in
        try gradient.clamp(min: -bound, max: bound)
      }
    }
    guard let limit = recipe.totalNormConstraint else { return limited }
    return try totalNormConstraint(limited, maxNorm: limit).tensors
  }

  /// Brings the weights back within the norms the recipe allows.
  func constrain(_ recipe: Recipe, _ frozen: Set<String>) throws(TensorError) {
    guard !recipe.normConstraints.isEmpty else { return }
    try withoutGradients { () throws(TensorError) in
      for (parameter, tensor) in zip(weights.parameters, weights.tensors)
      where !frozen.contains(parameter.fullName) {
        for limit in recipe.normConstraints where limit.accepts(parameter) {
          try tensor.assign(
            normConstraint(tensor, maxNorm: limit.maxNorm, axes: limit.axes))
        }
      }
    }
  }

  /// The penalties on the weights, recorded for gradients; `nil` where the recipe has none.
  func penalty(_ recipe: Recipe, _ frozen: Set<String>) throws(TensorError) -> Tensor? {
    let wide = [PenaltyTerm(.l1, weight: recipe.l1), PenaltyTerm(.l2, weight: recipe.l2)]
    var total: Tensor?
    for term in wide + recipe.penalties where term.weight > 0 {
      let choice = term.choice
      let chosen = zip(weights.parameters, weights.tensors).filter {
        choice.accepts($0.0) && !frozen.contains($0.0.fullName)
      }
      guard !chosen.isEmpty else { continue }
      let price = try applyPenalty(chosen.map(\.1), term.penalty) * term.weight
      total = if let sum = total { try sum + price } else { price }
    }
    return total
  }
}
