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
      .post(
        "\(base)/rename", "Gives a session another name; what it saved keeps the one it had.",
        commands: "session rename", body: NewName.self, reply: .json(SessionRecord.self)
      ) { request, context in
        let id = try context.session
        let asked = try await request.record(NewName.self, upTo: context.maxUploadSize)
        try Limits.checkText(asked.name, "name")
        guard
          case .session(let record) = try await source.ask(.rename(session: id, name: asked.name))
        else { throw UnexpectedReply() }
        return try Reply.json(record)
      },
      .post(
        "\(base)/remove", "Puts a session that is over into the trash; its params stay.",
        commands: "session remove", body: EmptyBody.self, reply: .json(WorkspaceChange.self)
      ) { request, context in
        let id = try context.session
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        return try await change(.remove(session: id))
      },
      .post(
        "/api/v1/sessions/undo",
        "Takes back the last change of sessions: a name, a note, a removal.",
        commands: "session undo", body: EmptyBody.self, reply: .json(WorkspaceChange.self)
      ) { request, context in
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        return try await change(.undoSession)
      },
    ]
  }

  private func change(_ call: EngineCall) async throws -> Response {
    guard case .change(let change) = try await source.ask(call) else { throw UnexpectedReply() }
    return try Reply.json(change)
  }
}
