import ArgumentParser
import LasagneEngine
import Records
import Storage

/// `lasagne session rename SESSION NEW`.
struct RenameSessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a session another name; what it saved keeps the one it had.")
  @OptionGroup var target: SessionTarget

  @Argument(help: "The new name.")
  var newName: String

  func run() async throws {
    let workspace = try target.common.existing()
    let record = try SessionRecords.find(target.session, in: workspace)
    let reply = try await workspace.asking(
      .rename(session: record.request.id, name: newName), purpose: "rename")
    guard case .session(let renamed) = reply else { throw EngineReply.unexpected }
    try target.common.tellRenamed(record.request.name, newName, renamed)
  }
}

/// `lasagne session remove SESSION`.
struct RemoveSessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Put a session that is over into the trash; params that it saved stay.")
  @OptionGroup var target: SessionTarget

  func run() async throws {
    let workspace = try target.common.existing()
    let record = try SessionRecords.find(target.session, in: workspace)
    let reply = try await workspace.asking(.remove(session: record.request.id), purpose: "remove")
    guard case .change(let change) = reply else { throw EngineReply.unexpected }
    if target.common.json {
      try target.common.putJSON(change)
    } else {
      put("Removed \(record.request.name); 'lasagne session undo' brings it back.")
    }
  }
}

/// `lasagne session undo`.
struct UndoSessionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back the last change of sessions: a name, a note, a removal.")
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let reply = try await common.existing().asking(.undoSession, purpose: "undo")
    guard case .change(let change) = reply else { throw EngineReply.unexpected }
    if common.json {
      try common.putJSON(change)
    } else {
      put("Undone: \(change.summary).")
    }
  }
}

extension Workspace {
  /// Asks the engine of this workspace, or becomes it for as long as that takes.
  fileprivate func asking(_ call: EngineCall, purpose: String) async throws -> EngineReply {
    let link = try await EngineLink(self, purpose: purpose)
    do {
      let reply = try await link.ask(call)
      await link.close()
      return reply
    } catch {
      await link.close()
      throw error
    }
  }
}

extension EngineReply {
  fileprivate static var unexpected: EngineError {
    EngineError(.failed, "The engine answered something else than was asked.")
  }
}
