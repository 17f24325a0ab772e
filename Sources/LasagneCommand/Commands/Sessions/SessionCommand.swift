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
    let link = try await EngineLink(workspace, purpose: "resume")
    guard await link.isOwn else {
      try await target.ask(.resume)
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
    _ = try await display.follow(workspace.session(record.request.id), onlyWatches: true) { _ in
      Foundation.exit(0)
    } current: {
      nil
    }
  }
}
