import Foundation
import LasagneEngine
import Records
import Storage

/// Asks something of sessions: through the engine that has the workspace open, or, where there is
/// none, by the control log that a session's process reads itself.
struct SessionSteering {
  let workspace: Workspace
  /// Who asks, as the timeline will say.
  var origin = "command line"
  /// Seconds to wait for an engine that has just begun and does not listen yet.
  var patience = 30.0

  /// Asks, and does not wait for the answer.
  ///
  /// - Throws: `EngineError` with the engine's own sentence where it refuses.
  func send(_ action: ControlAction, to record: SessionRecord) throws -> ControlCommand {
    let id = record.request.id
    let end = Date().addingTimeInterval(patience)
    while true {
      if let client = try EngineClient(workspace: workspace.url) {
        return try client.control(id, action, origin: origin)
      }
      guard !record.state.isOver else {
        throw EngineError(
          .invalid, "The session '\(record.request.name)' is over (\(record.state)).")
      }
      if let command = try sendWithoutEngine(action, to: id, isLast: Date() > end) {
        return command
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// Writes to the control log of a process whose engine is gone, which still reads it; `nil` where
  /// an engine that has just begun has the lock and does not listen yet.
  private func sendWithoutEngine(
    _ action: ControlAction, to id: String, isLast: Bool
  ) throws -> ControlCommand? {
    let lock: Workspace.EngineLock
    do {
      lock = try workspace.lockEngine(purpose: "session")
    } catch {
      if error.kind == .locked && !isLast { return nil }
      throw error
    }
    let folder = try workspace.session(id)
    if action == .stop, try !folder.isHeld() {
      throw EngineError(
        .invalid,
        "The session '\(folder.request.name)' has no process; run 'lasagne serve', which can stop it."
      )
    }
    let command = try folder.appendControl(action, origin: origin)
    withExtendedLifetime(lock) {}
    return command
  }

  /// What the session's timeline says to a command; `nil` while it says nothing.
  static func answer(to command: ControlCommand, _ folder: SessionFolder) throws -> TimelineEntry? {
    try folder.timelineEntries().last { entry in
      if case .acknowledged(command.number, _) = entry.event { true } else { false }
    }
  }
}
