import Lasagne

/// An average of the weights over the run, evaluated and kept beside the weights themselves.
///
/// Running statistics of normalization are averaged in the same way.
public enum WeightAverage: Equatable, Hashable, Sendable {
  /// After every update a ← decay · a + (1 - decay) · p, beginning with the weights as they are.
  ///
  /// Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992.
  case exponential(decay: Double = 0.999, from: Double = 0)
  /// The mean of the weights at the ends of epochs.
  ///
  /// Izmailov et al., Averaging weights leads to wider optima and better generalization, 2018.
  case epochs(from: Double = 0)
}

extension WeightAverage: Codable {
  private static let names = ["exponential", "epochs"]

  /// Reads a name, or a name with arguments like `{exponential: {decay: 0.99}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("weight average", known: Self.names, from: decoder)
    switch named.name {
    case "exponential":
      try named.checkArguments("decay", "from")
      self = .exponential(
        decay: try named.number("decay", in: 0..<1, default: 0.999),
        from: try named.notNegative("from", default: 0))
    default:
      try named.checkArguments("from")
      self = .epochs(from: try named.notNegative("from", default: 0))
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .exponential(let decay, let from):
      try NamedArgumentsWriter.write(
        "exponential", [("decay", decay, 0.999), ("from", from, 0)], to: encoder)
    case .epochs(let from):
      try NamedArgumentsWriter.write("epochs", [("from", from, 0)], to: encoder)
    }
  }
}
