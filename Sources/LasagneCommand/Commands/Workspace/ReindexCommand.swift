import ArgumentParser
import Displays
import Foundation
import Storage

/// `lasagne reindex`: the index made again from the files.
struct ReindexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex",
    abstract: "Make the index of curves and pictures again from the sessions' files.",
    discussion: """
      The index holds nothing that is not in the sessions' journals; it lets curves of any length be \
      drawn at once. The old one stays until the new one is whole. No engine may have the workspace \
      open meanwhile; sessions that go on without one are not disturbed.
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let lock = try workspace.lockEngine(purpose: "reindex")
    let terminal = Terminal.standard
    let showsProgress = terminal.isInteractive && !common.json
    let begin = Date()
    var shown = Date.distantPast
    let contents = try Storage.Index.rebuild(for: lock) { progress in
      guard showsProgress, Date().timeIntervalSince(shown) > 0.1 else { return }
      shown = Date()
      put("\r\u{1b}[K" + line(progress), terminator: "")
    }
    if showsProgress { put("\r\u{1b}[K", terminator: "") }
    if common.json { return try common.putJSON(contents) }
    for warning in contents.warnings { put(terminal.colored(warning, .yellow)) }
    put(
      "Indexed \(counted(contents.sessions, "session")): \(counted(contents.points, "point")) in "
        + "\(contents.series) series and \(counted(contents.pictures, "picture")), in "
        + "\(NumberText.duration(Date().timeIntervalSince(begin))).")
  }

  private func line(_ progress: Storage.Index.Progress) -> String {
    "\(progress.sessions) of \(counted(progress.sessionCount, "session")), "
      + "\(counted(progress.records, "record"))"
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(NumberText.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
