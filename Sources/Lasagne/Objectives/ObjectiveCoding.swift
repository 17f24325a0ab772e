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
    case "smoothedCrossentropy", "categoricalFocalLoss", "binaryFocalLoss", "ctcLoss":
      self = try Self.modern(named)
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
    case .smoothedCrossentropy(let smoothing):
      try NamedArgumentsWriter.write(name, [("smoothing", smoothing, 0.1)], to: encoder)
    case .categoricalFocalLoss(let gamma), .binaryFocalLoss(let gamma, nil):
      try NamedArgumentsWriter.write(name, [("gamma", gamma, 2)], to: encoder)
    case .binaryFocalLoss(let gamma, let alpha?):
      var writer = NamedArgumentsWriter(name, to: encoder)
      if gamma != 2 { try writer.argument("gamma", gamma) }
      try writer.argument("alpha", alpha)
    case .ctcLoss(let blank) where blank != 0:
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("blank", blank)
    default:
      try NamedArgumentsWriter.write(name, to: encoder)
    }
  }
}

extension Objective {
  /// The objectives that Lasagne does not have.
  private static func modern(_ named: NamedArguments) throws -> Objective {
    switch named.name {
    case "smoothedCrossentropy":
      try named.checkArguments("smoothing")
      return .smoothedCrossentropy(
        smoothing: try named.number("smoothing", in: 0..<1, default: 0.1))
    case "categoricalFocalLoss":
      try named.checkArguments("gamma")
      return .categoricalFocalLoss(gamma: try named.notNegative("gamma", default: 2))
    case "binaryFocalLoss":
      try named.checkArguments("gamma", "alpha")
      let alpha: Double? = try named.value("alpha")
      if let alpha, !(0...1).contains(alpha) {
        throw named.failure("The alpha of 'binaryFocalLoss' must be from 0 to 1, got \(alpha).")
      }
      return .binaryFocalLoss(gamma: try named.notNegative("gamma", default: 2), alpha: alpha)
    default:
      try named.checkArguments("blank")
      let blank = try named.value("blank", default: 0)
      guard blank >= 0 else {
        throw named.failure("The blank of 'ctcLoss' must be a class from 0 on, got \(blank).")
      }
      return .ctcLoss(blank: blank)
    }
  }
}
