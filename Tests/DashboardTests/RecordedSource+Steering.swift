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

  func notes() -> [String: SessionNotes] { [:] }

  func annotate(_ id: String, _ change: SessionNotesChange) throws -> SessionNotes {
    _ = try session(id)
    var notes = SessionNotes()
    notes.note = change.note ?? ""
    return notes
  }
}
