import Lasagne

/// What happens when a loss or a gradient is not finite; it is seen before the update.
public enum NonFinitePolicy: Equatable, Hashable, Sendable {
  /// The run ends.
  case stop
  /// The update is left out; after so many in a row the run ends.
  case skip(limit: Int = 10)
  /// Weights and the state of the update rule become those of the beginning of the epoch, the samples
  /// since then are not used again, and the learning rate is multiplied by the factor from then on;
  /// after so many times the run ends.
  case rollback(limit: Int = 3, factor: Double = 0.5)
}

extension NonFinitePolicy: Codable {
  private static let names = ["stop", "skip", "rollback"]

  /// Reads a name, or a name with arguments like `{skip: {limit: 5}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("nonFinite policy", known: Self.names, from: decoder)
    func limit(_ fallback: Int) throws -> Int {
      let limit = try named.value("limit", default: fallback)
      guard limit >= 1 else {
        throw named.failure("The limit of '\(named.name)' must be at least 1, got \(limit).")
      }
      return limit
    }
    switch named.name {
    case "skip":
      try named.checkArguments("limit")
      self = .skip(limit: try limit(10))
    case "rollback":
      try named.checkArguments("limit", "factor")
      let factor = try named.positive("factor", default: 0.5)
      guard factor <= 1 else {
        throw named.failure(
          "The factor of 'rollback' must be above 0 and at most 1, got \(factor).")
      }
      self = .rollback(limit: try limit(3), factor: factor)
    default:
      try named.checkArguments()
      self = .stop
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .stop: try NamedArgumentsWriter.write("stop", to: encoder)
    case .skip(let limit):
      try NamedArgumentsWriter.write("skip", [("limit", Double(limit), 10)], to: encoder)
    case .rollback(let limit, let factor):
      try NamedArgumentsWriter.write(
        "rollback", [("limit", Double(limit), 3), ("factor", factor, 0.5)], to: encoder)
    }
  }
}
