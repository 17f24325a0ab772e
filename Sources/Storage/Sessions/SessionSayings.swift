import Foundation
import Records

/// What people said of sessions: their names, and notes of them; kept apart from what the sessions
/// themselves write.
struct SessionSayings {
  /// The workspace's folder.
  let root: URL

  private var notesURL: URL { root.child("notes.json") }

  private func nameURL(_ session: String) -> URL {
    root.child("sessions").child(session).child(SessionFolder.nameFile)
  }

  /// What was said; `nil` where nothing was.
  func read(
    _ field: WorkspaceChange.SessionEdit.Field, of session: String
  ) throws(StorageError) -> JSONValue? {
    switch field {
    case .name: try RecordJSON.read(JSONValue.self, at: nameURL(session))
    case .notes: try RecordJSON.read([String: JSONValue].self, at: notesURL)?[session]
    }
  }

  /// Says something else; `nil` says nothing any more.
  func write(
    _ value: JSONValue?, _ field: WorkspaceChange.SessionEdit.Field, of session: String
  ) throws(StorageError) {
    switch field {
    case .name:
      if let value {
        try AtomicFile.writeJSON(value, to: nameURL(session))
      } else {
        try Files.remove(nameURL(session))
      }
    case .notes:
      var all = try RecordJSON.read([String: JSONValue].self, at: notesURL) ?? [:]
      all[session] = value
      try AtomicFile.writeJSON(all, to: notesURL)
    }
  }
}

// Changes of sessions that can be taken back; for the engine only.
extension Workspace {
  /// Gives a session another name; its files and its params keep theirs.
  ///
  /// - Throws: `StorageError` if there is none, or the name cannot be one.
  public func renameSession(_ id: String, to name: String) throws(StorageError) {
    guard !name.isEmpty, name.utf8.count <= 200,
      name.unicodeScalars.allSatisfy({ !CharacterSet.controlCharacters.contains($0) })
    else {
      throw StorageError(
        .invalid, path: "",
        "a session's name has 1 to 200 bytes and is one line; “\(name.prefix(40))” is not")
    }
    let now = try session(id).request.name
    try edit(id, .name, .string(name), "rename the session \(now) to \(name)")
  }

  /// Keeps what was noted of a session.
  ///
  /// - Throws: `StorageError` if there is none, or it cannot be kept.
  public func note(
    _ notes: JSONValue, ofSession id: String, summary: String
  ) throws(StorageError) {
    try edit(id, .notes, notes, summary)
  }

  /// Puts a session with all its files into the trash, from where ``ChangeLog/undo(area:)`` brings
  /// it back; params that it saved stay.
  ///
  /// - Throws: `StorageError` if there is none, or its process lives.
  @discardableResult
  public func trashSession(_ id: String) throws(StorageError) -> WorkspaceChange {
    try changes.locked { () throws(StorageError) in
      // One whose record is damaged can be removed too, if it is there.
      let folder = sessionIDs().contains(id) ? try? session(id) : try session(id)
      if let folder, try folder.isHeld() {
        throw StorageError(.locked, path: folder.url.path, "the session is running; stop it first")
      }
      return try changes.perform(
        .sessions, "remove the session \(folder?.request.name ?? id)",
        deleting: ["sessions/\(id)"])
    }
  }

  private func edit(
    _ id: String, _ field: WorkspaceChange.SessionEdit.Field, _ value: JSONValue,
    _ summary: String
  ) throws(StorageError) {
    try changes.locked { () throws(StorageError) in
      _ = try session(id)
      let before = try SessionSayings(root: url).read(field, of: id)
      try changes.perform(
        .sessions, summary,
        sessionEdits: [.init(session: id, field: field, before: before, after: value)])
    }
  }
}
