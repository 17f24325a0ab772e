import LasagneEngine
import Records

/// What the page can ask to steer a session beyond single commands.
public protocol SteeringSource: Sendable {
  /// What can be changed of a session now.
  func settings(ofSession id: String) async throws -> SessionSettings
  /// The learning rate over a session's epochs with changes that are not made yet.
  func learningRates(ofSession id: String, changes: [String: JSONValue]) async throws
    -> LearningRateCurve
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
