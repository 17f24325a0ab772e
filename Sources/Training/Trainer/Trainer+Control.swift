import Foundation
import Records
import Tensors

extension Trainer {
  /// What commands between two steps came to.
  enum Obedience: Equatable {
    case goOn
    case pause
    case stop
  }

  /// Carries out the commands for this step; all of them, also where one is to pause.
  func obey(
    _ control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer: (TrainingEvent) -> Void
  ) throws -> Obedience {
    try settle(checkpoints, observer)
    var obedience = Obedience.goOn
    let commands = control.commands(at: step)
    if !commands.isEmpty { try settleSteps(observer) }
    for command in commands {
      var refusal: String?
      switch command.action {
      // Where no epoch is left there is nothing to pause before.
      case .pauseAfter where isOver: continue
      case .pause, .pauseAfter: obedience = .pause
      case .resume where obedience == .pause: obedience = .goOn
      case .resume: refusal = "The session is not paused."
      case .stop: obedience = .stop
      case .snapshot, .branch:
        // Acknowledged when it is there.
        try keepCheckpoint(for: command, checkpoints, observer)
        continue
      case .set, .freeze, .unfreeze, .threads, .custom: refusal = carryOut(command)
      }
      observer(.acknowledged(command: command, step: step, refusal: refusal))
      if obedience == .stop { break }
    }
    if obedience != .goOn { try keepCheckpoint(checkpoints, observer) }
    return obedience
  }

  /// Carries out a command that changes what the coming steps compute; the reason if it cannot.
  private func carryOut(_ command: ControlCommand) -> String? {
    do {
      switch command.action {
      case .set(let field, let value): try set(field, to: value)
      case .freeze(let pattern): try freeze(pattern)
      case .unfreeze(let pattern): try unfreeze(pattern)
      case .threads(let count): useThreads(count)
      case .custom(let name, let argument):
        // It may change anything.
        isMeasurementStale = true
        try CommandRegistry.shared.command(name).body(self, argument)
      case .pause, .pauseAfter, .resume, .stop, .snapshot, .branch: break
      }
    } catch {
      return "\(error)"
    }
    if command.action.changesNumbers { obeyed.append(command.number) }
    return nil
  }

  /// Changes a live field of the recipe from the next step on.
  ///
  /// - Throws: `TrainingError` where the field cannot be changed in a run or the value does not fit.
  public func set(_ field: String, to value: JSONValue) throws(TrainingError) {
    try checkChange()
    var changed = recipe
    try changed.setLive(field, to: value)
    try check(changed)
    let begun = position.epoch + (position.sample > 0 ? 1 : 0)
    guard changed.epochs >= begun else {
      throw TrainingError(
        .recipe,
        "Epoch \(begun) has begun, so epochs cannot become \(changed.epochs); stop the session "
          + "instead.")
    }
    if changed.dropout != recipe.dropout {
      do { try compute(by: changed) } catch let error as TrainingError { throw error } catch {
        throw TrainingError(.recipe, "The recipe's dropout cannot be used: \(error)")
      }
    }
    if changed.metrics != recipe.metrics || changed.average != recipe.average {
      isMeasurementStale = true
    }
    recipe = changed
  }

  /// Computes with this many threads from the next step on; on a GPU it changes nothing.
  ///
  /// The number is part of the fingerprint: on a CPU it decides in which order sums are made.
  public func useThreads(_ count: Int) {
    guard device == .cpu else { return }
    isMeasurementStale = true
    Backend.setThreadCount(count)
    fingerprint["threads"] = String(Backend.threadCount)
  }
}
