import Foundation
import Records

extension Trainer {
  /// What commands between two steps came to.
  enum Obedience {
    case goOn
    case stop
  }

  /// Carries out the commands that have arrived; comes back from a pause when it is over.
  func obey(
    _ control: some ControlSource, save: (Checkpoint) throws -> Void,
    observer: (TrainingEvent) -> Void
  ) throws -> Obedience {
    var isPaused = false
    while true {
      for command in control.commands() {
        let outcome = try carryOut(command, isPaused: &isPaused, save: save, observer: observer)
        if outcome == .stop { return .stop }
      }
      guard isPaused else { return .goOn }
      control.wait()
    }
  }

  private func carryOut(
    _ command: ControlCommand, isPaused: inout Bool, save: (Checkpoint) throws -> Void,
    observer: (TrainingEvent) -> Void
  ) throws -> Obedience {
    func acknowledge(_ refusal: String? = nil) {
      observer(.acknowledged(command: command, step: step, refusal: refusal))
    }
    switch command.action {
    case .pause where isPaused:
      acknowledge("The session is paused already.")
    case .pause:
      acknowledge()
      try keep(save, observer)
      observer(.paused(step: step))
      isPaused = true
    case .resume where !isPaused:
      acknowledge("The session is not paused.")
    case .resume:
      acknowledge()
      observer(.resumed(step: step))
      isPaused = false
    case .stop:
      acknowledge()
      try keep(save, observer)
      return .stop
    case .snapshot:
      do {
        try save(try checkpoint())
        acknowledge()
        observer(.checkpointed(step: step))
      } catch {
        acknowledge("The checkpoint could not be written: \(error)")
      }
    case .set(let field, let value):
      do {
        try set(field, to: value)
        acknowledge()
      } catch {
        acknowledge(error.description)
      }
    }
    return .goOn
  }

  private func keep(
    _ save: (Checkpoint) throws -> Void, _ observer: (TrainingEvent) -> Void
  ) throws {
    try save(try checkpoint())
    observer(.checkpointed(step: step))
  }

  /// Changes a live field of the recipe from the next step on.
  ///
  /// - Throws: `TrainingError` where the field cannot be changed in a run or the value does not fit.
  public func set(_ field: String, to value: JSONValue) throws(TrainingError) {
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
    recipe = changed
  }
}
