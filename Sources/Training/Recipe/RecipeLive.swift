import Lasagne
import Records

extension Recipe {
  /// The fields that can be changed while a run goes on; `momentum` is that of the update rule.
  ///
  /// All others decide what a run is: its data order, its split, its function.
  public static let liveFields = [
    "learningRate", "momentum", "schedule", "update", "epochs", "batchSize", "accumulationSteps",
    "l1", "l2", "penalties", "normConstraints", "gradientClipping", "totalNormConstraint",
    "dropout", "metrics", "precision", "earlyStopping", "average", "nonFinite",
    "checkpointEveryEpochs",
    "checkpointEverySteps", "checkpointEveryMinutes", "keepCheckpoints", "bestCheckpointBy",
    "reportEverySteps", "observeEverySteps",
  ]

  /// Changes one live field.
  ///
  /// - Throws: `TrainingError` where the field is unknown or not live, or the value does not fit;
  ///   the recipe is then as it was.
  public mutating func setLive(_ field: String, to value: JSONValue) throws(TrainingError) {
    try Self.checkLive(field)
    var changed = self
    if field == "momentum" {
      changed.update = try Self.rule(update, withMomentum: value)
    } else {
      guard case .object(var members) = json else { return }
      members[field] = value
      changed = try Recipe(json: .object(members))
    }
    try changed.validate()
    self = changed
  }

  /// Refuses the name of a field that cannot change in a run.
  public static func checkLive(_ field: String) throws(TrainingError) {
    guard !liveFields.contains(field) else { return }
    if fields.contains(field) {
      throw TrainingError(
        .recipe,
        "The field '\(field)' cannot change while a session runs; "
          + "start a new one, or change one of \(liveFields.joined(separator: ", ")).")
    }
    let hint = Spelling.hint(for: field, among: liveFields)
    throw TrainingError(.recipe, "A recipe has no field '\(field)': \(hint)")
  }

  private static func rule(
    _ rule: UpdateRule, withMomentum value: JSONValue
  ) throws(TrainingError) -> UpdateRule {
    guard let momentum = value.number, (0..<1).contains(momentum) else {
      throw TrainingError(.recipe, "The momentum must be a number from 0 up to, but not, 1.")
    }
    switch rule {
    case .momentum: return .momentum(momentum: momentum)
    case .nesterovMomentum: return .nesterovMomentum(momentum: momentum)
    case .applyMomentum(let below, _): return .applyMomentum(to: below, momentum: momentum)
    case .applyNesterovMomentum(let below, _):
      return .applyNesterovMomentum(to: below, momentum: momentum)
    case .lookahead(let below, let steps, let alpha):
      return .lookahead(
        around: try Self.rule(below, withMomentum: value), steps: steps, alpha: alpha)
    default:
      throw TrainingError(
        .recipe, "The update rule \(rule.name) has no momentum; choose one that has, or adam.")
    }
  }
}
