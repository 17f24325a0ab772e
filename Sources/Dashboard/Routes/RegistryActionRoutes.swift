import Hummingbird
import Lasagne
import LasagneEngine
import Records
import Storage

/// A model file to keep.
struct ModelText: Decodable {
  /// The model file: YAML or JSON.
  let text: String
  let name: String?
  /// Whether a model that has the name already is a reason to refuse instead of going to its history.
  let isNew: Bool?
}

extension Routes {
  /// Models and data sets, and the trash in which all that is removed lies.
  var registryActionRoutes: [Route] {
    modelRoutes + dataRoutes + [
      undo(.params, "/api/v1/params/undo", "Takes back the last change to params."),
      undo(.data, "/api/v1/data/undo", "Takes back the last change to data sets."),
      undo(.models, "/api/v1/models/undo", "Brings back the model that was removed last."),
      .get("/api/v1/trash", "What can be undone.", reply: .json([WorkspaceChange].self)) { _, _ in
        try Reply.json(try source.workspace().changes.list())
      },
      .post(
        "/api/v1/trash/purge", "Forgets changes and frees the room they take.",
        commands: "params trash", body: TrashPurge.self, reply: .json([String: Int].self)
      ) { request, context in
        let asked = try await request.record(TrashPurge.self, upTo: context.maxUploadSize)
        let days = asked.days ?? 0
        guard (0...100_000).contains(days) else {
          throw DashboardError.invalid("The body's field 'days' must be 0 to 100000.")
        }
        return try Reply.json(
          try translated {
            let changes = try source.workspace().changes
            let before = changes.byteCount()
            let count = try changes.purge(olderThan: days * 86_400)
            return ["changes": count, "bytes": before - changes.byteCount()]
          })
      },
    ]
  }

  private var modelRoutes: [Route] {
    let source = source
    return [
      .post(
        "/api/v1/models", "Keeps a model file in the workspace.", commands: "models add",
        body: ModelText.self, reply: .json(NetworkSummary.self), status: .created
      ) { request, context in
        let asked = try await request.record(ModelText.self, upTo: context.maxUploadSize)
        let saved = try translated {
          let network = try Network(modelFile: asked.text)
          let name = asked.name ?? network.name
          let workspace = try source.workspace()
          if asked.isNew == true, workspace.models.names().contains(name) {
            throw DashboardError.conflict(
              "There is a model '\(name)' already; choose another name, or save in its place.")
          }
          return try Model.save(network, as: name, in: workspace)
        }
        return try Reply.json(saved.summary, status: .created)
      },
      .get(
        "/api/v1/models/{name}", "Shapes and parameters of a model.", commands: "models show",
        reply: .json(NetworkSummary.self)
      ) { _, context in
        let name = try context.name("name")
        return try Reply.json(
          try translated { try Model.load(name, from: try source.workspace()).summary })
      },
      .post(
        "/api/v1/models/{name}/rename",
        "Gives a model another name, and its params with it; the old name still finds it.",
        commands: "models rename", body: NewName.self, reply: .json(NetworkSummary.self)
      ) { request, context in
        let name = try context.name("name")
        let asked = try await request.record(NewName.self, upTo: context.maxUploadSize)
        return try Reply.json(
          try translated {
            let workspace = try source.workspace()
            try workspace.models.rename(name, to: asked.name)
            return try Model.load(asked.name, from: workspace).summary
          })
      },
      .post(
        "/api/v1/models/{name}/remove", "Puts a model into the trash; its params stay.",
        commands: "models remove", body: EmptyBody.self, reply: .json([String: String].self)
      ) { request, context in
        let name = try context.name("name")
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        try translated { try source.workspace().models.remove(name) }
        return try Reply.json(["removed": name])
      },
    ]
  }

  private var dataRoutes: [Route] {
    let source = source
    return [
      .get(
        "/api/v1/placements", "Where the arrays of the sessions that run lie, largest first.",
        commands: "data placements", reply: .json([ArrayPlacement].self)
      ) { _, _ in try Reply.json(try source.workspace().placements()) },
      .get(
        "/api/v1/data/{name}", "The arrays and classes of a data set.", commands: "data show",
        reply: .json(DataRecord.self)
      ) { _, context in
        let name = try context.name("name")
        return try Reply.json(try translated { try source.workspace().data.record(name) })
      },
      .post(
        "/api/v1/data/{name}/rename", "Gives a data set another name.", commands: "data rename",
        body: NewName.self, reply: .json(DataRecord.self)
      ) { request, context in
        let name = try context.name("name")
        let asked = try await request.record(NewName.self, upTo: context.maxUploadSize)
        return try Reply.json(
          try translated {
            let data = try source.workspace().data
            try data.rename(name, to: asked.name)
            return try data.record(asked.name)
          })
      },
      .post(
        "/api/v1/data/{name}/remove", "Puts a data set into the trash.", commands: "data remove",
        body: EmptyBody.self, reply: .json([String: String].self)
      ) { request, context in
        let name = try context.name("name")
        _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
        try translated { try source.workspace().data.remove(name) }
        return try Reply.json(["removed": name])
      },
    ]
  }

  private func undo(_ area: WorkspaceChange.Area, _ path: String, _ summary: String) -> Route {
    let source = source
    return .post(
      path, summary, commands: "\(area.rawValue) undo", body: EmptyBody.self,
      reply: .json(WorkspaceChange.self)
    ) { request, context in
      _ = try await request.record(EmptyBody.self, upTo: context.maxUploadSize)
      return try Reply.json(try translated { try source.workspace().changes.undo(area: area) })
    }
  }

  /// Does work on the workspace; mistakes of the asker become sentences for the outside.
  func translated<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as StorageError {
      switch error.kind {
      case .missing: throw DashboardError.notFound(error.message)
      case .exists: throw DashboardError.conflict(error.message)
      case .invalid: throw DashboardError.invalid(error.message)
      default: throw error
      }
    } catch let error as EngineError {
      switch error.kind {
      case .unknown: throw DashboardError.notFound(error.message)
      case .invalid: throw DashboardError.invalid(error.message)
      case .busy: throw DashboardError.conflict(error.message)
      case .failed: throw error
      }
    } catch let error as NetworkError {
      throw DashboardError.invalid("\(error)")
    }
  }
}
