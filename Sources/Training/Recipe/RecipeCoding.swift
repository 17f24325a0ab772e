import Foundation
import Lasagne
import Records

extension Recipe: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case objective, update, learningRate, schedule, batchSize, epochs, seed
    case validationFraction, dropLast, l1, l2, totalNormConstraint, inputScale
    case checkpointEveryEpochs, reportEverySteps, observeEverySteps, fusesCrossEntropy
    case augmentation
  }

  /// The names of all fields, as recipes are written in JSON.
  public static let fields = CodingKeys.allCases.map(\.rawValue)

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads a recipe; fields that are left out keep their usual value, unknown ones are refused.
  public init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where CodingKeys(rawValue: key.stringValue) == nil {
      let hint = Spelling.hint(for: key.stringValue, among: Self.fields)
      throw TrainingError(.recipe, "A recipe has no field '\(key.stringValue)': \(hint)")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let usual = Recipe()
    func value<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) throws -> Value {
      try limit(key) ?? fallback
    }
    func limit<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
      do {
        return try values.decodeIfPresent(Value.self, forKey: key)
      } catch  where Value.self is any Numeric.Type || Value.self == Bool.self {
        let expected =
          switch Value.self {
          case is Bool.Type: "true or false"
          case is Double.Type: "a number"
          default: "a whole number"
          }
        throw TrainingError(.recipe, "The recipe's \(key.rawValue) must be \(expected).")
      }
    }
    self.init(
      objective: try value(.objective, usual.objective),
      update: try value(.update, usual.update),
      learningRate: try value(.learningRate, usual.learningRate),
      schedule: try value(.schedule, usual.schedule),
      batchSize: try value(.batchSize, usual.batchSize),
      epochs: try value(.epochs, usual.epochs),
      seed: try value(.seed, usual.seed),
      validationFraction: try value(.validationFraction, usual.validationFraction),
      dropLast: try value(.dropLast, usual.dropLast),
      l1: try value(.l1, usual.l1),
      l2: try value(.l2, usual.l2),
      totalNormConstraint: try limit(.totalNormConstraint),
      inputScale: try limit(.inputScale),
      checkpointEveryEpochs: try value(.checkpointEveryEpochs, usual.checkpointEveryEpochs),
      reportEverySteps: try value(.reportEverySteps, usual.reportEverySteps),
      observeEverySteps: try value(.observeEverySteps, usual.observeEverySteps),
      fusesCrossEntropy: try value(.fusesCrossEntropy, usual.fusesCrossEntropy),
      augmentation: try value(.augmentation, usual.augmentation))
  }

  /// Writes every field; limits that are not set are left out.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(objective, forKey: .objective)
    try values.encode(update, forKey: .update)
    try values.encode(learningRate, forKey: .learningRate)
    try values.encode(schedule, forKey: .schedule)
    try values.encode(batchSize, forKey: .batchSize)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(seed, forKey: .seed)
    try values.encode(validationFraction, forKey: .validationFraction)
    try values.encode(dropLast, forKey: .dropLast)
    try values.encode(l1, forKey: .l1)
    try values.encode(l2, forKey: .l2)
    try values.encodeIfPresent(totalNormConstraint, forKey: .totalNormConstraint)
    try values.encodeIfPresent(inputScale, forKey: .inputScale)
    try values.encode(checkpointEveryEpochs, forKey: .checkpointEveryEpochs)
    try values.encode(reportEverySteps, forKey: .reportEverySteps)
    try values.encode(observeEverySteps, forKey: .observeEverySteps)
    try values.encode(fusesCrossEntropy, forKey: .fusesCrossEntropy)
    try values.encode(augmentation, forKey: .augmentation)
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
      return TrainingError(
        .recipe,
        field.isEmpty
          ? "A recipe is an object with fields such as learningRate."
          : "The recipe's \(field) has a value of the wrong kind.")
    @unknown default:
      return TrainingError(.recipe, "The recipe cannot be read: \(error).")
    }
  }
}
