import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne session …`: steer a session.
struct SessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session", abstract: "Steer a session: pause, resume, stop, change its recipe.",
    subcommands: [
      PauseCommand.self, ResumeCommand.self, StopCommand.self, SnapshotCommand.self,
      SetCommand.self, WatchCommand.self,
    ])
}

/// `lasagne session pause SESSION`.
struct PauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let a session write a checkpoint and wait.")
  @OptionGroup var target: SessionTarget
  func run() throws { try target.ask(.pause) }
}

/// `lasagne session resume SESSION`.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a session go on: one that waits, or one that ended before its time.",
    discussion: "Without a running engine this one stays until the session is over, as 'train'.")
  @OptionGroup var target: SessionTarget

  func run() async throws {
    let workspace = try target.common.existing()
    let link = try await EngineLink(workspace, purpose: "resume")
    guard await link.isOwn else {
      try target.ask(.resume)
      return
    }
    let record: SessionRecord
    do {
      record = try await link.session(target.session)
      try await link.control(record.request.id, .resume, origin: "command line")
    } catch {
      await link.close()
      throw error
    }
    try await SessionDisplay.follow(
      record, in: workspace, through: link, isJSON: target.common.json)
  }
}

/// `lasagne session stop SESSION`.
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Let a session write a checkpoint, save its weights and end.")
  @OptionGroup var target: SessionTarget
  func run() throws { try target.ask(.stop) }
}

/// `lasagne session snapshot SESSION`.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Let a session write a checkpoint and go on.")
  @OptionGroup var target: SessionTarget
  func run() throws { try target.ask(.snapshot) }
}

/// `lasagne session set SESSION FIELD=VALUE`.
struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a field of a session's recipe between two steps.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "What to change: learningRate=0.01.")
  var assignment: String

  func run() throws {
    let (field, value) = try RecipeOptions.assignment(assignment)
    try target.ask(.set(field: field, value: value))
  }
}

/// `lasagne session watch SESSION`.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a session until it is over.")
  @OptionGroup var target: SessionTarget

  func run() async throws {
    let workspace = try target.common.existing()
    let record = try SessionRecords.find(target.session, in: workspace)
    var display = SessionDisplay(record, isJSON: target.common.json, terminal: .standard)
    // Whoever only watches leaves without a trace.
    _ = try await display.follow(workspace.session(record.request.id)) { _ in
      Foundation.exit(0)
    } current: {
      nil
    }
  }
}

/// A session to ask something of, through the engine that has the workspace open.
struct SessionTarget: ParsableArguments {
  @Argument(help: "A session's id (or its beginning), or its name.")
  var session: String

  @OptionGroup var common: CommonOptions

  /// Asks, and waits until the session has answered.
  func ask(_ action: ControlAction) throws {
    let workspace = try common.existing()
    let record = try SessionRecords.find(session, in: workspace)
    let id = record.request.id
    let command = try send(action, to: record, in: workspace)
    let answer = try wait(for: command, workspace.session(id))
    if common.json {
      if let answer { try common.putJSON(answer) } else { try common.putJSON(command) }
    }
    guard let answer else {
      if !common.json {
        put(action == .resume ? "Asked to go on." : "Asked; the session has not answered yet.")
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
  ) throws -> ControlCommand {
    let id = record.request.id
    let end = Date().addingTimeInterval(5)
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
      Thread.sleep(forTimeInterval: 0.05)
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
    let command = try workspace.session(id).appendControl(action, origin: "command line")
    withExtendedLifetime(lock) {}
    return command
  }

  /// The timeline's answer to a command; `nil` where none came within a few seconds.
  private func wait(for command: ControlCommand, _ folder: SessionFolder) throws -> TimelineEntry? {
    guard command.number > 0, command.action != .resume else { return nil }
    let end = Date().addingTimeInterval(5)
    repeat {
      let entry = try folder.timelineEntries().last { entry in
        if case .acknowledged(command.number, _) = entry.event { true } else { false }
      }
      // Pausing takes as long as its checkpoint; until then the session counts as running.
      let isObeyed = try command.action != .pause || folder.record().state != .running
      if let entry, isObeyed { return entry }
      Thread.sleep(forTimeInterval: 0.05)
    } while Date() < end
    return nil
  }
}
