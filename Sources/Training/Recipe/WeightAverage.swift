import Lasagne

/// An average of the weights over the run, kept beside the weights themselves and saved with them.
///
/// Running statistics of normalization are averaged in the same way.
public enum WeightAverage: Equatable, Hashable, Sendable {
  /// After every update a ← decay · a + (1 - decay) · p, beginning with the weights as they are.
  ///
  /// `evaluates` has it measured beside the weights, on the samples for validation and for the test.
  /// Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992.
  case exponential(decay: Double = 0.999, from: Double = 0, evaluates: Bool = true)
  /// The mean of the weights at the ends of epochs.
  ///
  /// Izmailov et al., Averaging weights leads to wider optima and better generalization, 2018.
  case epochs(from: Double = 0, evaluates: Bool = true)
}

extension WeightAverage {
  /// Whether it is measured beside the weights.
  public var evaluates: Bool {
    switch self {
    case .exponential(_, _, let evaluates), .epochs(_, let evaluates): evaluates
    }
  }

  /// What the name of its saved weights ends in: `lenet-1-ema` or `lenet-1-swa`.
  public var suffix: String {
    switch self {
    case .exponential: "-ema"
    case .epochs: "-swa"
    }
  }

  /// What it is, in a few words.
  public var summary: String {
    switch self {
    case .exponential(let decay, _, _): "exponential average of the weights, decay \(decay)"
    case .epochs: "mean of the weights at the ends of epochs"
    }
  }

  /// Its own metrics among all of a run, under the keys that those of weights have.
  public static func metrics(among values: [String: Double]) -> [String: Double] {
    var own: [String: Double] = [:]
    for part in [MetricNames.validation, .test] {
      own[part.loss] = values[part.averaged.loss]
      own[part.accuracy] = values[part.averaged.accuracy]
    }
    return own
  }
}

extension WeightAverage: Codable {
  private static let names = ["exponential", "epochs"]

  /// Reads a name, or a name with arguments like `{exponential: {decay: 0.99}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("weight average", known: Self.names, from: decoder)
    switch named.name {
    case "exponential":
      try named.checkArguments("decay", "from", "evaluates")
      self = .exponential(
        decay: try named.number("decay", in: 0..<1, default: 0.999),
        from: try named.notNegative("from", default: 0),
        evaluates: try named.value("evaluates", default: true))
    default:
      try named.checkArguments("from", "evaluates")
      self = .epochs(
        from: try named.notNegative("from", default: 0),
        evaluates: try named.value("evaluates", default: true))
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    let name: String
    var arguments: [(name: String, value: Double)] = []
    switch self {
    case .exponential(let decay, let from, _):
      name = "exponential"
      if decay != 0.999 { arguments.append(("decay", decay)) }
      if from != 0 { arguments.append(("from", from)) }
    case .epochs(let from, _):
      name = "epochs"
      if from != 0 { arguments.append(("from", from)) }
    }
    guard !arguments.isEmpty || !evaluates else {
      return try NamedArgumentsWriter.write(name, to: encoder)
    }
    var writer = NamedArgumentsWriter(name, to: encoder)
    for argument in arguments { try writer.argument(argument.name, argument.value) }
    if !evaluates { try writer.argument("evaluates", false) }
  }
}
