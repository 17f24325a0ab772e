import Hummingbird
import LasagneEngine
import Records

/// Changes of a recipe that are not made yet: `{"changes": {"learningRate": 0.01}}`.
struct RecipeChanges: Decodable {
  let changes: [String: JSONValue]?
}

extension Routes {
  /// The addresses that prepare the steering of a session, and those of what people note of it.
  var steeringRoutes: [Route] {
    let source = source
    let base = "/api/v1/sessions/{id}"
    return [
      .get(
        "\(base)/settings", "What can be changed of a session now, with its limits.",
        reply: .json(SessionSettings.self)
      ) { _, context in
        try Reply.json(try await source.settings(ofSession: try context.session))
      },
      .question(
        "\(base)/schedule", "The learning rate over the epochs with changes not made yet.",
        body: RecipeChanges.self, reply: .json(LearningRateCurve.self)
      ) { request, context in
        let asked = try await request.record(RecipeChanges.self, upTo: context.maxUploadSize)
        return try Reply.json(
          try await source.learningRates(
            ofSession: try context.session, changes: asked.changes ?? [:]))
      },
      .get(
        "/api/v1/notes", "What people noted of sessions, by their ids.",
        reply: .json([String: SessionNotes].self)
      ) { _, _ in try Reply.json(try await source.notes()) },
      .post(
        "\(base)/notes", "Notes something of a session: text, tags, a colour, pinned, archived.",
        commands: "session note", body: SessionNotesChange.self, reply: .json(SessionNotes.self)
      ) { request, context in
        let id = try context.session
        let change = try await request.record(SessionNotesChange.self, upTo: context.maxUploadSize)
        return try Reply.json(try await source.annotate(id, change))
      },
    ]
  }
}
