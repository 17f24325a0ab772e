import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne session …`: steer a session.
struct SessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session",
    abstract: "Steer a session: pause, resume, stop, change, branch, play again.",
    subcommands: [
      StartCommand.self, PauseCommand.self, ResumeCommand.self, StopCommand.self,
      SnapshotCommand.self, BranchCommand.self, SetCommand.self, FreezeCommand.self,
      UnfreezeCommand.self, DoCommand.self, LogCommand.self, WatchCommand.self,
      ReproduceCommand.self, SessionNoteCommand.self, RenameSessionCommand.self,
      RemoveSessionCommand.self, UndoSessionCommand.self,
    ])
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
    let link = try await EngineLink.open(workspace, purpose: "resume")
    guard await link.isOwn else {
      try await target.ask(.resume)
      return
    }
    let record: SessionRecord
    var past: SessionFollower
    do {
      record = try await link.session(target.session)
      // What the attempts before have to say was said when they were there.
      past = SessionFollower(try workspace.session(record.request.id), isSilentAtFirst: true)
      _ = try past.poll()
      try await link.control(record.request.id, .resume, origin: "command line")
    } catch {
      await link.close()
      throw error
    }
    try await SessionDisplay.follow(
      record, in: workspace, through: link, isJSON: target.common.json, after: past)
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
    let id = record.request.id
    let folder = try workspace.session(id)
    let engine = WatchedEngine(workspace)
    var past: SessionFollower?
    let left = try folder.record().state
    if left.isOver || left == .paused, let known = engine.session(id),
      [.queued, .starting].contains(known.state)
    {
      // It was asked to go on and has not begun: what is in its folder is history.
      past = SessionFollower(folder, isSilentAtFirst: true)
      _ = try past?.poll()
    }
    var display = SessionDisplay(record, isJSON: target.common.json, terminal: .standard)
    // Whoever only watches leaves without a trace.
    _ = try await display.follow(folder, after: past, onlyWatches: true) { _ in
      Foundation.exit(0)
    } current: {
      engine.session(id)
    }
  }
}

/// What an engine says of the sessions that somebody watches, for as long as there is one.
private final class WatchedEngine {
  private let workspace: Workspace
  private var client: EngineClient?

  init(_ workspace: Workspace) {
    self.workspace = workspace
  }

  /// What a session is now; `nil` where no engine says so.
  func session(_ id: String) -> SessionRecord? {
    if client?.isGone ?? true { client = try? EngineClient(workspace: workspace.url) }
    return try? client?.session(id)
  }
}
