import Lasagne

extension Schedule: Codable {
  /// Every name a recipe may use.
  public static let names = [
    "constant", "linear", "cosine", "polynomial", "step", "multiStep", "exponential", "oneCycle",
    "plateau", "warmUp",
  ]

  /// Reads a name, or a name with arguments like `{step: {every: 10}}`.
  public init(from decoder: any Decoder) throws {
    let named = try NamedArguments("schedule", known: Self.names, from: decoder)
    switch named.name {
    case "polynomial":
      try named.checkArguments("power")
      self = .polynomial(power: try named.positive("power", default: 2))
    case "step":
      try named.checkArguments("every", "factor")
      self = .step(
        every: try named.positive("every", example: "{every: 10}"),
        factor: try named.positive("factor", default: 0.1))
    case "multiStep":
      self = try Self.multiStep(named)
    case "exponential":
      try named.checkArguments("factor")
      self = .exponential(factor: try named.positive("factor", example: "{factor: 0.95}"))
    case "oneCycle":
      self = try Self.oneCycle(named)
    case "plateau":
      self = .plateau(try Plateau(named))
    case "warmUp":
      try named.checkArguments("epochs", "from", "then")
      self = .warmUp(
        epochs: try named.positive("epochs", example: "{epochs: 5, then: cosine}"),
        from: try named.notNegative("from", default: 0.01),
        then: try named.value("then", default: .constant))
    default:
      try named.checkArguments()
      self =
        switch named.name {
        case "linear": .linear
        case "cosine": .cosine
        default: .constant
        }
    }
  }

  private static func multiStep(_ named: NamedArguments) throws -> Schedule {
    try named.checkArguments("at", "factor")
    guard let boundaries: [Double] = try named.value("at"), !boundaries.isEmpty,
      boundaries.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      throw named.failure(
        "The schedule 'multiStep' needs the epochs at which the rate changes, like {at: [30, 60]}.")
    }
    return .multiStep(at: boundaries, factor: try named.positive("factor", default: 0.1))
  }

  private static func oneCycle(_ named: NamedArguments) throws -> Schedule {
    try named.checkArguments("rise", "startDivisor", "endDivisor")
    let rise = try named.positive("rise", default: 0.3)
    guard rise < 1 else {
      throw named.failure("The rise of 'oneCycle' must be above 0 and below 1, got \(rise).")
    }
    return .oneCycle(
      rise: rise, startDivisor: try named.positive("startDivisor", default: 25),
      endDivisor: try named.positive("endDivisor", default: 10_000))
  }

  /// The name without arguments.
  public var name: String {
    switch self {
    case .constant: "constant"
    case .linear: "linear"
    case .cosine: "cosine"
    case .polynomial: "polynomial"
    case .step: "step"
    case .multiStep: "multiStep"
    case .exponential: "exponential"
    case .oneCycle: "oneCycle"
    case .plateau: "plateau"
    case .warmUp: "warmUp"
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .constant, .linear, .cosine:
      try NamedArgumentsWriter.write(name, to: encoder)
    case .polynomial(let power):
      try NamedArgumentsWriter.write(name, [("power", power, 2)], to: encoder)
    case .step(let every, let factor):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("every", every)
      if factor != 0.1 { try writer.argument("factor", factor) }
    case .multiStep(let boundaries, let factor):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("at", boundaries)
      if factor != 0.1 { try writer.argument("factor", factor) }
    case .exponential(let factor):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("factor", factor)
    case .oneCycle(let rise, let startDivisor, let endDivisor):
      try NamedArgumentsWriter.write(
        name,
        [
          ("rise", rise, 0.3), ("startDivisor", startDivisor, 25),
          ("endDivisor", endDivisor, 10_000),
        ], to: encoder)
    case .plateau(let plateau):
      try plateau.write(name, to: encoder)
    case .warmUp(let epochs, let from, let then):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("epochs", epochs)
      if from != 0.01 { try writer.argument("from", from) }
      if then != .constant { try writer.argument("then", then) }
    }
  }
}

extension NamedArguments {
  /// A number above 0, or the default where it is left out.
  func positive(_ argument: String, default fallback: Double) throws -> Double {
    let number = try value(argument, default: fallback)
    guard number.isFinite, number > 0 else {
      throw failure("The \(argument) of '\(name)' must be above 0, got \(number).")
    }
    return number
  }

  /// A number above 0 that must be given.
  func positive(_ argument: String, example: String) throws -> Double {
    guard let number: Double = try value(argument) else {
      throw failure("The \(kind) '\(name)' needs its \(argument), like \(example).")
    }
    return try positive(argument, default: number)
  }
}
