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

  /// Asks it to write a checkpoint and give its process and device back.
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

  /// Lets the parameters that a pattern fits stand still: `conv1`, `conv1.W`, `conv*`.
  public func freeze(_ pattern: String) async throws {
    try await engine.control(id, .freeze(pattern: pattern), origin: "program")
  }

  /// Lets the parameters that a pattern fits learn again.
  public func unfreeze(_ pattern: String) async throws {
    try await engine.control(id, .unfreeze(pattern: pattern), origin: "program")
  }

  /// Has it carry out a command that the program brought along.
  public func perform(_ command: String, _ argument: JSONValue = .null) async throws {
    try await engine.control(id, .custom(name: command, argument: argument), origin: "program")
  }

  /// Starts another session from a step of this one.
  public func branch(_ request: BranchRequest = BranchRequest()) async throws -> Session {
    Session(id: try await engine.branch(id, request).request.id, engine: engine)
  }

  /// Starts another session that plays this one again, once this one is over.
  public func reproduce() async throws -> Session {
    Session(id: try await engine.reproduce(id).request.id, engine: engine)
  }

  /// The curve of a metric so far, in at most about `pixels` buckets: `train/loss`, `valid/accuracy`.
  public func curve(_ key: String, pixels: Int = 1000) async throws -> Series {
    try engine.index.series(session: id, key: key, pixels: pixels)
  }

  /// Waits for its end.
  @discardableResult
  public func over() async throws -> SessionRecord { try await engine.sessionOver(id) }
}
