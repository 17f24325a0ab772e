import Tensors

/// All that is needed to go on with a run as if it had never been interrupted.
///
/// Random states need no room: order, dropout and all else that is drawn are functions of the
/// recipe's seed and of the position.
public struct Checkpoint: Equatable, Sendable {
  /// The recipe with every change made while the run was live.
  public var recipe: Recipe
  /// Weights and running statistics by full name.
  public var weights: [String: HostArray]
  /// What the update rule remembers, by names of its own.
  public var updateState: [String: HostArray]
  /// Weights that are kept beside those that are trained: averages, those of the best epoch.
  public var kept: [String: HostArray]
  /// 1 for the first process of the session, one more for each that took it up again.
  public var attempt: Int
  /// What the numbers were computed with.
  public var fingerprint: [String: String]
  /// The number of training samples, to notice other data.
  public var trainingCount: Int
  /// The full names of the parameters that stand still, sorted.
  public var frozen: [String] = []
  /// The numbers of the commands obeyed at this very step, which are in it already.
  public var obeyed: [Int] = []
  var position: Position
  var epochTotals: Totals
  var reportTotals: Totals
  var state: RunState

  /// Lets a run go on that a callback wished to stop here.
  public mutating func forgetWishToStop() { state.isToldToStop = nil }

  /// The averaged weights by full name; empty where the recipe asks for none.
  public var averagedWeights: [String: HostArray] {
    KeptWeights.part(kept, KeptWeights.averagePrefix)
  }

  /// Updates done.
  public var step: Int { position.step }
  /// Epochs that have ended: measured, and what depends on that done.
  public var epochsEnded: Int { position.epoch }
  /// The position in epochs, fractional within one.
  public var epoch: Double { position.epochs(trainingCount: trainingCount) }
}
