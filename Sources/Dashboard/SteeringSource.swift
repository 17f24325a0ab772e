import LasagneEngine
import Records

/// What the page can ask to steer a session beyond single commands.
public protocol SteeringSource: Sendable {
  /// What can be changed of a session now.
  func settings(ofSession id: String) async throws -> SessionSettings
  /// The learning rate over a session's epochs with changes that are not made yet.
  func learningRates(ofSession id: String, changes: [String: JSONValue]) async throws
    -> LearningRateCurve
  /// Starts a session.
  func start(_ request: StartRequest) async throws -> SessionRecord
  /// Starts a session from a step of another.
  func branch(_ id: String, _ request: BranchRequest, origin: String) async throws
    -> SessionRecord
  /// Plays a session again.
  func reproduce(_ id: String, name: String?) async throws -> SessionRecord
  /// The sessions that wait for their turn, the next one first.
  func queue() async throws -> [SessionRecord]
  /// Moves a session that waits to a place, 1 for the next.
  func moveInQueue(_ id: String, to place: Int) async throws -> [SessionRecord]
  /// Gives a session that waits a priority.
  func prioritize(_ id: String, _ priority: Int) async throws -> [SessionRecord]
  /// What people noted of sessions, by their ids.
  func notes() async throws -> [String: SessionNotes]
  /// Changes what is noted of a session.
  func annotate(_ id: String, _ change: SessionNotesChange) async throws -> SessionNotes
}

extension EngineSource {
  /// What can be changed of a session now.
  public func settings(ofSession id: String) async throws -> SessionSettings {
    _ = try await session(id)
    return try await translated { try engine.settings(ofSession: id) }
  }

  /// The learning rate with changes that are not made yet.
  public func learningRates(
    ofSession id: String, changes: [String: JSONValue]
  ) async throws -> LearningRateCurve {
    _ = try await session(id)
    return try await translated { try engine.learningRates(ofSession: id, changes: changes) }
  }

  /// Starts a session.
  public func start(_ request: StartRequest) async throws -> SessionRecord {
    try await translated { try await engine.start(request) }
  }

  /// Starts a session from a step of another.
  public func branch(
    _ id: String, _ request: BranchRequest, origin: String
  ) async throws -> SessionRecord {
    _ = try await session(id)
    return try await translated { try await engine.branch(id, request, origin: origin) }
  }

  /// Plays a session again.
  public func reproduce(_ id: String, name: String?) async throws -> SessionRecord {
    _ = try await session(id)
    return try await translated { try await engine.reproduce(id, name: name) }
  }

  /// The sessions that wait for their turn.
  public func queue() async throws -> [SessionRecord] { await engine.waitingSessions() }

  /// Moves a session that waits to a place.
  public func moveInQueue(_ id: String, to place: Int) async throws -> [SessionRecord] {
    _ = try await session(id)
    return try await translated {
      try await engine.moveInQueue(id, to: place)
      return await engine.waitingSessions()
    }
  }

  /// Gives a session that waits a priority.
  public func prioritize(_ id: String, _ priority: Int) async throws -> [SessionRecord] {
    _ = try await session(id)
    return try await translated {
      try await engine.prioritize(id, priority)
      return await engine.waitingSessions()
    }
  }

  /// What people noted of sessions.
  public func notes() async throws -> [String: SessionNotes] { try await engine.notes() }

  /// Changes what is noted of a session.
  public func annotate(
    _ id: String, _ change: SessionNotesChange
  ) async throws -> SessionNotes {
    _ = try await session(id)
    return try await translated { try await engine.annotate(id, change) }
  }
}
