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
    let command = try SessionSteering(workspace: workspace).send(action, to: record)
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

  /// The timeline's answer to a command; `nil` where none came within a few seconds.
  private func wait(for command: ControlCommand, _ folder: SessionFolder) throws -> TimelineEntry? {
    guard command.number > 0, command.action != .resume else { return nil }
    // Without a process nobody answers, but for an engine that did so at once.
    if try !folder.isHeld() { return try SessionSteering.answer(to: command, folder) }
    let end = Date().addingTimeInterval(5)
    repeat {
      let entry = try SessionSteering.answer(to: command, folder)
      // Pausing takes as long as its checkpoint; until then the session counts as running.
      let isObeyed = try command.action != .pause || folder.record().state != .running
      if let entry, isObeyed { return entry }
      Thread.sleep(forTimeInterval: 0.05)
    } while Date() < end
    return nil
  }
}
