import Hummingbird
import LasagneEngine
import Records

/// What has to be said to start a session; what is left out is chosen by the engine.
struct SessionStart: Decodable {
  let model: String
  let data: String
  let name: String?
  let startParams: String?
  let saveParams: String?
  let recipe: [String: JSONValue]?
  let device: String?
  let threads: Int?
  let writesTensorBoard: Bool?
  let priority: Int?
  let partial: PartialStart?

  func request() throws -> StartRequest {
    for (field, text) in [
      ("name", name), ("model", model), ("data", data), ("startParams", startParams),
      ("saveParams", saveParams), ("device", device),
    ] {
      try Limits.checkText(text, field)
    }
    try Limits.checkWhole(threads, "threads", 1...4096)
    try Limits.checkWhole(priority, "priority", Limits.priorities)
    if let partial { try Limits.check(partial) }
    var request = StartRequest(
      name: name, model: model, data: data, startParams: startParams, saveParams: saveParams,
      recipe: .object(recipe ?? [:]), device: device ?? "cpu", threads: threads,
      writesTensorBoard: writesTensorBoard ?? false, priority: priority)
    request.partial = partial
    return request
  }
}

/// What can differ in a branch.
struct BranchStart: Decodable {
  let name: String?
  let step: Int?
  let changes: [String: JSONValue]?
}

/// What a session that is played again is called.
struct ReproductionStart: Decodable {
  let name: String?
}

/// A place in the queue, 1 for the next.
struct QueuePlace: Decodable {
  let place: Int
}

/// Who begins first of those that wait, larger first.
struct QueuePriority: Decodable {
  let priority: Int
}

/// What the engine shares out from now on.
struct DeviceLimits: Decodable {
  let cores: Int?
  let gpus: Int?
}

/// What the server takes at most.
enum Limits {
  static let priorities = -1_000_000...1_000_000

  static func checkText(_ text: String?, _ field: String) throws {
    guard let text, text.isEmpty || text.utf8.count > 200 else { return }
    throw DashboardError.invalid(
      "The body's field '\(field)' has \(text.utf8.count) bytes; it must have 1 to 200.")
  }

  static func check(_ partial: PartialStart) throws {
    try checkText(partial.model, "partial.model")
    for (field, texts) in [
      ("only", partial.only), ("except", partial.except), ("map", partial.map),
    ] {
      guard let texts else { continue }
      if texts.count > 100 {
        throw DashboardError.invalid(
          "The body's field 'partial.\(field)' has \(texts.count) entries; it must have at most "
            + "100.")
      }
      for text in texts { try checkText(text, "partial.\(field)") }
    }
  }

  static func checkWhole(_ number: Int?, _ field: String, _ range: ClosedRange<Int>) throws {
    guard let number, !range.contains(number) else { return }
    throw DashboardError.invalid(
      "The body's field '\(field)' is \(number); it must be \(range.lowerBound) to "
        + "\(range.upperBound).")
  }
}

extension Routes {
  /// What the engine can be asked for: sessions, the queue, the devices.
  var engineActionRoutes: [Route] {
    let source = source
    let sessions = "/api/v1/sessions"
    let queue = "/api/v1/queue"
    return [
      .post(
        sessions, "Starts a session.", commands: "session start", body: SessionStart.self,
        reply: .json(SessionRecord.self), status: .created
      ) { request, context in
        let asked = try await request.record(SessionStart.self, upTo: context.maxUploadSize)
        let start = try asked.request()
        try await checkQueueRoom()
        return try await session(.start(start), status: .created)
      },
      .post(
        "\(sessions)/{id}/branch", "Starts a session from a step of another.",
        commands: "session branch", body: BranchStart.self, reply: .json(SessionRecord.self),
        status: .created
      ) { request, context in
        let id = try context.session
        let asked = try await request.record(BranchStart.self, upTo: context.maxUploadSize)
        try Limits.checkText(asked.name, "name")
        try Limits.checkWhole(asked.step, "step", 0...Int(Int64.max / 4))
        _ = try await source.session(id)
        let branch = BranchRequest(
          name: asked.name, step: asked.step, changes: asked.changes ?? [:])
        try await checkQueueRoom()
        return try await session(
          .branch(session: id, request: branch, origin: "page"), status: .created)
      },
      .post(
        "\(sessions)/{id}/reproduce", "Plays a session again, with every change at its step.",
        commands: "session reproduce", body: ReproductionStart.self,
        reply: .json(SessionRecord.self), status: .created
      ) { request, context in
        let id = try context.session
        let asked = try await request.record(ReproductionStart.self, upTo: context.maxUploadSize)
        try Limits.checkText(asked.name, "name")
        _ = try await source.session(id)
        try await checkQueueRoom()
        return try await session(.reproduce(session: id, name: asked.name), status: .created)
      },
      .get(
        queue, "The sessions that wait, the next one first.", commands: "queue list",
        reply: .json([SessionRecord].self)
      ) { _, _ in try Reply.json(try await waiting()) },
      .post(
        "\(queue)/{id}/move", "Moves a session that waits to a place.", commands: "queue move",
        body: QueuePlace.self, reply: .json([SessionRecord].self)
      ) { request, context in
        let id = try context.session
        let asked = try await request.record(QueuePlace.self, upTo: context.maxUploadSize)
        try Limits.checkWhole(asked.place, "place", 1...1_000_000)
        _ = try await source.ask(.moveInQueue(session: id, place: asked.place))
        return try Reply.json(try await waiting())
      },
      .post(
        "\(queue)/{id}/priority", "Gives a session that waits a priority; larger ones go first.",
        commands: "queue priority", body: QueuePriority.self, reply: .json([SessionRecord].self)
      ) { request, context in
        let id = try context.session
        let asked = try await request.record(QueuePriority.self, upTo: context.maxUploadSize)
        try Limits.checkWhole(asked.priority, "priority", Limits.priorities)
        _ = try await source.ask(.prioritize(session: id, priority: asked.priority))
        return try Reply.json(try await waiting())
      },
      .post(
        "/api/v1/devices", "Limits what the engine shares out from now on.", commands: "devices",
        body: DeviceLimits.self, reply: .json([DeviceShare].self)
      ) { request, context in
        let asked = try await request.record(DeviceLimits.self, upTo: context.maxUploadSize)
        try Limits.checkWhole(asked.cores, "cores", 1...4096)
        try Limits.checkWhole(asked.gpus, "gpus", 0...256)
        let reply = try await source.ask(.limit(cores: asked.cores, gpus: asked.gpus))
        guard case .devices(let devices) = reply else { throw UnexpectedReply() }
        return try Reply.json(devices)
      },
    ]
  }

  /// Refuses a session more where as many wait as anybody could want.
  private func checkQueueRoom() async throws {
    let count = try await waiting().count
    guard count < longestQueue else {
      throw DashboardError.tooMany(
        "\(count) sessions wait already; start more when some of them have begun, or stop some.")
    }
  }

  private func waiting() async throws -> [SessionRecord] {
    guard case .sessions(let records) = try await source.ask(.queue) else {
      throw UnexpectedReply()
    }
    return records
  }

  private func session(
    _ call: EngineCall, status: HTTPResponse.Status = .ok
  ) async throws -> Response {
    guard case .session(let record) = try await source.ask(call) else { throw UnexpectedReply() }
    return try Reply.json(record, status: status)
  }
}

/// The engine answered something else than what was asked; a mistake of ours.
struct UnexpectedReply: Error {}
