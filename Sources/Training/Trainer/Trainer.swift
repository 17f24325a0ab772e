import Datasets
import Foundation
import Lasagne
import Records
import Tensors

/// One training run of a network on the calling thread.
///
/// ```swift
/// let trainer = try Trainer(network: lenet, data: data, recipe: Recipe(epochs: 3))
/// try trainer.run { event in print(event) }
/// ```
/// The run is a pure function of network, first weights, data, recipe and commands: the same again
/// gives the same bits on the same machine, also when it went on from a checkpoint in between.
public final class Trainer {
  /// The network that is trained.
  public let network: Network
  /// The weights, changed in place by the run.
  public let weights: Weights
  /// The recipe with all changes made so far.
  public internal(set) var recipe: Recipe
  /// 1 for the first process of the session, one more for each that took it up again.
  public let attempt: Int
  /// Where it computes.
  public let device: Device
  /// What decides the bits beside recipe and data.
  public internal(set) var fingerprint: [String: String]
  /// The full names of the parameters that stand still.
  public internal(set) var frozen: Set<String>
  /// The number of samples that are trained on.
  public let trainingCount: Int
  /// The number of samples held out for validation.
  public let validationCount: Int

  var function: LossFunction
  var trainingStep: TrainingStep
  var planner: StepPlanner
  let capturer: StepCapturer
  private let planning: StepPlanning
  /// Told the means of steps, many at a time and at most 25 ms and a step late, in the place of the
  /// observer, in order with all that this is told; where callbacks wait for each, or outputs have
  /// objectives of their own, it is not used.
  public var blockObserver: ((MetricBlock) -> Void)? { didSet { chooseReports() } }
  /// What it is to be told.
  let gathered: GatheredReports
  /// Whether it is used; as nothing but a Bool, which costs nothing to look at at each step.
  private(set) var gathersReports = false
  let training: SampleStore
  let trainingIndices: [Int]
  let validation: (store: SampleStore, indices: [Int])?
  let test: SampleStore?
  let pictures: ParameterPictures
  var health: HealthWatch
  var position: Position
  var epochTotals: Totals
  var reportTotals: Totals
  var state: RunState
  var kept: KeptWeights
  var lastCheckpoint = ContinuousClock.now
  /// The checkpoint that is being kept.
  var underWay: CheckpointUnderWay?
  /// What the run was like when its last checkpoint was taken; `nil` where it has gone on since.
  var takenMoment: CheckpointMoment?
  /// Whether something has changed what a measurement that goes on has measured already.
  var isMeasurementStale = false
  let clock = WorkClock()
  /// What was measured around the last update, if it was watched.
  var watched: [String: Double] = [:]
  /// The numbers of the commands obeyed since the last update.
  var obeyed: [Int]
  var callbacks: [Callback] = [] { didSet { chooseReports() } }
  var callbackProblem: (any Error)?
  /// The event that callbacks are told of, where they must not change anything at it.
  var refusesChangesAt: String?
  private let notice: String?

  /// Updates done.
  public var step: Int { position.step }
  /// The position in epochs, fractional within one.
  public var epoch: Double { position.epochs(trainingCount: trainingCount) }
  /// Epochs that have ended: measured, and what depends on that done.
  public var epochsEnded: Int { position.epoch }
  /// Updates of the whole recipe as it is now.
  public var totalSteps: Int { recipe.totalSteps(trainingCount: trainingCount) }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - weights: What it starts from, changed in place; `nil` draws them by the recipe's seed.
  ///   - planning: How steps are planned; `nil` asks the environment.
  ///   - capturing: Where steps that are not planned are captured; `nil` asks the environment.
  /// - Throws: `TrainingError` where recipe, data and network do not go together.
  public convenience init(
    network: Network, weights: Weights? = nil, data: TrainingData, recipe: Recipe,
    device: Device = .cpu, planning: StepPlanning? = nil, capturing: StepCapturing? = nil
  ) throws {
    try recipe.validate()
    let weights =
      try weights ?? Weights(initializing: network, seed: recipe.seed, device: device)
    try self.init(
      network: network, weights: weights, data: data, recipe: recipe, device: device,
      planning: planning, capturing: capturing, checkpoint: nil)
  }

  /// Goes on where a checkpoint was taken.
  ///
  /// On the same machine and library the run is bitwise the one that was not interrupted;
  /// elsewhere it goes on too, and its first event but one is a warning that says what differs.
  ///
  /// - Throws: `TrainingError` where the checkpoint belongs to another network or other data.
  public static func resume(
    from checkpoint: Checkpoint, network: Network, data: TrainingData, device: Device = .cpu,
    planning: StepPlanning? = nil, capturing: StepCapturing? = nil
  ) throws -> Trainer {
    let arrays = try checkpoint.weights.ordered(for: network)
    let weights = try Weights(arrays, for: network, device: device)
    return try Trainer(
      network: network, weights: weights, data: data, recipe: checkpoint.recipe, device: device,
      planning: planning, capturing: capturing, checkpoint: checkpoint)
  }

  private init(
    network: Network, weights: Weights, data: TrainingData, recipe: Recipe, device: Device,
    planning: StepPlanning?, capturing: StepCapturing?, checkpoint: Checkpoint?
  ) throws {
    self.network = network
    self.weights = weights
    self.recipe = recipe
    self.device = device
    attempt = (checkpoint?.attempt ?? 0) + 1
    function = try LossFunction(network, recipe)
    trainingStep = try TrainingStep(
      function: function, weights: weights, stateArrays: checkpoint?.updateState ?? [:],
      device: device)
    let parts = try DataParts(data: data, network: network, recipe: recipe, device: device)
    training = parts.training
    self.planning =
      try planning ?? StepPlanning(environment: ProcessInfo.processInfo.environment)
    planner = try StepPlanner(
      function: function, weights: weights, state: trainingStep.state, store: parts.training,
      device: device, planning: self.planning)
    var fingerprint = ComputeFingerprint.current(device: device)
    capturer = try StepCapturer(
      capturing ?? StepCapturing(environment: ProcessInfo.processInfo.environment),
      function: function, store: parts.training, device: device, hasPlan: planner.refusal == nil)
    frozen = Set(checkpoint?.frozen ?? [])
    fingerprint["step"] = Self.way(planner, capturer, recipe, frozen)
    self.fingerprint = fingerprint
    trainingIndices = parts.trainingIndices
    validation = parts.validation
    test = parts.test
    trainingCount = trainingIndices.count
    gathered = GatheredReports(clock: clock, trainingCount: trainingCount)
    validationCount = validation?.indices.count ?? 0
    pictures = ParameterPictures(network: network, weights: weights)
    health = HealthWatch(
      network: network, weights: weights, store: validation?.store ?? training,
      indices: validation?.indices ?? trainingIndices)
    obeyed = checkpoint?.obeyed ?? []
    position = checkpoint?.position ?? Position()
    epochTotals = checkpoint?.epochTotals ?? Totals()
    reportTotals = checkpoint?.reportTotals ?? Totals()
    state = checkpoint?.state ?? RunState()
    kept = try KeptWeights(checkpoint?.kept ?? [:], network: network, device: device)
    notice = checkpoint.flatMap { [fingerprint] in
      ComputeFingerprint.difference(from: $0.fingerprint, to: fingerprint)
    }
    if let checkpoint, checkpoint.trainingCount != trainingCount {
      throw TrainingError(
        .checkpoint,
        "The checkpoint was taken with \(checkpoint.trainingCount) training samples, the data has "
          + "\(trainingCount); resume with the data it was taken with.")
    }
    try check(recipe)
    callbacks = try recipe.callbacks.map { try CallbackRegistry.shared.callback($0) }
    chooseReports()
  }

  /// A callback sees each report when its step is done; rows have no place for several outputs.
  private func chooseReports() {
    gathersReports = blockObserver != nil && callbacks.isEmpty && !function.isNamed
  }

  /// Why steps are made one operation after the other instead of by a plan; `nil` where they are
  /// planned.
  public var planRefusal: String? {
    planner.reason(for: recipe) ?? (frozen.isEmpty ? nil : "what is frozen has no plan rule")
  }

  /// The fingerprint with the way of the coming steps: what a command has changed since the run began may have
  /// changed that.
  private var fingerprintOfComingSteps: [String: String] {
    var fingerprint = fingerprint
    fingerprint["step"] = Self.way(planner, capturer, recipe, frozen)
    return fingerprint
  }

  /// What a fingerprint calls the way in which steps are made.
  private static func way(
    _ planner: StepPlanner, _ capturer: StepCapturer, _ recipe: Recipe, _ frozen: Set<String>
  ) -> String {
    if frozen.isEmpty, planner.reason(for: recipe) == nil {
      return "planned, \(Backend.planCapability)"
    }
    return capturer.reason(for: recipe) == nil ? StepCapturer.way : "libtorch"
  }

  /// Makes the coming steps those of a recipe whose network computes otherwise.
  ///
  /// - Throws: what network and recipe have against it; all is then as it was.
  func compute(by recipe: Recipe) throws {
    let function = try LossFunction(network, recipe)
    planner = try StepPlanner(
      function: function, weights: weights, state: trainingStep.state, store: training,
      device: device, planning: planning)
    trainingStep.function = function
    self.function = function
  }

  /// All that is needed to go on from here.
  public func checkpoint() throws(TensorError) -> Checkpoint {
    Checkpoint(
      recipe: recipe, weights: try weights.namedArrays(),
      updateState: try trainingStep.state.hostArrays(), kept: try kept.hostArrays(),
      attempt: attempt, fingerprint: fingerprintOfComingSteps, trainingCount: trainingCount,
      frozen: frozen.sorted(), obeyed: obeyed, position: position, epochTotals: epochTotals,
      reportTotals: reportTotals, state: state)
  }

  /// Why the run does not go on bitwise where its checkpoint was taken; `nil` if it does.
  var resumeNotice: String? {
    notice.map {
      "The run goes on from its checkpoint, but not bitwise as it would have: \($0)."
    }
  }
}

/// Trainers stay on the thread of their session.
@available(*, unavailable)
extension Trainer: Sendable {}
