import Records
import Storage

// What people do to sessions that are there: new names, the trash, and back.
extension Engine {
  /// Gives a session another name; what it saves keeps the name it had.
  ///
  /// - Throws: `EngineError` if there is no such session or the name cannot be one.
  @discardableResult
  public func rename(_ id: String, to name: String) throws -> SessionRecord {
    let id = try session(id).request.id
    try refusing { () throws(StorageError) in try workspace.renameSession(id, to: name) }
    try takeUp(id)
    return try session(id)
  }

  /// Puts a session with all its files into the trash; params that it saved stay.
  ///
  /// - Throws: `EngineError` if there is no such session, it may still do something, or a search
  ///   that goes on needs it.
  @discardableResult
  public func remove(_ id: String) throws -> WorkspaceChange {
    let record = try session(id)
    let id = record.request.id
    look(at: id)
    let now = try session(id)
    guard now.state.isOver, now.process == nil, tracked[id]?.launched == nil else {
      throw EngineError(
        .busy,
        "The session '\(now.request.name)' is \(now.state.rawValue); stop it before it is removed.")
    }
    if let trial = now.request.search, let search = searches[trial.search],
      search.state == .running || search.state == .stopping
    {
      throw EngineError(
        .busy,
        "The session '\(now.request.name)' belongs to the search '\(trial.search)', which goes on; "
          + "stop the search before the session is removed.")
    }
    let change = try refusing { () throws(StorageError) in try workspace.trashSession(id) }
    tracked[id] = nil
    damaged[id] = nil
    hub.publish(.removed(session: id))
    return change
  }

  /// Takes back the last change of sessions: a name, a note, a removal.
  ///
  /// - Throws: `EngineError` if there is none, or what it was has changed since.
  @discardableResult
  public func undoSessionChange() throws -> WorkspaceChange {
    let change = try refusing { () throws(StorageError) in
      try workspace.changes.undo(area: .sessions)
    }
    for id in workspace.sessionIDs() where tracked[id] == nil && damaged[id] == nil {
      do {
        let session = try Self.found(id, in: workspace, index)
        tracked[id] = session
        hub.publish(.session(session.record))
      } catch {
        damaged[id] = Self.unreadable(id, error)
      }
    }
    for edit in change.sessionEdits ?? [] where edit.field == .name { try takeUp(edit.session) }
    return change
  }

  /// Reads anew what a session is called, and tells it.
  private func takeUp(_ id: String) throws {
    guard var session = tracked[id] else { return }
    try session.follower.reopen()
    session.folder = session.follower.folder
    session.record.request = session.folder.request
    tracked[id] = session
    try? index.save(session.record)
    hub.publish(.session(session.record))
  }

  /// Does work on the workspace; its refusals become the engine's.
  private func refusing<Value>(_ work: () throws(StorageError) -> Value) throws -> Value {
    do {
      return try work()
    } catch {
      switch error.kind {
      case .missing: throw EngineError(.unknown, error.message)
      case .invalid: throw EngineError(.invalid, error.message)
      case .exists, .locked: throw EngineError(.busy, error.message)
      default: throw error
      }
    }
  }
}
