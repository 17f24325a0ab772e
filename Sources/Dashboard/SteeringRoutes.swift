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
      .post("\(base)/branch") { request, context in
        let asked: ChangesRequest = try await decoded(
          request, context, "an object with a name, a step and changes, each of which can be left out")
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
      .post("\(base)/queue") { request, context in
        let asked: QueueRequest = try await decoded(
          request, context, "an object with a place, or with a priority")
        switch (asked.place, asked.priority) {
        case (let place?, nil) where place >= 1:
          return try Reply.json(try await source.moveInQueue(try context.session, to: place))
        case (nil, let priority?):
          return try Reply.json(try await source.prioritize(try context.session, priority))
        default:
          throw DashboardError.invalid(
            "Give either a place in the queue, 1 for the next, or a priority.")
        }
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

/// `{"name": "wider", "step": 1200, "changes": {"learningRate": 0.01}}`, any of which may be left
/// out.
private struct ChangesRequest: Decodable {
  let name: String?
  let step: Int?
  let changes: [String: JSONValue]?
}

/// `{"place": 1}` or `{"priority": 5}`.
private struct QueueRequest: Decodable {
  let place: Int?
  let priority: Int?
}
