import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage

/// A session to ask something of, through the engine that has the workspace open.
struct SessionTarget: ParsableArguments {
  @Argument(help: "A session's id (or its beginning), or its name.")
  var session: String

  @OptionGroup var common: CommonOptions

  /// Asks, and waits until the session has answered.
  func ask(_ action: ControlAction) async throws {
    let workspace = try common.existing()
    let record = try SessionRecords.find(session, in: workspace)
    let id = record.request.id
    let command = try await send(action, to: record, in: workspace)
    let answer = try wait(for: command, workspace.session(id))
    if common.json {
      if let answer { try common.putJSON(answer) } else { try common.putJSON(command) }
    }
    guard let answer else {
      if !common.json {
        let isAsleep = record.state == .paused || record.state == .queued
        put(
          action == .resume
            ? "Asked to go on."
            : isAsleep
              ? "Asked; it will be done when the session goes on."
              : "Asked; the session has not answered yet.")
      }
      return
    }
    if case .acknowledged(_, let refusal?) = answer.event {
      throw Ending(code: 2, sentence: refusal)
    }
    if !common.json { put("Done at step \(answer.step).") }
  }

  private func send(
    _ action: ControlAction, to record: SessionRecord, in workspace: Workspace
  ) async throws -> ControlCommand {
    let id = record.request.id
    let end = Date().addingTimeInterval(30)
    while true {
      if let client = try EngineClient(workspace: workspace.url) {
        return try client.control(id, action, origin: "command line")
      }
      guard !record.state.isOver else {
        throw EngineError(
          .invalid, "The session '\(record.request.name)' is over (\(record.state)).")
      }
      if let command = try sendWithoutEngine(action, to: id, in: workspace, isLast: Date() > end) {
        return command
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Writes to the control log of a process whose engine is gone, which still reads it; `nil` where
  /// an engine that has just begun has the lock and does not listen yet.
  private func sendWithoutEngine(
    _ action: ControlAction, to id: String, in workspace: Workspace, isLast: Bool
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
    let command = try folder.appendControl(action, origin: "command line")
    withExtendedLifetime(lock) {}
    return command
  }

  /// The timeline's answer to a command; `nil` where none came within a few seconds.
  private func wait(for command: ControlCommand, _ folder: SessionFolder) throws -> TimelineEntry? {
    guard command.number > 0, command.action != .resume else { return nil }
    // Without a process nobody answers, but for an engine that did so at once.
    if try !folder.isHeld() { return try answer(to: command, folder) }
    let end = Date().addingTimeInterval(5)
    repeat {
      let entry = try answer(to: command, folder)
      // Pausing takes as long as its checkpoint; until then the session counts as running.
      let isObeyed = try command.action != .pause || folder.record().state != .running
      if let entry, isObeyed { return entry }
      Thread.sleep(forTimeInterval: 0.05)
    } while Date() < end
    return nil
  }

  private func answer(to command: ControlCommand, _ folder: SessionFolder) throws -> TimelineEntry?
  {
    try folder.timelineEntries().last { entry in
      if case .acknowledged(command.number, _) = entry.event { true } else { false }
    }
  }
}
