import Hummingbird
import LasagneEngine
import Records
import Storage

/// What is remembered about a version.
struct ParamsNote: Decodable {
  let notes: String?
  let tags: [String]?
  let isPinned: Bool?
}

/// A new name.
struct NewName: Decodable {
  let name: String
}

/// Which versions stay.
struct ParamsPolicy: Decodable {
  let last: Int?
  let best: String?
  let count: Int?
  let everySteps: Int?
  let byteBudget: Int?
  /// Whether to do it, and not only to say what would go.
  let apply: Bool?
}

/// How versions are averaged.
struct ParamsAverage: Decodable {
  let versions: [String]
  let name: String
  let method: ParamsMixture.Method?
  let decay: Double?
  let notes: String?
}

/// A point on the line between two versions.
struct ParamsInterpolation: Decodable {
  let from: String
  let to: String
  let fraction: Double
  let name: String
  let notes: String?
}

/// Which changes are forgotten.
struct TrashPurge: Decodable {
  let days: Double?
}

extension Routes {
  /// Order among saved weights: notes, names, archive, trash, mixtures.
  var paramsActionRoutes: [Route] {
    let base = "/api/v1/params/{model}/{name}"
    return [
      change(
        "\(base)/note", "Writes about a version, tags it, pins it.", "params note",
        ParamsNote.self, reply: ParamsVersion.self
      ) { asked, params, model, name in
        if let notes = asked.notes, notes.utf8.count > 10_000 {
          throw DashboardError.invalid("The body's field 'notes' has more than 10000 bytes.")
        }
        if let tags = asked.tags {
          try Limits.checkWhole(tags.count, "tags", 0...100)
          for tag in tags { try Limits.checkText(tag, "tags") }
        }
        return try params.annotate(
          model: model, reference: name, notes: asked.notes, tags: asked.tags,
          isPinned: asked.isPinned)
      },
      change(
        "\(base)/rename", "Gives params another name, wherever it is mentioned.", "params rename",
        NewName.self, reply: ParamsRecord.self
      ) { asked, params, model, name in
        try params.rename(model: model, name: name, to: asked.name)
        return try params.record(model: model, name: asked.name)
      },
      change(
        "\(base)/archive", "Hides versions from lists; a bare name means all of them.",
        "params archive", EmptyBody.self, reply: [String: [Int]].self
      ) { _, params, model, name in
        ["versions": try params.archive(model: model, reference: name)]
      },
      change(
        "\(base)/restore", "Shows archived versions in lists again.", "params restore",
        EmptyBody.self, reply: [String: [Int]].self
      ) { _, params, model, name in
        ["versions": try params.restore(model: model, reference: name)]
      },
      change(
        "\(base)/delete", "Puts versions into the trash; a bare name means all of them.",
        "params delete", EmptyBody.self, reply: [String: [Int]].self
      ) { _, params, model, name in
        ["versions": try params.delete(model: model, reference: name)]
      },
      change(
        "\(base)/retain", "Keeps some versions of a name and puts the others into the trash.",
        "params retain", ParamsPolicy.self, reply: RetentionPlan.self
      ) { asked, params, model, name in
        let policy = ParamsRetention(
          last: asked.last, best: asked.best.map { .init(metric: $0, count: asked.count ?? 1) },
          everySteps: asked.everySteps, byteBudget: asked.byteBudget)
        return asked.apply == true
          ? try params.retain(policy, model: model, name: name)
          : try params.plan(policy, model: model, name: name)
      },
    ] + mixtureRoutes
  }

  private var mixtureRoutes: [Route] {
    let source = source
    return [
      .post(
        "/api/v1/params/{model}/average", "Keeps the average of versions as a new version.",
        commands: "params average", body: ParamsAverage.self, reply: .json(ParamsVersion.self),
        status: .created
      ) { request, context in
        let name = try context.name("model")
        let asked = try await request.record(ParamsAverage.self, upTo: context.maxUploadSize)
        try Limits.checkWhole(asked.versions.count, "versions", 1...1000)
        let made = try translated {
          let workspace = try source.workspace()
          let model = try Model.load(name, from: workspace)
          let isBareName = asked.versions.count == 1 && !asked.versions[0].contains("@")
          let versions =
            isBareName
            ? try Params.versions(of: asked.versions[0], model: name, in: workspace)
            : asked.versions
          return try Params.average(
            versions, of: model, method: asked.method ?? .mean, decay: asked.decay ?? 0.9,
            as: asked.name, in: workspace, notes: asked.notes ?? "")
        }
        return try Reply.json(made.version, status: .created)
      },
      .post(
        "/api/v1/params/{model}/interpolate",
        "Keeps a point on the line between two versions as a new version.",
        commands: "params interpolate", body: ParamsInterpolation.self,
        reply: .json(ParamsVersion.self), status: .created
      ) { request, context in
        let name = try context.name("model")
        let asked = try await request.record(ParamsInterpolation.self, upTo: context.maxUploadSize)
        let made = try translated {
          let workspace = try source.workspace()
          return try Params.interpolate(
            from: asked.from, to: asked.to, fraction: asked.fraction,
            of: try Model.load(name, from: workspace), as: asked.name, in: workspace,
            notes: asked.notes ?? "")
        }
        return try Reply.json(made.version, status: .created)
      },
    ]
  }

  /// An address that changes params of a name.
  private func change<Body: Decodable & Sendable, Result: Codable & Sendable>(
    _ path: String, _ summary: String, _ command: String, _ body: Body.Type, reply: Result.Type,
    _ work: @escaping @Sendable (Body, ParamsStore, String, String) throws -> Result
  ) -> Route {
    let source = source
    return .post(path, summary, commands: command, body: body, reply: .json(reply)) {
      request, context in
      let model = try context.name("model")
      let name = try context.name("name", allowsVersion: true)
      let asked = try await request.record(body, upTo: context.maxUploadSize)
      return try Reply.json(
        try translated { try work(asked, try source.workspace().params, model, name) })
    }
  }
}
