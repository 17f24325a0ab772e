import Foundation
import Hummingbird
import LasagneEngine
import Records

extension Routes {
  /// The addresses that steer a session beyond single commands.
  var steeringRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions/{id}"
    return [
      .get("\(base)/settings") { _, context in
        try Reply.json(try await source.settings(ofSession: try context.session))
      },
      .post("\(base)/schedule") { request, context in
        let asked: ChangesRequest = try await decoded(request, context, "an object with changes")
        return try Reply.json(
          try await source.learningRates(
            ofSession: try context.session, changes: asked.changes ?? [:]))
      },
      .post("/api/v1/sessions") { request, context in
        let asked: StartSessionRequest = try await decoded(
          request, context, "an object with a model, data, and a recipe where it is not as usual")
        let start = StartRequest(
          name: asked.name, model: asked.model, data: asked.data, startParams: asked.startParams,
          recipe: asked.recipe ?? .object([:]))
        return try Reply.json(try await source.start(start), status: .created)
      },
      .post("\(base)/branch") { request, context in
        let asked: ChangesRequest = try await decoded(
          request, context, "an object with a name, a step or changes, or empty")
        let branch = BranchRequest(
          name: asked.name, step: asked.step, changes: asked.changes ?? [:])
        return try Reply.json(
          try await source.branch(try context.session, branch, origin: "page"), status: .created)
      },
      .post("\(base)/reproduce") { request, context in
        let asked: ChangesRequest = try await decoded(
          request, context, "an object, with a name or empty")
        return try Reply.json(
          try await source.reproduce(try context.session, name: asked.name), status: .created)
      },
      .get("/api/v1/notes") { _, _ in try Reply.json(try await source.notes()) },
      .post("\(base)/notes") { request, context in
        let change: SessionNotesChange = try await decoded(
          request, context, "an object with a note, tags, a color, isPinned or isArchived")
        return try Reply.json(try await source.annotate(try context.session, change))
      },
      .get("/api/v1/queue") { _, _ in try Reply.json(try await source.queue()) },
      .post("/api/v1/queue/{id}/move") { request, context in
        let asked: QueuePlaceRequest = try await decoded(
          request, context, "an object with a place")
        guard asked.place >= 1 else {
          throw DashboardError.invalid("The place is \(asked.place); it must be at least 1.")
        }
        return try Reply.json(try await source.moveInQueue(try context.session, to: asked.place))
      },
      .post("/api/v1/queue/{id}/priority") { request, context in
        let asked: QueuePriorityRequest = try await decoded(
          request, context, "an object with a priority")
        return try Reply.json(try await source.prioritize(try context.session, asked.priority))
      },
    ]
  }

  /// The JSON object in a request's body.
  func decoded<Value: Decodable>(
    _ request: Request, _ context: DashboardContext, _ expected: String
  ) async throws -> Value {
    let body = try await content(of: request, upTo: context.maxUploadSize)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(buffer: body))
    } catch {
      throw DashboardError.invalid("The body must be \(expected), as JSON.")
    }
  }
}

/// `{"model": "lenet", "data": "digits", "recipe": {"epochs": 3}}`.
private struct StartSessionRequest: Decodable {
  let model: String
  let data: String
  let name: String?
  let startParams: String?
  let recipe: JSONValue?
}

/// `{"name": "wider", "step": 1200, "changes": {"learningRate": 0.01}}`, any of which may be left
/// out.
private struct ChangesRequest: Decodable {
  let name: String?
  let step: Int?
  let changes: [String: JSONValue]?
}

/// `{"place": 1}`.
private struct QueuePlaceRequest: Decodable {
  let place: Int
}

/// `{"priority": 5}`.
private struct QueuePriorityRequest: Decodable {
  let priority: Int
}
