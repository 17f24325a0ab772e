import Records

/// A checkpoint that is being kept.
struct CheckpointUnderWay {
  /// The step it was taken at.
  let step: Int
  /// What asked for it.
  var commands: [ControlCommand]
  /// Whether the run itself wants it, so that it cannot do without.
  var isNeeded: Bool
}

/// What decides, beside the steps done, whether a checkpoint is that of the run as it is.
struct CheckpointMoment: Equatable {
  let recipe: Recipe
  let frozen: Set<String>
  let obeyed: [Int]
  let isToldToStop: Bool
}

// Checkpoints are taken between two steps, and kept while the run goes on.
extension Trainer {
  /// Takes a checkpoint and begins to keep it; waits only for one that is under way already.
  ///
  /// Where one was taken since the last update, and nothing was changed since, that is the one: who
  /// goes on from one that was taken before its epoch was measured measures it, to the same bits.
  ///
  /// - Parameter command: What asked for it; it is acknowledged when the checkpoint is there.
  /// - Throws: Why an earlier one that nobody asked for could not be kept, or this one already.
  func keepCheckpoint(
    for command: ControlCommand? = nil, _ checkpoints: some CheckpointKeeping,
    _ observer: (TrainingEvent) -> Void
  ) throws {
    try settleSteps(observer)
    try settle(checkpoints, observer)
    let moment = CheckpointMoment(
      recipe: recipe, frozen: frozen, obeyed: obeyed, isToldToStop: state.isToldToStop == true)
    let commands = [command].compactMap(\.self)
    lastCheckpoint = .now
    if takenMoment == moment {
      if underWay == nil {
        for command in commands {
          observer(.acknowledged(command: command, step: step, refusal: nil))
        }
      } else {
        underWay?.commands += commands
        if command == nil { underWay?.isNeeded = true }
      }
      return
    }
    try settle(checkpoints, observer, waits: true)
    // Who keeps it keeps what was measured before it too.
    handOverReports()
    checkpoints.keep(try checkpoint())
    takenMoment = moment
    underWay = CheckpointUnderWay(step: step, commands: commands, isNeeded: command == nil)
    try settle(checkpoints, observer)
  }

  /// Tells what became of the checkpoint under way, if it has come to its end.
  ///
  /// - Throws: Why it could not be kept, unless only commands asked for it, which are refused then.
  func settle(
    _ checkpoints: some CheckpointKeeping, _ observer: (TrainingEvent) -> Void,
    waits: Bool = false
  ) throws {
    guard let taken = underWay, let outcome = checkpoints.outcome(waits: waits) else { return }
    underWay = nil
    var refusal: String?
    var problem: (any Error)?
    switch outcome {
    case .kept(let warning?): observer(.warning(step: taken.step, message: warning))
    case .kept: break
    case .failed(let error):
      problem = error
      refusal = "The checkpoint could not be written: \(error)"
      if taken.step == step { takenMoment = nil }
    }
    for command in taken.commands {
      observer(.acknowledged(command: command, step: taken.step, refusal: refusal))
    }
    if let problem {
      if taken.isNeeded { throw problem }
    } else {
      observer(.checkpointed(step: taken.step))
    }
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
