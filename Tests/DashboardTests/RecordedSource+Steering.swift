import Dashboard
import LasagneEngine
import Records
import Training

extension RecordedSource {
  func settings(ofSession id: String) throws -> SessionSettings {
    _ = try session(id)
    return SessionSettings(
      fields: RecipeField.liveFields(of: Recipe()), frozen: ["conv1.W"], checkpoints: [100, 200],
      waiting: [])
  }

  func learningRates(
    ofSession id: String, changes: [String: JSONValue]
  ) throws -> LearningRateCurve {
    _ = try session(id)
    var recipe = Recipe()
    do {
      for (field, value) in changes { try recipe.setLive(field, to: value) }
    } catch {
      throw DashboardError.invalid("\(error)")
    }
    return LearningRateCurve(recipe, pointCount: 10)
  }

  func start(_ request: StartRequest) throws -> SessionRecord {
    var record = try session(Self.running)
    record.request.model = request.model
    record.request.recipe = request.recipe
    return record
  }

  func branch(
    _ id: String, _ request: BranchRequest, origin: String
  ) throws -> SessionRecord {
    var record = try session(id)
    record.request.name = request.name ?? "branch"
    record.request.origin = SessionOrigin(session: id, step: request.step ?? record.step)
    return record
  }

  func reproduce(_ id: String, name: String?) throws -> SessionRecord {
    var record = try session(id)
    record.request.reproduces = id
    return record
  }

  func queue() -> [SessionRecord] { sessions().filter { $0.queuePlace != nil } }

  func moveInQueue(_ id: String, to place: Int) throws -> [SessionRecord] {
    var record = try session(id)
    record.queuePlace = place
    return [record]
  }

  func prioritize(_ id: String, _ priority: Int) throws -> [SessionRecord] {
    var record = try session(id)
    record.request.priority = priority
    return [record]
  }

  func notes() -> [String: SessionNotes] { [:] }

  func annotate(_ id: String, _ change: SessionNotesChange) throws -> SessionNotes {
    _ = try session(id)
    var notes = SessionNotes()
    notes.note = change.note ?? ""
    return notes
  }
}
