import Foundation
import Lasagne
import Records
import Storage
import Training

/// What can be changed of a session while it lives, and what has been.
public struct SessionSettings: Codable, Equatable, Sendable {
  /// A command that has not been answered yet.
  public struct Waiting: Codable, Equatable, Sendable {
    /// Its number.
    public var command: Int
    /// What was asked.
    public var action: ControlAction
  }

  /// The live fields of the recipe with their present values.
  public var fields: [RecipeField]
  /// The full names of the parameters that stand still, sorted.
  public var frozen: [String]
  /// The steps of which there is a checkpoint to branch from, in rising order.
  public var checkpoints: [Int]
  /// What was asked and not answered yet, in order.
  public var waiting: [Waiting]

  /// Makes settings from their parts.
  public init(
    fields: [RecipeField], frozen: [String], checkpoints: [Int], waiting: [Waiting]
  ) {
    self.fields = fields
    self.frozen = frozen
    self.checkpoints = checkpoints
    self.waiting = waiting
  }
}

/// A learning rate over the epochs of a run.
public struct LearningRateCurve: Codable, Equatable, Sendable {
  /// A point of the curve.
  public struct Point: Codable, Equatable, Sendable {
    /// The position in epochs.
    public var epoch: Double
    /// The learning rate there.
    public var rate: Double
  }

  /// Points in rising order of epochs, close enough for a line from point to point.
  public var points: [Point]
  /// What the curve cannot know, as one sentence; `nil` where it says it all.
  public var note: String?

  /// The curve of a recipe over all its epochs.
  public init(_ recipe: Recipe, pointCount: Int = 600) {
    let epochs = Double(recipe.epochs)
    points = (0...max(1, pointCount)).map { index in
      let epoch = epochs * Double(index) / Double(max(1, pointCount))
      return Point(
        epoch: epoch, rate: recipe.learningRate * recipe.schedule.factor(at: epoch, of: epochs))
    }
    note = Self.note(recipe.schedule)
  }

  private static func note(_ schedule: Schedule) -> String? {
    switch schedule {
    case .plateau(let plateau):
      "The rate is multiplied by \(plateau.factor) when \(plateau.metric) has not got better for "
        + "\(plateau.patience) epochs; when that is, only the run can tell."
    case .warmUp(_, _, let then): note(then)
    default: nil
    }
  }
}

extension Engine {
  /// What can be changed of a session now, with the present values.
  ///
  /// - Throws: `StorageError` if there is no such session, `TrainingError` if its recipe cannot be
  ///   read.
  public nonisolated func settings(ofSession id: String) throws -> SessionSettings {
    let folder = try workspace.session(id)
    let (recipe, frozen) = try present(folder)
    return SessionSettings(
      fields: RecipeField.liveFields(of: recipe), frozen: frozen.sorted(),
      checkpoints: Set(folder.checkpoints.list().map(\.step)).sorted(),
      waiting: try folder.unansweredControls().map {
        SessionSettings.Waiting(command: $0.number, action: $0.action)
      })
  }

  /// The learning rate over a session's epochs, as it would be with these changes.
  ///
  /// - Throws: `TrainingError` where a change does not fit, and as ``settings(ofSession:)``.
  public nonisolated func learningRates(
    ofSession id: String, changes: [String: JSONValue]
  ) throws -> LearningRateCurve {
    var (recipe, _) = try present(workspace.session(id))
    for (field, value) in changes.sorted(by: { $0.key < $1.key }) {
      try recipe.setLive(field, to: value)
    }
    return LearningRateCurve(recipe)
  }

  /// The recipe and the frozen parameters with every change that has taken effect.
  private nonisolated func present(
    _ folder: SessionFolder
  ) throws -> (recipe: Recipe, frozen: Set<String>) {
    var recipe = try Recipe(json: folder.request.recipe)
    let network = try? Model.load(of: folder, in: workspace).network
    var frozen = try Self.frozenAtOrigin(of: folder)
    let entries = try folder.timelineEntries()
    let lastStep = entries.last?.step ?? 0
    // The commands still to come of a run that is played again have not taken effect.
    for planned in try folder.history() where planned.step <= lastStep {
      switch planned.command.action {
      case .set(let field, let value): try? recipe.setLive(field, to: value)
      case .freeze(let pattern):
        frozen.formUnion((try? network?.parameterNames(fitting: pattern)) ?? [])
      case .unfreeze(let pattern):
        frozen.subtract((try? network?.parameterNames(fitting: pattern)) ?? [])
      default: break
      }
    }
    return (recipe, frozen)
  }

  /// The parameters that stood still at the checkpoint that a branch left from.
  private static func frozenAtOrigin(of folder: SessionFolder) throws -> Set<String> {
    guard folder.request.origin != nil, let origin = folder.origin.list().last else { return [] }
    let file = origin.url.appendingPathComponent(SessionRecorder.checkpointFile)
    return Set(try Checkpoint(contentsOf: file).frozen)
  }
}
