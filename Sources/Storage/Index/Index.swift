import Foundation
import GRDB
import Records
import Synchronization

/// The index of a workspace (`index.sqlite`): series at every zoom, pictures, session records.
///
/// It is made from the files and can be made again. Only the engine's process writes it.
public final class Index: Sendable {
  static let version = 4

  /// The file.
  public let url: URL
  private let reader: any DatabaseReader
  let writer: (any DatabaseWriter)?
  private let imports = Mutex<[String: SessionImport]>([:])

  /// Opens the index of the engine's workspace for writing, and makes it if need be.
  ///
  /// One of an older version is made anew, empty: import the sessions again.
  public convenience init(for engine: Workspace.EngineLock) throws(StorageError) {
    let draft = Index.draftURL(of: engine.workspace)
    if Files.exists(draft) { try Index.removeFiles(draft) }
    try self.init(writing: engine.workspace.indexURL, isDraft: false)
  }

  /// Opens an index for writing; a draft is not on the disk before it is synchronized as a whole.
  init(writing url: URL, isDraft: Bool) throws(StorageError) {
    self.url = url
    do {
      var pool = try Index.openPool(url, isDraft: isDraft)
      let found = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
      if found > Index.version { throw Index.newer(url, found) }
      if found != 0 && found != Index.version {
        try pool.close()
        try Index.removeFiles(url)
        pool = try Index.openPool(url, isDraft: isDraft)
      }
      try pool.write { try IndexSchema.create($0) }
      reader = pool
      writer = pool
    } catch { throw Index.failure(error, url) }
  }

  /// Opens the index of a workspace for reading only; `nil` if there is none.
  public init?(reading workspace: Workspace) throws(StorageError) {
    url = workspace.indexURL
    writer = nil
    guard Files.exists(url) else { return nil }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: url.path, configuration: configuration)
      let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
      if found > Index.version { throw Index.newer(url, found) }
      if found != Index.version { return nil }
      reader = queue
    } catch { throw Index.failure(error, url) }
  }

  static func openPool(_ url: URL, isDraft: Bool) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let pool = try DatabasePool(path: url.path, configuration: configuration)
    // What was shown once must survive a power failure.
    let mode = isDraft ? "OFF" : "FULL"
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(mode)") }
    for suffix in ["", "-wal", "-shm"] { chmod(url.path + suffix, Files.fileMode) }
    return pool
  }

  /// Removes a database with its log, and waits until none of them can come back.
  static func removeFiles(_ url: URL) throws(StorageError) {
    for suffix in ["", "-wal", "-shm"] { try Files.remove(url.withSuffix(suffix)) }
    try Files.synchronize(url.deletingLastPathComponent())
  }

  private static func newer(_ url: URL, _ found: Int) -> StorageError {
    StorageError(
      .newerVersion, path: url.path,
      "the index has version \(found), this program knows \(version); use a newer lasagne")
  }

  static func failure(_ error: any Error, _ url: URL) -> StorageError {
    if let known = error as? StorageError { return known }
    if let problem = error as? DatabaseError, problem.resultCode == .SQLITE_FULL {
      return StorageError.system(ENOSPC, "write the index", url)
    }
    return StorageError(
      .damaged, path: url.path,
      "the index cannot be used (\(error)); make it again with: lasagne reindex")
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
    do { return try reader.read(body) } catch { throw Index.failure(error, url) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
    guard let writer else {
      throw StorageError(.locked, path: url.path, "only the engine of a workspace writes its index")
    }
    do { return try writer.write(body) } catch { throw Index.failure(error, url) }
  }

  /// Closes the database; nothing can be read or written any more.
  public func close() throws(StorageError) {
    // The pool's readers close last and may not empty the log, which would stay as large as it is.
    // Where somebody else is reading that log stays, and nothing is lost.
    try? writer?.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    do { try reader.close() } catch { throw Index.failure(error, url) }
  }

  // MARK: Import

  /// Imports what the journals of a session have beyond what was imported before.
  ///
  /// Points and the byte offset they end at are committed together: whatever happens, each point
  /// is imported once. Returns the number of new records and what is wrong with the files.
  @discardableResult
  public func importJournals(of folder: SessionFolder) throws(StorageError) -> (
    records: Int, warnings: [String]
  ) {
    let outcome = imports.withLock { known in
      Result { () throws(StorageError) in try importJournals(of: folder, &known) }
    }
    return try outcome.get()
  }

  private func importJournals(of folder: SessionFolder, _ known: inout [String: SessionImport])
    throws(StorageError) -> (records: Int, warnings: [String])
  {
    var current =
      if let earlier = known[folder.id] { earlier } else {
        try read { try SessionImport($0, session: folder.id) }
      }
    // If a transaction fails, the next import starts from what the database has.
    known[folder.id] = nil
    var records = 0
    while let batch = try current.next(folder) {
      records += try write { try current.apply(batch, $0) }
    }
    let warnings = current.warnings
    if !warnings.isEmpty { try write { try current.saveDamage($0) } }
    known[folder.id] = current
    return (records, warnings)
  }

  /// Lets go of what is kept in memory for a session that is over.
  public func forgetImport(of session: String) {
    imports.withLock { $0[session] = nil }
  }
}
