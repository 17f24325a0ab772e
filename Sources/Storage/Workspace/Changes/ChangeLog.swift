import Foundation
import Records

/// What was done to the params, data, models and sessions of a workspace, each change with what it takes to
/// undo it.
///
/// A change is written down before it is made, and every part of it can be made again without harm.
/// So a crash in the middle leaves a change that whoever takes the lock next finishes: readers find
/// the old state or the new one. What was deleted lies in the change's own folder until it is purged.
public struct ChangeLog: Sendable, Equatable {
  /// The workspace's folder.
  let root: URL
  private var url: URL { root.child("trash") }

  init(root: URL) {
    self.root = root
  }

  /// All changes whose record can be read, oldest first.
  public func list() -> [WorkspaceChange] {
    numbers().compactMap { try? RecordJSON.read(WorkspaceChange.self, at: recordURL($0)) }
  }

  /// All changes, oldest first, but those whose record is damaged: one that only cannot be read now
  /// must not be passed over by who changes something.
  private func readable() throws(StorageError) -> [WorkspaceChange] {
    var changes: [WorkspaceChange] = []
    for number in numbers() {
      do throws(StorageError) {
        if let change = try RecordJSON.read(WorkspaceChange.self, at: recordURL(number)) {
          changes.append(change)
        }
      } catch {
        if error.kind != .damaged { throw error }
      }
    }
    return changes
  }

  /// Bytes that deleted things still take.
  public func byteCount() -> Int {
    let files = FileManager.default.enumerator(
      at: url, includingPropertiesForKeys: nil, options: [])
    var total = 0
    while let file = files?.nextObject() as? URL {
      if !Files.isFolder(file) { total += Files.size(file) ?? 0 }
    }
    return total
  }

  /// Takes back the newest change that was not taken back yet, of one area or of any.
  ///
  /// - Throws: `StorageError` if there is none, or if what was changed has changed again since.
  public func undo(area: WorkspaceChange.Area? = nil) throws(StorageError) -> WorkspaceChange {
    try locked { () throws(StorageError) in
      let done = try readable().filter { $0.state == .done && (area == nil || $0.area == area) }
      guard var change = done.last else {
        throw StorageError(.missing, path: "", "there is nothing to undo")
      }
      try checkUndo(of: change)
      change.state = .undoing
      try write(change)
      try apply(change, backwards: true)
      change.state = .undone
      try write(change)
      return change
    }
  }

  /// Forgets changes, and with them what they deleted, that are older than so many seconds.
  ///
  /// They cannot be undone any more. Returns how many there were.
  @discardableResult
  public func purge(olderThan age: Double = 0) throws(StorageError) -> Int {
    try locked { () throws(StorageError) in
      let limit = Date().timeIntervalSince1970 - age
      let old = try readable().filter { $0.time <= limit }
      let last = numbers().last
      for change in old {
        // The newest keeps its empty folder, so that its number is not given again.
        let folder = folderURL(change.number)
        try Files.removeFolder(folder)
        if change.number == last { try Files.makeFolder(folder) }
      }
      try removeDrafts(before: Date(timeIntervalSinceNow: -86_400))
      return old.count
    }
  }

  /// Removes bytes of versions that a crash left beside their place.
  private func removeDrafts(before limit: Date) throws(StorageError) {
    let params = root.child("params")
    for name in Files.names(in: params) where name.hasPrefix(".tmp-") {
      let file = params.child(name)
      let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
      // A young one may belong to somebody who waits for the lock.
      guard let date = attributes?[.modificationDate] as? Date, date < limit else { continue }
      try Files.remove(file)
    }
  }

  /// Does something while nobody else changes the workspace; finishes first what a crash left.
  ///
  /// - Parameter needsOrder: Whether an unfinished change that cannot be finished now refuses the
  ///   work; adding something new goes on all the same.
  func locked<Result>(
    needsOrder: Bool = true, _ body: () throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    try Files.makeFolder(url)
    let lock = try FileLock.wait(url.child(".lock"))
    defer { withExtendedLifetime(lock) {} }
    do throws(StorageError) {
      for change in try readable() { try finish(change) }
    } catch {
      if needsOrder { throw error }
    }
    return try body()
  }

  /// Brings a change to its end that a crash left in the middle.
  private func finish(_ change: WorkspaceChange) throws(StorageError) {
    guard change.state == .begun || change.state == .undoing else { return }
    var change = change
    let isUndone = change.state == .undoing
    try apply(change, backwards: isUndone)
    change.state = isUndone ? .undone : .done
    try write(change)
  }

  /// Makes a change; the lock must be held.
  @discardableResult
  func perform(
    _ area: WorkspaceChange.Area, _ summary: String,
    edits: [WorkspaceChange.VersionEdit] = [], renaming: WorkspaceChange.Renaming? = nil,
    moves: [WorkspaceChange.Move] = [], deleting paths: [String] = [],
    sessionEdits: [WorkspaceChange.SessionEdit]? = nil
  ) throws(StorageError) -> WorkspaceChange {
    var change = begin(
      area, summary, edits: edits, renaming: renaming, moves: moves, deleting: paths)
    change.sessionEdits = sessionEdits
    try write(change)
    try apply(change, backwards: false)
    change.state = .done
    try write(change)
    return change
  }

  /// A change as it is written down before it is made; deleted paths move to its own folder.
  func begin(
    _ area: WorkspaceChange.Area, _ summary: String,
    edits: [WorkspaceChange.VersionEdit] = [], renaming: WorkspaceChange.Renaming? = nil,
    moves: [WorkspaceChange.Move] = [], deleting paths: [String] = []
  ) -> WorkspaceChange {
    let number = (numbers().last ?? 0) + 1
    let folder = "trash/\(folderURL(number).lastPathComponent)"
    let deletions = paths.enumerated().map { index, path in
      let name = path.split(separator: "/").last ?? ""
      return WorkspaceChange.Move(from: path, to: "\(folder)/\(index)-\(name)")
    }
    return WorkspaceChange(
      number: number, time: Date().timeIntervalSince1970, area: area, summary: summary,
      state: .begun, edits: edits, renaming: renaming, moves: moves + deletions)
  }

  func write(_ change: WorkspaceChange) throws(StorageError) {
    try Files.makeFolder(folderURL(change.number))
    try AtomicFile.writeJSON(change, to: recordURL(change.number))
  }

  private func numbers() -> [Int] { Files.names(in: url).compactMap { Int($0) }.sorted() }

  private func folderURL(_ number: Int) -> URL {
    let digits = String(number)
    return url.child(String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
  }

  private func recordURL(_ number: Int) -> URL { folderURL(number).child("change.json") }
}
