import Records

/// A checkpoint that is being kept.
struct CheckpointUnderWay {
  /// The step it was taken at.
  let step: Int
  /// What asked for it; `nil` where the recipe did.
  let command: ControlCommand?
}

// Checkpoints are taken between two steps, and kept while the run goes on.
extension Trainer {
  /// Takes a checkpoint and begins to keep it; waits only for one that is under way already.
  ///
  /// - Parameter command: What asked for it; it is acknowledged when the checkpoint is there.
  /// - Throws: Why an earlier one that nobody asked for could not be kept, or this one already.
  func keepCheckpoint(
    for command: ControlCommand? = nil, _ checkpoints: some CheckpointKeeping,
    _ observer: (TrainingEvent) -> Void
  ) throws {
    try settle(checkpoints, observer, waits: true)
    checkpoints.keep(try checkpoint())
    underWay = CheckpointUnderWay(step: step, command: command)
    lastCheckpoint = .now
    try settle(checkpoints, observer)
  }

  /// Tells what became of the checkpoint under way, if it has come to its end.
  ///
  /// - Throws: Why it could not be kept, unless a command asked for it, which is refused then.
  func settle(
    _ checkpoints: some CheckpointKeeping, _ observer: (TrainingEvent) -> Void,
    waits: Bool = false
  ) throws {
    guard let taken = underWay, let outcome = checkpoints.outcome(waits: waits) else { return }
    underWay = nil
    var refusal: String?
    switch outcome {
    case .kept(let warning?): observer(.warning(step: taken.step, message: warning))
    case .kept: break
    case .failed(let error):
      guard taken.command != nil else { throw error }
      refusal = "The checkpoint could not be written: \(error)"
    }
    if let command = taken.command {
      observer(.acknowledged(command: command, step: taken.step, refusal: refusal))
    }
    if refusal == nil { observer(.checkpointed(step: taken.step)) }
  }

  /// The step of the best epoch's checkpoint, which is kept whatever its age; `nil` without one.
  public var bestCheckpointStep: Int? {
    recipe.bestCheckpointBy != nil && state.bestCheckpoint.epoch > 0
      ? state.bestCheckpoint.step : nil
  }

  /// Whether steps or minutes ask for a checkpoint.
  var isCheckpointDue: Bool {
    let steps = recipe.checkpointEverySteps
    let seconds = 60 * recipe.checkpointEveryMinutes
    return steps > 0 && step.isMultiple(of: steps)
      || seconds > 0 && (ContinuousClock.now - lastCheckpoint).seconds >= seconds
  }
}
