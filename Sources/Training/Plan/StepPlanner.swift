import Lasagne
import Records
import Tensors

/// Makes a run's steps by plans, where everything in network, recipe and data has a plan rule.
///
/// A plan is made once for each number of rows. What a plan computes is what `TrainingStep` does,
/// within rounding; it works on the same weights and the same state of the update rule, so either
/// can go on where the other was.
final class StepPlanner {
  let compiler: PlanCompiler
  private let weights: Weights
  private let state: UpdateState
  private let names: [(index: Int, name: String)]
  let inputs: PlanInputs
  private var plans: [Int: Prepared] = [:]
  private var checked: (recipe: Recipe, reason: String?)?
  /// Why no step is planned, whatever the recipe; nil where steps are.
  private(set) var refusal: String?

  /// The plan of a number of rows, and the rule it is ready to update by.
  private struct Prepared {
    let plan: StepPlan
    let gradients: [Int: Int]
    var rule: StepPlan.Rule?
    /// What the rule remembers of the first parameter: exchanged where a run was taken back.
    var firstState: Tensor?
    var gradientTensors: [Tensor]?
  }

  /// The recipe's fields that plans know; all others must be as they are by default.
  private static let knownFields: Set<String> = [
    "objective", "update", "learningRate", "schedule", "batchSize", "epochs", "seed",
    "validationFraction", "dropLast", "l1", "l2", "totalNormConstraint", "inputScale",
    "checkpointEveryEpochs", "reportEverySteps", "observeEverySteps", "fusesCrossEntropy",
    // These do nothing within a step, or are in the network that is planned.
    "dropout",
    "metrics", "earlyStopping", "average", "nonFinite", "checkpointEverySteps",
    "checkpointEveryMinutes", "keepCheckpoints", "bestCheckpointBy", "callbacks",
  ]

  /// A planner for a run on data that is ready to be gathered.
  init(
    function: LossFunction, weights: Weights, state: UpdateState, store: SampleStore,
    device: Device, planning: StepPlanning
  ) throws(TensorError) {
    self.weights = weights
    self.state = state
    names = weights.parameters.enumerated().filter(\.1.isTrainable).map { ($0, $1.fullName) }
    inputs = try PlanInputs(store)
    compiler = PlanCompiler(
      function: function, weights: weights, planning: planning, inputScale: inputs.scale,
      targetsAreRows: store.hasTargetRows, sampleShape: store.sampleShape)
    if !planning.isOn {
      refusal = "plans are switched off"
    } else if device != .cpu {
      refusal = "plans are made for the CPU only"
    } else {
      // A plan of one row is small; it tells whether there can be one of any number.
      do {
        _ = try compiler.plan(rows: compiler.fixedRows ?? 1)
      } catch {
        refusal = "\(error)"
      }
    }
  }

  /// Why steps by this recipe are not planned; nil where they are.
  func reason(for recipe: Recipe) -> String? {
    if let refusal { return refusal }
    if let checked, checked.recipe == recipe { return checked.reason }
    let reason = Self.refusal(of: recipe)
    checked = (recipe, reason)
    return reason
  }

  private static func refusal(of recipe: Recipe) -> String? {
    if recipe.update.fused == nil {
      return "the update rule \(recipe.update.name) has no plan rule"
    }
    guard case .object(let fields) = recipe.json, case .object(let usual) = Recipe().json else {
      return "the recipe cannot be read"
    }
    let unknown = fields.keys.sorted().first { key in
      !knownFields.contains(key) && fields[key] != usual[key]
    }
    return unknown.map { "the recipe's \($0) has no plan rule" }
  }

  /// Makes the step that `TrainingStep` would; nil where that has to make it: something has no plan
  /// rule, or loss or gradients are not finite, and nothing was changed.
  func step(
    _ store: SampleStore, _ indices: ArraySlice<Int>, epoch: Int, recipe: Recipe,
    learningRate: Double, number: Int, isWatched: Bool
  ) throws -> StepResult? {
    guard reason(for: recipe) == nil, let rule = recipe.update.fused else { return nil }
    let rows = indices.count
    guard let prepared = try prepared(rows: rows, rule) else { return nil }
    let samples = try inputs.samples(of: store, at: indices, epoch: epoch)
    var step = StepPlan.Step(
      inputs: samples.inputs, targets: samples.targets,
      seed: DerivedSeed.seed(recipe.seed, for: .step, counter: number), rule: rule,
      rate: recipe.update.nextRate(learningRate, state: state))
    (step.l1, step.l2, step.largestNorm) = (recipe.l1, recipe.l2, recipe.totalNormConstraint)
    let result = try prepared.plan.run(
      step, at: samples.areGathered ? nil : indices, updates: !isWatched)
    guard result.isFinite else { return nil }
    var watch: ParameterWatch?
    if isWatched {
      watch = try ParameterWatch(
        names.map { ($0.name, weights.tensors[$0.index]) }, gradients(rows: rows))
      try prepared.plan.update(step)
    }
    recipe.update.countFusedStep(in: state)
    let watched = try watch?.values() ?? [:]
    return StepResult(
      totals: Totals(
        result, count: store.targetCount(indices),
        answers: compiler.function.objective.accuracy == .binary ? store.targetWidth : 1),
      watched: watched,
      watchDuration: watch?.duration ?? .zero)
  }

  /// The plan for so many rows, with what it updates by a rule.
  private func prepared(rows: Int, _ rule: StepPlan.Rule) throws -> Prepared? {
    if let known = plans[rows], known.rule == rule, try firstState(rule) === known.firstState {
      return known
    }
    if plans[rows] == nil {
      // The full batch and the rest of an epoch; a new batch size takes the place of both.
      if plans.count > 1 { plans = [:] }
      do {
        let (plan, gradients) = try compiler.plan(rows: rows)
        plans[rows] = Prepared(plan: plan, gradients: gradients)
      } catch let error as PlanRefusal {
        refusal = error.description
        return nil
      }
    }
    guard var prepared = plans[rows] else { return nil }
    var updated: [(value: Tensor, gradient: Int, states: [Tensor])] = []
    for (position, (index, _)) in names.enumerated() {
      guard let gradient = prepared.gradients[index] else { return nil }
      var states: [Tensor] = []
      for name in rule.states {
        states.append(
          try state.accumulator(name, of: position, like: weights.tensors[index]))
      }
      updated.append((weights.tensors[index], gradient, states))
    }
    try prepared.plan.setUpdated(updated)
    prepared.rule = rule
    prepared.firstState = try firstState(rule)
    plans[rows] = prepared
    return prepared
  }

  private func firstState(_ rule: StepPlan.Rule) throws(TensorError) -> Tensor? {
    guard let name = rule.states.first, let first = names.first else { return nil }
    return try state.accumulator(name, of: 0, like: weights.tensors[first.index])
  }

  /// The gradients of the last step with so many rows, over the plan's memory.
  func gradients(rows: Int) throws -> [Tensor] {
    guard var prepared = plans[rows] else { return [] }
    if let known = prepared.gradientTensors { return known }
    var tensors: [Tensor] = []
    for (index, _) in names {
      guard let buffer = prepared.gradients[index] else { continue }
      tensors.append(
        try prepared.plan.tensor(of: buffer, shape: weights.parameters[index].shape))
    }
    prepared.gradientTensors = tensors
    plans[rows] = prepared
    return tensors
  }
}

extension Totals {
  /// The sums of one planned step, where so many answers make one target.
  init(_ result: StepPlan.Result, count: Int, answers: Int) {
    self.init()
    self.count = count
    loss = result.loss * Double(count)
    penalty = result.penalty * Double(count)
    correct = result.correct / Double(max(1, answers))
  }
}
