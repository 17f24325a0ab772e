import Records

/// What a callback wants of the run.
public enum CallbackWish: Equatable, Sendable {
  /// It goes on.
  case goOn
  /// It stops before the next update, with a checkpoint, as by the command `stop`.
  case stop
}

// Code of one's own that is called while a run goes on.
extension Trainer {
  /// Called with everything that happens, after the observer, on the thread of the run.
  public typealias Callback = (TrainingEvent, Trainer) throws -> CallbackWish

  /// Adds a callback; those of the recipe and those before it are called first.
  ///
  /// The cases of `TrainingEvent` are all there is to wait for. A callback may read weights and
  /// metrics and end the run; at `metrics`, `epochEnded` and `warning` it may also change live fields
  /// by `set` and what it remembers, which later checkpoints then hold. What it throws ends the run
  /// before the next update. A run that is resumed has the callbacks of its recipe; all others need
  /// to be added again.
  /// ```swift
  /// trainer.onEvent { event, trainer in
  ///   guard case .epochEnded(let epoch, let points) = event else { return .goOn }
  ///   if epoch == 3 { try trainer.set("learningRate", to: .number(0.001)) }
  ///   return points.values["valid/accuracy"] ?? 0 > 0.99 ? .stop : .goOn
  /// }
  /// ```
  public func onEvent(_ callback: @escaping Callback) { callbacks.append(callback) }

  /// What a callback remembers under a name of its own; part of every checkpoint.
  public func remembered(_ name: String) -> JSONValue? { state.memory?[name] }

  /// Lets a callback remember something, also when the run goes on in another process; `nil` forgets.
  ///
  /// - Throws: `TrainingError` at an event that comes too late for the newest checkpoint.
  public func remember(_ name: String, _ value: JSONValue?) throws(TrainingError) {
    try checkChange()
    var memory = state.memory ?? [:]
    memory[name] = value
    state.memory = memory.isEmpty ? nil : memory
  }

  /// Lets the callbacks see an event.
  func callBack(_ event: TrainingEvent) {
    refusesChangesAt = event.letsCallbacksChange ? nil : event.name
    defer { refusesChangesAt = nil }
    for callback in callbacks where callbackProblem == nil {
      do {
        if try callback(event, self) == .stop { state.isToldToStop = true }
      } catch {
        callbackProblem = error
      }
    }
  }

  /// Refuses what would be lost where the run goes on from its newest checkpoint.
  func checkChange() throws(TrainingError) {
    guard let event = refusesChangesAt else { return }
    throw TrainingError(
      .recipe,
      "A callback cannot change the run at the event '\(event)', as a checkpoint would not know of "
        + "it; change it at 'metrics', 'epochEnded' or 'warning'.")
  }

  /// Whether a callback has asked for the end.
  ///
  /// - Throws: What a callback has thrown.
  func isToldToStop() throws -> Bool {
    if let problem = callbackProblem {
      callbackProblem = nil
      throw problem
    }
    defer { state.isToldToStop = nil }
    return state.isToldToStop == true
  }
}

extension TrainingEvent {
  /// Whether every checkpoint from here on holds what a callback changes now, and none from before
  /// lacks it.
  ///
  /// Images depend on time, and the others come after the checkpoint they belong to, or once more in
  /// every process.
  fileprivate var letsCallbacksChange: Bool {
    switch self {
    case .metrics, .epochEnded, .warning: true
    case .started, .histogram, .images, .acknowledged, .checkpointed, .ended: false
    }
  }

  fileprivate var name: String {
    switch self {
    case .started: "started"
    case .metrics: "metrics"
    case .histogram: "histogram"
    case .images: "images"
    case .epochEnded: "epochEnded"
    case .acknowledged: "acknowledged"
    case .checkpointed: "checkpointed"
    case .warning: "warning"
    case .ended: "ended"
    }
  }
}
