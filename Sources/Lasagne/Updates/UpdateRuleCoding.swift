extension UpdateRule: Codable {
  /// Reads a name, or a name with arguments like `{adam: {beta1: 0.8}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("update rule", known: Self.names, from: decoder)
    switch named.name {
    case "momentum", "nesterovMomentum":
      try named.checkArguments("momentum")
      let momentum = try named.fraction("momentum", default: 0.9)
      self =
        named.name == "momentum"
        ? .momentum(momentum: momentum) : .nesterovMomentum(momentum: momentum)
    case "adagrad":
      try named.checkArguments("epsilon")
      self = .adagrad(epsilon: try named.value("epsilon", default: 1e-6))
    case "rmsprop":
      try named.checkArguments("rho", "epsilon")
      self = .rmsprop(
        rho: try named.fraction("rho", default: 0.9),
        epsilon: try named.value("epsilon", default: 1e-6))
    case "adadelta":
      try named.checkArguments("rho", "epsilon")
      self = .adadelta(
        rho: try named.fraction("rho", default: 0.95),
        epsilon: try named.value("epsilon", default: 1e-6))
    case "adam", "adamax", "amsgrad":
      try named.checkArguments("beta1", "beta2", "epsilon")
      let beta1 = try named.fraction("beta1", default: 0.9)
      let beta2 = try named.fraction("beta2", default: 0.999)
      let epsilon = try named.value("epsilon", default: 1e-8)
      self =
        switch named.name {
        case "adam": .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
        case "adamax": .adamax(beta1: beta1, beta2: beta2, epsilon: epsilon)
        default: .amsgrad(beta1: beta1, beta2: beta2, epsilon: epsilon)
        }
    case "adamw":
      try named.checkArguments("beta1", "beta2", "epsilon", "weightDecay")
      self = .adamw(
        beta1: try named.fraction("beta1", default: 0.9),
        beta2: try named.fraction("beta2", default: 0.999),
        epsilon: try named.value("epsilon", default: 1e-8),
        weightDecay: try named.notNegative("weightDecay", default: 0.01))
    case "lion":
      try named.checkArguments("beta1", "beta2", "weightDecay")
      self = .lion(
        beta1: try named.fraction("beta1", default: 0.9),
        beta2: try named.fraction("beta2", default: 0.99),
        weightDecay: try named.notNegative("weightDecay", default: 0))
    case "lookahead":
      self = try Self.lookahead(named)
    case "applyMomentum", "applyNesterovMomentum":
      try named.checkArguments("to", "momentum")
      guard let rule: UpdateRule = try named.value("to") else {
        throw named.failure(
          "The update rule '\(named.name)' needs the rule it is applied to, like {to: rmsprop}.")
      }
      let momentum = try named.fraction("momentum", default: 0.9)
      self =
        named.name == "applyMomentum"
        ? .applyMomentum(to: rule, momentum: momentum)
        : .applyNesterovMomentum(to: rule, momentum: momentum)
    default:
      try named.checkArguments()
      self = .sgd
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .sgd:
      try NamedArgumentsWriter.write(name, to: encoder)
    case .momentum(let momentum), .nesterovMomentum(let momentum):
      try write([("momentum", momentum, 0.9)], to: encoder)
    case .adagrad(let epsilon):
      try write([("epsilon", epsilon, 1e-6)], to: encoder)
    case .rmsprop(let rho, let epsilon):
      try write([("rho", rho, 0.9), ("epsilon", epsilon, 1e-6)], to: encoder)
    case .adadelta(let rho, let epsilon):
      try write([("rho", rho, 0.95), ("epsilon", epsilon, 1e-6)], to: encoder)
    case .adam(let beta1, let beta2, let epsilon), .adamax(let beta1, let beta2, let epsilon),
      .amsgrad(let beta1, let beta2, let epsilon):
      try write(
        [("beta1", beta1, 0.9), ("beta2", beta2, 0.999), ("epsilon", epsilon, 1e-8)], to: encoder)
    case .adamw(let beta1, let beta2, let epsilon, let weightDecay):
      try write(
        [
          ("beta1", beta1, 0.9), ("beta2", beta2, 0.999), ("epsilon", epsilon, 1e-8),
          ("weightDecay", weightDecay, 0.01),
        ], to: encoder)
    case .lion(let beta1, let beta2, let weightDecay):
      try write(
        [("beta1", beta1, 0.9), ("beta2", beta2, 0.99), ("weightDecay", weightDecay, 0)],
        to: encoder)
    case .lookahead(let rule, let steps, let alpha):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("around", rule)
      if steps != 5 { try writer.argument("steps", steps) }
      if alpha != 0.5 { try writer.argument("alpha", alpha) }
    case .applyMomentum(let rule, let momentum), .applyNesterovMomentum(let rule, let momentum):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("to", rule)
      if momentum != 0.9 { try writer.argument("momentum", momentum) }
    }
  }

  private func write(
    _ arguments: [(name: String, value: Double, fallback: Double)], to encoder: any Encoder
  ) throws {
    try NamedArgumentsWriter.write(name, arguments, to: encoder)
  }
}

extension UpdateRule {
  private static func lookahead(_ named: NamedArguments) throws -> UpdateRule {
    try named.checkArguments("around", "steps", "alpha")
    guard let rule: UpdateRule = try named.value("around") else {
      throw named.failure(
        "The update rule 'lookahead' needs the rule it is put around, like {around: adam}.")
    }
    let steps = try named.value("steps", default: 5)
    let alpha = try named.value("alpha", default: 0.5)
    guard steps >= 1 else {
      throw named.failure("The steps of 'lookahead' must be at least 1, got \(steps).")
    }
    guard alpha > 0, alpha <= 1 else {
      throw named.failure("The alpha of 'lookahead' must be above 0 and at most 1, got \(alpha).")
    }
    return .lookahead(around: rule, steps: steps, alpha: alpha)
  }
}

extension NamedArguments {
  /// A number from 0 up to, but not including, 1.
  fileprivate func fraction(_ argument: String, default fallback: Double) throws -> Double {
    try number(argument, in: 0..<1, default: fallback)
  }
}
