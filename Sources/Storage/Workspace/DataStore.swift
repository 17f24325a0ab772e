import Foundation
import Records

/// The data sets of a workspace: arrays as files, with a record of each set.
public struct DataStore: Sendable, Equatable {
  /// The folder.
  public let url: URL

  /// All data sets.
  public func list() throws(StorageError) -> [DataRecord] {
    var records: [DataRecord] = []
    for name in Files.names(in: url) where !name.hasPrefix(".") {
      if let record = try read(name) { records.append(record) }
    }
    return records
  }

  /// The record of a data set.
  public func record(_ name: String) throws(StorageError) -> DataRecord {
    try Names.check(name, of: "a data set")
    guard let record = try read(name) else {
      let known = try list().map(\.name)
      throw StorageError(
        .missing, path: "",
        "there is no data set “\(name)” in this workspace; known are: "
          + "\(known.isEmpty ? "none" : known.joined(separator: ", "))")
    }
    return record
  }

  /// The file of one array of a data set.
  public func arrayURL(_ array: DataRecord.Array, of name: String) -> URL {
    url.child(name).child(array.file)
  }

  /// Adds a data set: `write` puts the arrays' files into an empty folder and describes them.
  ///
  /// The set is there as a whole or not at all. `name`, `byteCount` and `createdAt` of the record
  /// are filled in here.
  @discardableResult
  public func add(
    _ name: String, replacing: Bool = false, write: (URL) throws -> DataRecord
  ) throws -> DataRecord {
    try Names.check(name, of: "a data set")
    let target = url.child(name)
    if !replacing && Files.exists(target) { throw taken(name) }
    let writing = try FileLock.share(Leftovers.writersURL(in: url))
    defer { withExtendedLifetime(writing) {} }
    let draft = url.child(".tmp-\(Names.randomText(12))")
    try Files.makeFolder(draft)
    do {
      var record = try write(draft)
      record.name = name
      record.byteCount = try confirmArrays(of: record, in: draft)
      record.createdAt = Date().timeIntervalSince1970
      try AtomicFile.writeJSON(record, to: draft.child("data.json"))
      if replacing && Files.exists(target) {
        try Files.replace(target, by: draft)
      } else {
        try Files.rename(draft, to: target, replacing: false)
      }
      try AtomicFile.confirm(url)
      return record
    } catch {
      try? Files.remove(draft)
      if let refused = error as? StorageError, refused.kind == .exists { throw taken(name) }
      throw error
    }
  }

  /// Puts a data set into the trash, from where ``ChangeLog/undo(area:)`` brings it back.
  ///
  /// - Throws: `StorageError` if there is none of this name or a session that goes on uses it.
  public func remove(_ name: String) throws(StorageError) {
    try changes.locked { () throws(StorageError) in
      _ = try record(name)
      try checkUnused(name, "remove")
      try changes.perform(.data, "remove the data set \(name)", deleting: ["data/\(name)"])
    }
  }

  /// Gives a data set another name.
  ///
  /// - Throws: `StorageError` if there is none of this name, the other is taken, or a session that
  ///   goes on uses it.
  public func rename(_ name: String, to other: String) throws(StorageError) {
    try Names.check(other, of: "a data set")
    try changes.locked { () throws(StorageError) in
      _ = try record(name)
      if Files.exists(url.child(other)) { throw taken(other) }
      try checkUnused(name, "rename")
      try changes.perform(
        .data, "rename the data set \(name) to \(other)",
        moves: [.init(from: "data/\(name)", to: "data/\(other)")])
    }
  }

  private var changes: ChangeLog { ChangeLog(root: url.deletingLastPathComponent()) }

  private func checkUnused(_ name: String, _ action: String) throws(StorageError) {
    let user = Workspace(url.deletingLastPathComponent()).unfinishedSessions()
      .first { $0.data == name }
    if let user {
      throw StorageError(
        .locked, path: "",
        "cannot \(action) the data set “\(name)”: the session “\(user.name)” uses it; stop it first"
      )
    }
  }

  /// The record in a folder, named as the folder is.
  private func read(_ name: String) throws(StorageError) -> DataRecord? {
    var record = try RecordJSON.read(DataRecord.self, at: recordURL(name))
    record?.name = name
    return record
  }

  private func taken(_ name: String) -> StorageError {
    StorageError(
      .exists, path: "",
      "there is a data set “\(name)” already; choose another name or remove it first")
  }

  private func confirmArrays(of record: DataRecord, in folder: URL) throws(StorageError) -> Int {
    var total = 0
    for array in record.arrays {
      let file = folder.child(array.file)
      guard !array.file.contains("/"), let size = Files.size(file), !Files.isFolder(file) else {
        throw StorageError(
          .missing, path: file.path, "the file of the array “\(array.name)” was not written")
      }
      chmod(file.path, Files.fileMode)
      try Files.synchronize(file)
      total += size
    }
    return total
  }

  private func recordURL(_ name: String) -> URL {
    url.child(name).child("data.json")
  }
}
