import Foundation
import Records
import Storage
import Training

extension Engine {
  /// All sessions, newest first.
  public func sessions() -> [SessionRecord] {
    (tracked.values.map(\.record) + damaged.values).sorted {
      ($1.request.createdAt, $0.request.id) < ($0.request.createdAt, $1.request.id)
    }
  }

  /// Whether a session was given its turn and has not begun yet.
  ///
  /// An engine that ends now would leave a session that the next one takes for a waiting one.
  public var isStartingSessions: Bool { tracked.values.contains { $0.hold == .granted } }

  /// What a session is now; `id` may be shortened, or the name that people gave it.
  ///
  /// - Throws: `EngineError` if there is no such session, or more than one.
  public func session(_ id: String) throws -> SessionRecord {
    try SessionLookup.find(id, among: sessions())
  }

  /// Checks what was asked, writes the session's folder and queues it.
  ///
  /// - Throws: `EngineError`, before anything is written, if model, data and recipe do not fit
  ///   together.
  @discardableResult
  public func start(_ request: StartRequest) throws -> SessionRecord {
    let plan = try SessionPlan(request, in: workspace)
    let name = request.name ?? freeName(request.model)
    let threads = min(budget.cores, max(1, request.threads ?? budget.suggestion))
    let asked = SessionRequest(
      id: Names.newSessionID(), name: name, model: request.model, data: request.data,
      startParams: request.startParams, saveParams: request.saveParams ?? name,
      recipe: plan.recipe.json, device: plan.device.description, threads: threads,
      writesTensorBoard: request.writesTensorBoard, createdAt: Date().timeIntervalSince1970)
    try Names.check(asked.saveParams, of: "parameters")
    let folder = try workspace.createSession(asked)
    let record = SessionRecord(
      request: asked, state: .queued, epochs: plan.recipe.epochs,
      message: "Waits for \(threads) of \(budget.cores) cores.")
    var session = Tracked(
      folder: folder, follower: SessionFollower(folder), record: record)
    session.hold = .waiting
    tracked[asked.id] = session
    budget.enqueue(asked.id, threads: threads)
    hub.publish(.session(record))
    schedule()
    return tracked[asked.id]?.record ?? record
  }

  /// Asks something of a session; it answers on its timeline with the step at which it obeyed.
  ///
  /// Resuming a session whose process is gone starts a new attempt from its newest checkpoint.
  /// - Throws: `EngineError` if the session is in no state to do it.
  @discardableResult
  public func control(
    _ id: String, _ action: ControlAction, origin: String
  ) throws -> ControlCommand {
    let id = try session(id).request.id
    // What is refused must not depend on how long ago the last look was.
    look(at: id)
    let record = try session(id)
    guard let session = tracked[id] else {
      throw EngineError(.invalid, "The session '\(id)' cannot be read: \(record.message ?? "").")
    }
    try check(action, of: record)
    let command: ControlCommand
    switch action {
    case .resume where record.state == .paused && session.hold == .none:
      // The engine passes the wish on when there are threads for it.
      tracked[id]?.resumesFromPause = true
      command = queueAgain(id, action, origin)
    case .resume where record.state.isOver:
      command = try session.folder.appendControl(action, origin: origin)
      _ = queueAgain(id, action, origin)
    case .stop where session.hold == .waiting && record.state != .paused:
      command = try session.folder.appendControl(action, origin: origin)
      try endQueued(id)
    default:
      command = try session.folder.appendControl(action, origin: origin)
    }
    look()
    return command
  }

  /// Asks a session to write a checkpoint and wait.
  @discardableResult
  public func pauseSession(_ id: String, origin: String = "program") throws -> ControlCommand {
    try control(id, .pause, origin: origin)
  }

  /// Lets a session go on: one that waits, or one that ended before its time.
  @discardableResult
  public func resumeSession(_ id: String, origin: String = "program") throws -> ControlCommand {
    try control(id, .resume, origin: origin)
  }

  /// Asks a session to write a checkpoint, save its weights and end.
  @discardableResult
  public func stopSession(_ id: String, origin: String = "program") throws -> ControlCommand {
    try control(id, .stop, origin: origin)
  }

  /// Waits until nothing will happen to a session any more unless somebody resumes it.
  ///
  /// - Throws: `EngineError` if there is no such session, `CancellationError` if the caller is
  ///   cancelled.
  public func sessionOver(_ id: String) async throws -> SessionRecord {
    let id = try session(id).request.id
    while true {
      let record = try session(id)
      if record.state.isOver && (tracked[id]?.launched == nil) { return record }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func queueAgain(
    _ id: String, _ action: ControlAction, _ origin: String
  ) -> ControlCommand {
    guard var session = tracked[id] else {
      return ControlCommand(number: 0, time: 0, origin: origin, action: action)
    }
    session.hold = .waiting
    session.record = queued(session.record)
    budget.enqueue(id, threads: session.record.request.threads)
    tracked[id] = session
    hub.publish(.session(session.record))
    return ControlCommand(
      number: 0, time: Date().timeIntervalSince1970, origin: origin, action: action)
  }

  /// Ends a session that never got its turn.
  private func endQueued(_ id: String) throws {
    guard var session = tracked[id] else { return }
    budget.release(id)
    session.hold = .none
    let attempt = try session.folder.nextAttempt()
    try session.folder.writeExit(
      ExitRecord(
        state: .stopped, message: "It was stopped before it began.", attempt: attempt,
        step: session.record.step, time: Date().timeIntervalSince1970))
    tracked[id] = session
  }

  private func check(_ action: ControlAction, of record: SessionRecord) throws {
    let name = record.request.name
    if case .set(let field, _) = action, !Recipe.liveFields.contains(field) {
      throw EngineError.unknown(
        "field of a recipe that can change while it runs", field, among: Recipe.liveFields)
    }
    switch (action, record.state) {
    case (.resume, .finished):
      throw EngineError(
        .invalid,
        "The session '\(name)' has reached the end of its recipe; start a new one from its "
          + "parameters '\(record.request.saveParams)' to train further.")
    case (.resume, .queued):
      throw EngineError(.invalid, "The session '\(name)' waits for its turn already.")
    case (.resume, .running), (.resume, .starting):
      throw EngineError(.invalid, "The session '\(name)' is \(record.state), not paused.")
    case (.pause, .paused):
      throw EngineError(.invalid, "The session '\(name)' is paused already.")
    case (.resume, _): break
    case (_, let state) where state.isOver:
      throw EngineError(
        .invalid, "The session '\(name)' is over (\(state)); only 'resume' can follow.")
    default: break
    }
  }

  private func freeName(_ model: String) -> String {
    let taken = Set(tracked.values.map(\.record.request.name))
    var number = 1
    while taken.contains("\(model)-\(number)") { number += 1 }
    return "\(model)-\(number)"
  }
}

/// Finds the session a person means.
public enum SessionLookup {
  /// The session with this id, the beginning of an id, or a name; the newest of several equal names.
  ///
  /// - Throws: `EngineError` if nothing or too much fits.
  public static func find(_ text: String, among records: [SessionRecord]) throws -> SessionRecord {
    if let exact = records.first(where: { $0.request.id == text }) { return exact }
    let named = records.filter { $0.request.name == text }
    if let newest = named.max(by: { $0.request.createdAt < $1.request.createdAt }) { return newest }
    let begun = text.count >= 3 ? records.filter { $0.request.id.hasPrefix(text) } : []
    if begun.count == 1 { return begun[0] }
    if begun.count > 1 {
      throw EngineError(
        .invalid, "\(begun.count) sessions have an id that begins with '\(text)'; give more of it.")
    }
    throw EngineError.unknown("session", text, among: records.map(\.request.name))
  }
}
