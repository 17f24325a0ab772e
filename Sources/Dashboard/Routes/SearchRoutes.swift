import Hummingbird
import LasagneEngine
import Records
import Training

/// What has to be said to start a search; what is left out is as the command line has it.
struct SearchStart: Decodable {
  let name: String
  let model: String
  let data: String
  let recipe: [String: JSONValue]?
  let space: [String: SearchValues]
  let method: SearchMethod?
  let halving: SuccessiveHalving?
  let metric: String?
  let goal: MetricGoal?
  let startParams: String?
  let device: String?
  let threads: Int?
  let priority: Int?

  func search() throws -> Search {
    for (field, text) in [
      ("name", name), ("model", model), ("data", data), ("metric", metric),
      ("startParams", startParams), ("device", device),
    ] {
      try Limits.checkText(text, field)
    }
    try Limits.checkWhole(threads, "threads", 1...4096)
    try Limits.checkWhole(priority, "priority", Limits.priorities)
    return Search(
      name, model: model, data: data, recipe: recipe ?? [:], space: space,
      method: method ?? .grid, halving: halving, metric: metric ?? "valid/loss", goal: goal,
      startParams: startParams, device: device ?? "cpu", threads: threads ?? 1,
      priority: priority)
  }
}

/// A body in which nothing has to be said.
struct EmptyBody: Decodable {
  init(from decoder: any Decoder) throws {
    // Anything but an object is a mistake.
    _ = try decoder.container(keyedBy: Key.self)
  }

  private enum Key: CodingKey {}
}

extension Routes {
  /// Searches: what is there, start, stop, resume.
  var searchRoutes: [Route] {
    let source = source
    let base = "/api/v1/searches"
    return [
      .get(
        base, "All searches, oldest first.", commands: "search list",
        reply: .json([SearchRecord].self)
      ) { _, _ in
        guard case .searches(let records) = try await source.ask(.searches) else {
          throw UnexpectedReply()
        }
        return try Reply.json(records)
      },
      .get(
        "\(base)/{name}", "A search, the best result first.", commands: "search show",
        reply: .json(SearchRecord.self)
      ) { _, context in try await search(.searchRecord(name: try context.name("name"))) },
      .post(
        base, "Starts a search.", commands: "search start", body: SearchStart.self,
        reply: .json(SearchRecord.self), status: .created
      ) { request, context in
        let asked = try await request.record(SearchStart.self, upTo: context.maxUploadSize)
        return try await search(.search(try asked.search()), status: .created)
      },
      .post(
        "\(base)/{name}/stop", "Lets all sessions of a search save their weights and end.",
        commands: "search stop", body: EmptyBody.self, reply: .json(SearchRecord.self)
      ) { request, context in
        let name = try context.name("name")
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        return try await search(.stopSearch(name: name))
      },
      .post(
        "\(base)/{name}/resume", "Lets a search go on that was stopped.",
        commands: "search resume", body: EmptyBody.self, reply: .json(SearchRecord.self)
      ) { request, context in
        let name = try context.name("name")
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        return try await search(.resumeSearch(name: name))
      },
    ]
  }

  private func search(
    _ call: EngineCall, status: HTTPResponse.Status = .ok
  ) async throws -> Response {
    guard case .search(let record) = try await source.ask(call) else { throw UnexpectedReply() }
    return try Reply.json(record, status: status)
  }
}
