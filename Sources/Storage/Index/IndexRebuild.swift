import Foundation
import GRDB
import Records

/// What an index holds.
public struct IndexContents: Codable, Equatable, Sendable {
  /// The sessions.
  public var sessions: Int
  /// The series: the metrics of all sessions and attempts.
  public var series: Int
  /// The points of these series, those that later attempts superseded among them.
  public var points: Int
  /// The histograms and stacks of images.
  public var pictures: Int
  /// What is wrong with the files it was made from, as sentences.
  public var warnings: [String]

  /// Makes the contents from their parts.
  public init(
    sessions: Int = 0, series: Int = 0, points: Int = 0, pictures: Int = 0,
    warnings: [String] = []
  ) {
    self.sessions = sessions
    self.series = series
    self.points = points
    self.pictures = pictures
    self.warnings = warnings
  }
}

extension Index {
  /// How far the making of an index is.
  public struct Progress: Equatable, Sendable {
    /// The sessions that are done.
    public var sessions: Int
    /// The sessions there are.
    public var sessionCount: Int
    /// The records read from their journals.
    public var records: Int
  }

  /// Makes the index again from the files of all sessions.
  ///
  /// It grows beside the old one, which stays as it is until the new one is whole and on the disk.
  /// A session that cannot be read is left out, with a warning.
  ///
  /// - Parameter report: Told how far the work is, after each few megabytes.
  /// - Throws: `StorageError` if the new index cannot be written; the old one is still there then.
  public static func rebuild(
    for engine: Workspace.EngineLock, report: (Progress) -> Void = { _ in }
  ) throws(StorageError) -> IndexContents {
    let workspace = engine.workspace
    let draft = draftURL(of: workspace)
    try removeFiles(draft)
    do throws(StorageError) {
      let contents = try fill(draft, from: workspace, report)
      try publish(draft, as: workspace.indexURL)
      return contents
    } catch {
      if Files.exists(draft) { try? removeFiles(draft) }
      throw error
    }
  }

  /// Where a new index grows; always the same name, so that the next process finds what a crash left.
  static func draftURL(of workspace: Workspace) -> URL { workspace.url.child(".tmp-index.sqlite") }

  private static func fill(
    _ draft: URL, from workspace: Workspace, _ report: (Progress) -> Void
  ) throws(StorageError) -> IndexContents {
    // Nobody reads the draft: it has to be on the disk only when it is whole.
    let index = try Index(writing: draft, isDraft: true)
    let ids = workspace.sessionIDs()
    var progress = Progress(sessions: 0, sessionCount: ids.count, records: 0)
    var warnings: [String] = []
    report(progress)
    for id in ids {
      do throws(StorageError) {
        let session = try workspace.session(id)
        var current = try index.read { try SessionImport($0, session: id) }
        while let batch = try current.next(session) {
          progress.records += try index.write { try current.apply(batch, $0) }
          report(progress)
        }
        if !current.warnings.isEmpty {
          warnings += current.warnings.map { "session \(id): \($0)" }
          try index.write { try current.saveDamage($0) }
        }
        try index.save(session.record(with: index))
      } catch {
        // What is wrong with one session must not cost the others their curves.
        if error.path.hasPrefix(draft.path) || error.kind == .noSpace { throw error }
        warnings.append("session \(id) is left out: \(error)")
        try index.remove(id)
      }
      progress.sessions += 1
      report(progress)
    }
    var contents = try index.contents()
    contents.warnings = warnings
    try index.settle()
    return contents
  }

  /// Puts a whole index in the place of the old one.
  private static func publish(_ draft: URL, as url: URL) throws(StorageError) {
    try Files.synchronize(draft)
    // The log of the old index must never be found beside the new one. What it holds goes into the
    // old file first, which so stays whole up to the moment in which it is replaced.
    if Files.exists(url), let old = try? openPool(url, isDraft: false) {
      try? old.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try? old.close()
    }
    for suffix in ["-wal", "-shm"] {
      try Files.remove(url.withSuffix(suffix))
      try Files.remove(draft.withSuffix(suffix))
    }
    try Files.synchronize(url.deletingLastPathComponent())
    try Files.rename(draft, to: url, replacing: true)
    try AtomicFile.confirm(url.deletingLastPathComponent())
  }

  /// Writes all there is into the database's own file and closes it.
  private func settle() throws(StorageError) {
    do {
      try writer?.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch { throw Index.failure(error, url) }
    try close()
  }

  /// How much the index holds.
  public func contents() throws(StorageError) -> IndexContents {
    try read { database in
      func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
      return IndexContents(
        sessions: try number("SELECT count(*) FROM session"),
        series: try number("SELECT count(*) FROM series"),
        points: try number("SELECT coalesce(sum(count), 0) FROM series"),
        pictures: try number("SELECT count(*) FROM picture"))
    }
  }
}

extension Index {
  /// What is wrong with the database itself, as sentences; none if it is whole.
  public func damages() throws(StorageError) -> [String] {
    try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") }.filter { $0 != "ok" }
  }
}

extension URL {
  /// The file of this name with some more letters.
  func withSuffix(_ suffix: String) -> URL { URL(fileURLWithPath: path + suffix) }
}
