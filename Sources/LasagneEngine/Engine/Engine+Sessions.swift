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
    if let exact = tracked[id]?.record ?? damaged[id] { return exact }
    return try SessionLookup.find(id, among: sessions())
  }

  /// Those of some ids that no session has.
  public func unknownSessions(among ids: [String]) -> [String] {
    ids.filter { tracked[$0] == nil && damaged[$0] == nil }
  }

  /// Checks what was asked, writes the session's folder and queues it.
  ///
  /// - Throws: `EngineError`, before anything is written, if model, data and recipe do not fit
  ///   together.
  @discardableResult
  public func start(_ request: StartRequest) throws -> SessionRecord {
    try start(request, id: Names.newSessionID(), for: nil, commands: [])
  }

  /// Starts a session under an id that is known already, for a search; the commands are in its log
  /// before it begins.
  @discardableResult
  func start(
    _ request: StartRequest, id: String, for search: SearchTrial?, commands: [ControlCommand]
  ) throws -> SessionRecord {
    let plan = try SessionPlan(request, in: workspace)
    try checkRoom(for: plan)
    let name = request.name ?? freeName(request.model)
    let isShared = request.threads == nil && plan.device == .cpu
    let wanted = request.threads ?? (plan.device == .cpu ? queue.suggestion : 1)
    var asked = SessionRequest(
      id: id, name: name, model: request.model, data: request.data,
      startParams: plan.start?.reference, saveParams: request.saveParams ?? name,
      recipe: plan.recipe.json, device: plan.device.description,
      threads: min(queue.cores, max(1, wanted)), writesTensorBoard: request.writesTensorBoard,
      createdAt: Date().timeIntervalSince1970)
    asked.sharesThreads = isShared ? true : nil
    asked.priority = request.priority
    asked.search = search
    asked.dataFingerprint = plan.dataFingerprint
    asked.memory = plan.memory
    try Names.check(asked.saveParams, of: "parameters")
    if let partial = plan.partial {
      asked.startParams = try partial.saved(
        for: plan.model, as: asked.saveParams, in: workspace
      ).reference
      asked.loaded = partial.report
    }
    return try enroll(
      asked, epochs: plan.recipe.epochs,
      SessionContents(model: plan.modelFile, commands: commands))
  }

  /// Makes the folder of a session and queues it.
  func enroll(
    _ request: SessionRequest, epochs: Int, _ contents: SessionContents
  ) throws -> SessionRecord {
    let folder = try workspace.createSession(request, contents: contents)
    let record = SessionRecord(request: request, state: .queued, epochs: epochs)
    var session = Tracked(folder: folder, follower: SessionFollower(folder), record: record)
    session.hold = .waiting
    queue.enqueue(Self.claim(of: session, priorities))
    session.record = Self.queued(record, in: queue)
    tracked[request.id] = session
    hub.publish(.session(session.record))
    try queueChanged()
    return tracked[request.id]?.record ?? record
  }

  /// Asks something of a session; it answers on its timeline with the step at which it obeyed.
  ///
  /// Resuming a session whose process is gone starts a new attempt from its newest checkpoint.
  /// - Throws: `EngineError` if the session is in no state to do it.
  @discardableResult
  public func control(
    _ id: String, _ action: ControlAction, origin: String
  ) throws -> ControlCommand {
    let command = try order(id, action, origin: origin)
    look()
    return command
  }

  /// Asks something of a session, and leaves it to the next look to see what comes of it.
  @discardableResult
  func order(_ id: String, _ action: ControlAction, origin: String) throws -> ControlCommand {
    let id = try session(id).request.id
    // What is refused must not depend on how long ago the last look was.
    look(at: id)
    let record = try session(id)
    guard let session = tracked[id] else {
      throw EngineError(.invalid, "The session '\(id)' cannot be read: \(record.message ?? "").")
    }
    try check(action, of: record)
    let command = try session.folder.appendControl(action, origin: origin)
    switch action {
    case .resume: queueAgain(id)
    case .stop where session.hold == .waiting || isAsleep(record):
      try end(id, as: .stopped, answering: command)
    case .pause where session.hold == .waiting:
      try end(id, as: .paused, answering: command)
    default: break
    }
    return command
  }

  /// Asks a session to write a checkpoint and give its process and device back.
  @discardableResult
  public func pauseSession(_ id: String, origin: String = "program") throws -> ControlCommand {
    try control(id, .pause, origin: origin)
  }

  /// Lets a session go on: one that is paused, or one that ended before its time.
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
      if record.state.isOver && record.process == nil && (tracked[id]?.launched == nil) {
        return record
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Whether a session is paused and its process is gone.
  func isAsleep(_ record: SessionRecord) -> Bool {
    record.state == .paused && record.process == nil
  }

  private func queueAgain(_ id: String) {
    guard var session = tracked[id] else { return }
    session.hold = .waiting
    session.verdict = nil
    session.threadRequests = [:]
    queue.enqueue(Self.claim(of: session, priorities))
    session.record = Self.queued(session.record, in: queue)
    tracked[id] = session
    hub.publish(.session(session.record))
    try? queueChanged()
  }

  private func check(_ action: ControlAction, of record: SessionRecord) throws {
    let name = record.request.name
    try checkContent(of: action, record)
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
    case (.snapshot, .paused), (.branch, .paused):
      throw EngineError(
        .invalid, "The session '\(name)' is paused; it has a checkpoint of this step.")
    case (.resume, _): break
    case (_, let state) where state.isOver:
      throw EngineError(
        .invalid, "The session '\(name)' is over (\(state)); only 'resume' can follow.")
    default: break
    }
  }

  /// Refuses what no session could carry out, before it is written down.
  private func checkContent(of action: ControlAction, _ record: SessionRecord) throws {
    if action.changesNumbers, record.request.reproduces != nil {
      throw EngineError(
        .invalid,
        "The session '\(record.request.name)' plays another one again and cannot be changed; "
          + "branch from it instead.")
    }
    switch action {
    case .set(let field, _): try Recipe.checkLive(field)
    case .freeze(let pattern), .unfreeze(let pattern):
      if let model = try? Model.load(of: workspace.session(record.request.id), in: workspace) {
        _ = try model.network.parameterNames(fitting: pattern)
      }
    case .custom(let name, _): _ = try CommandRegistry.shared.command(name)
    case .threads(let count) where !(1...queue.cores).contains(count):
      throw EngineError(
        .invalid, "A session can use 1 to \(queue.cores) threads here, not \(count).")
    default: break
    }
  }

  /// Refuses a session that could never begin.
  func checkRoom(for plan: SessionPlan) throws {
    let device = plan.device.description
    if let devices = queue.devices, !devices.contains(device) {
      throw EngineError(
        .invalid,
        "This engine may use \(devices.sorted().joined(separator: ", ")), not \(device).")
    }
    queue.memory.merge(MachineMemory.limits(with: plan.device)) { $1 }
    if let limit = queue.memory[device], plan.memory.total > limit {
      throw EngineError(
        .invalid,
        "The session needs about \(plan.memory.total >> 20) MiB, \(device) has \(limit >> 20) MiB "
          + "for sessions; choose a smaller batchSize or a smaller network.")
    }
  }

  func freeName(_ wish: String) -> String {
    let taken = Set(tracked.values.map(\.record.request.name))
    var number = 1
    while taken.contains("\(wish)-\(number)") { number += 1 }
    return "\(wish)-\(number)"
  }
}
