extension Objective: Codable {
  /// Reads a name, or a name with arguments like `{huberLoss: {delta: 2}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("objective", known: Self.names, from: decoder)
    switch named.name {
    case "binaryHingeLoss":
      try named.checkArguments("delta", "logOdds", "binary")
      guard let logOdds: Bool = try named.value("logOdds") else {
        throw named.failure(
          "The objective 'binaryHingeLoss' must be told logOdds: true if predictions are log odds, "
            + "false if they are probabilities.")
      }
      self = .binaryHingeLoss(
        delta: try named.value("delta", default: 1), logOdds: logOdds,
        binary: try named.value("binary", default: true))
      return
    case "multiclassHingeLoss":
      try named.checkArguments("delta")
      self = .multiclassHingeLoss(delta: try named.value("delta", default: 1))
      return
    case "huberLoss":
      try named.checkArguments("delta")
      self = .huberLoss(delta: try named.value("delta", default: 1))
      return
    default:
      try named.checkArguments()
    }
    self =
      switch named.name {
      case "binaryCrossentropy": .binaryCrossentropy
      case "categoricalCrossentropy": .categoricalCrossentropy
      default: .squaredError
      }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .binaryHingeLoss(let delta, let logOdds, let binary):
      var writer = NamedArgumentsWriter(name, to: encoder)
      if delta != 1 { try writer.argument("delta", delta) }
      try writer.argument("logOdds", logOdds)
      if !binary { try writer.argument("binary", binary) }
    case .multiclassHingeLoss(let delta) where delta != 1,
      .huberLoss(let delta) where delta != 1:
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("delta", delta)
    default:
      try NamedArgumentsWriter.write(name, to: encoder)
    }
  }
}
