import Foundation
import Lasagne
import Records

extension Recipe: FieldedValue {
  static var kind: String { "recipe" }
  static var exampleField: String { "learningRate" }
  static var usual: Recipe { Recipe() }

  /// The names of all fields, as recipes are written in JSON.
  public static var fields: [String] { fieldNames }

  /// Reads a recipe; fields that are left out keep their usual value, unknown ones are refused.
  public init(from decoder: any Decoder) throws { try self.init(fieldsFrom: decoder) }

  /// Writes every field; limits that are not set are left out.
  public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

  mutating func visitFields(_ visitor: some FieldVisitor) throws {
    try visitor.visit("objective", &objective)
    try visitor.visit("objectives", &objectives)
    try visitor.visit("update", &update)
    try visitor.visit("learningRate", &learningRate)
    try visitor.visit("schedule", &schedule)
    try visitor.visit("batchSize", &batchSize)
    try visitor.visit("accumulationSteps", &accumulationSteps)
    try visitor.visit("epochs", &epochs)
    try visitor.visit("seed", &seed)
    try visitor.visit("validationFraction", &validationFraction)
    try visitor.visit("dropLast", &dropLast)
    try visitor.visit("l1", &l1)
    try visitor.visit("l2", &l2)
    try visitor.visit("penalties", &penalties)
    try visitor.visit("normConstraints", &normConstraints)
    try visitor.visit("gradientClipping", &gradientClipping)
    try visitor.visit("totalNormConstraint", &totalNormConstraint)
    try visitor.visit("dropout", &dropout)
    try visitor.visit("metrics", &metrics)
    try visitor.visit("inputScale", &inputScale)
    try visitor.visit("precision", &precision)
    try visitor.visit("earlyStopping", &earlyStopping)
    try visitor.visit("average", &average)
    try visitor.visit("nonFinite", &nonFinite)
    try visitor.visit("checkpointEveryEpochs", &checkpointEveryEpochs)
    try visitor.visit("checkpointEverySteps", &checkpointEverySteps)
    try visitor.visit("checkpointEveryMinutes", &checkpointEveryMinutes)
    try visitor.visit("keepCheckpoints", &keepCheckpoints)
    try visitor.visit("bestCheckpointBy", &bestCheckpointBy)
    try visitor.visit("reportEverySteps", &reportEverySteps)
    try visitor.visit("observeEverySteps", &observeEverySteps)
    try visitor.visit("fusesCrossEntropy", &fusesCrossEntropy)
    try visitor.visit("augmentation", &augmentation)
    try visitor.visit("callbacks", &callbacks)
  }
}

extension Recipe {
  /// Reads a recipe from the JSON in a session's request, and checks it.
  ///
  /// - Throws: `TrainingError` that names the field that cannot be used.
  public init(json: JSONValue) throws(TrainingError) {
    do {
      self = try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(json))
    } catch {
      throw Self.plain(error)
    }
    try validate()
  }

  /// The recipe as JSON, every field written out.
  public var json: JSONValue {
    let data = try? JSONEncoder().encode(self)
    let value = data.flatMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }
    return value ?? .object([:])
  }

  /// The sentence in an error of the decoder.
  private static func plain(_ error: any Error) -> TrainingError {
    if let error = error as? TrainingError { return error }
    guard let error = error as? DecodingError else {
      return TrainingError(.recipe, "The recipe cannot be read: \(error).")
    }
    switch error {
    case .dataCorrupted(let context):
      return TrainingError(.recipe, context.debugDescription)
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context):
      let field = context.codingPath.map(\.stringValue).joined(separator: ".")
      return TrainingError(.recipe, "The recipe's \(field) has a value of the wrong kind.")
    @unknown default:
      return TrainingError(.recipe, "The recipe cannot be read: \(error).")
    }
  }
}
