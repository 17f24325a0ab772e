import ArgumentParser
import Displays
import LasagneEngine
import Records
import Storage

/// `lasagne sessions`: what runs and what ran.
struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "List the sessions of the workspace.")

  @Flag(help: "Only those that are not over.")
  var running = false

  @Flag(help: "All that is to be said of each: recipe, device, progress, what was measured.")
  var deep = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    var records = try SessionRecords.all(in: common.existing())
    if running { records = records.filter { !$0.state.isOver } }
    if common.json {
      for record in records { try common.putJSON(record) }
      return
    }
    guard !records.isEmpty else {
      put(running ? "No session runs." : "No sessions yet; start one with 'lasagne train'.")
      return
    }
    if deep {
      put(records.map(Displayer.details).joined(separator: "\n\n"))
      return
    }
    put("\(SessionsTable(records, width: Terminal.standard.limit))")
    let endings = records.filter { [.failed, .crashed].contains($0.state) && $0.message != nil }
    for record in endings.prefix(5) {
      put("\(record.request.name): \(record.message ?? "")")
    }
  }
}

/// The sessions of a workspace: from its engine where one runs, else from the files.
enum SessionRecords {
  /// All sessions, newest first.
  static func all(in workspace: Workspace) throws -> [SessionRecord] {
    if let client = try EngineClient(workspace: workspace.url),
      case .sessions(let records) = try client.call(.sessions)
    {
      return records
    }
    let index = try? Storage.Index(reading: workspace)
    return workspace.sessionIDs().map(record(in: workspace, with: index)).sorted {
      $0.request.createdAt > $1.request.createdAt
    }
  }

  /// The session a person means.
  static func find(_ text: String, in workspace: Workspace) throws -> SessionRecord {
    try SessionLookup.find(text, among: all(in: workspace))
  }

  private static func record(
    in workspace: Workspace, with index: Storage.Index?
  ) -> (String) -> SessionRecord {
    { id in
      do {
        return try workspace.session(id).record(with: index)
      } catch {
        return Engine.unreadable(id, error)
      }
    }
  }
}
