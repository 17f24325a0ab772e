import Records

/// One training run, live: it is asked through its engine, and answers through its folder.
public struct Session: Sendable {
  /// The session's own name.
  public let id: String
  private let engine: Engine

  init(id: String, engine: Engine) {
    self.id = id
    self.engine = engine
  }

  /// What it is now.
  public var record: SessionRecord {
    get async throws { try await engine.session(id) }
  }

  /// Asks it to write a checkpoint and wait.
  public func pause() async throws { try await engine.pauseSession(id) }

  /// Lets it go on.
  public func resume() async throws { try await engine.resumeSession(id) }

  /// Asks it to write a checkpoint, save its weights and end.
  public func stop() async throws { try await engine.stopSession(id) }

  /// Asks it to write a checkpoint and go on.
  public func snapshot() async throws {
    try await engine.control(id, .snapshot, origin: "program")
  }

  /// Changes a field of its recipe between two steps: `set("learningRate", .number(0.01))`.
  public func set(_ field: String, _ value: JSONValue) async throws {
    try await engine.control(id, .set(field: field, value: value), origin: "program")
  }

  /// Waits for its end.
  @discardableResult
  public func over() async throws -> SessionRecord { try await engine.sessionOver(id) }
}
