extension Initializer: Codable {
  /// Every name a model file may use.
  static let names = [
    "Constant", "Normal", "Uniform", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform",
    "Sparse", "Orthogonal",
  ]

  /// Reads the model-file form: a number, a list of numbers, a name, or `{HeNormal: {gain: relu}}`.
  public init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Double.self) {
      self = .constant(number)
      return
    }
    if let numbers = try? [Double](from: decoder) {
      self = .values(numbers)
      return
    }
    let named = try NamedArguments("initializer", known: Self.names, from: decoder)
    switch named.name {
    case "Constant":
      try named.checkArguments("val")
      self = .constant(try named.value("val", default: 0))
    case "Normal":
      try named.checkArguments("std", "mean")
      self = .normal(
        std: try named.value("std", default: 0.01), mean: try named.value("mean", default: 0))
    case "Uniform":
      try named.checkArguments("range", "std", "mean")
      self = try Self.uniform(named)
    case "Sparse":
      try named.checkArguments("sparsity", "std")
      self = .sparse(
        sparsity: try named.value("sparsity", default: 0.1),
        std: try named.value("std", default: 0.01))
    case "Orthogonal":
      try named.checkArguments("gain")
      self = .orthogonal(gain: try named.value("gain", default: 1))
    default:
      try named.checkArguments("gain", "c01b")
      let gain: Gain = try named.value("gain", default: 1)
      let c01b = try named.value("c01b", default: false)
      self =
        switch named.name {
        case "GlorotNormal": .glorotNormal(gain: gain, c01b: c01b)
        case "GlorotUniform": .glorotUniform(gain: gain, c01b: c01b)
        case "HeNormal": .heNormal(gain: gain, c01b: c01b)
        default: .heUniform(gain: gain, c01b: c01b)
        }
    }
  }

  private static func uniform(_ named: NamedArguments) throws -> Initializer {
    let mean: Double? = try named.value("mean")
    if let std: Double = try named.value("std") {
      return .uniform(std: std, mean: mean ?? 0)
    }
    if let pair = try? named.value("range", as: [Double].self) {
      guard pair.count == 2 else {
        throw named.failure(
          "The range of a Uniform is a number or a pair [low, high], got \(pair.count) numbers.")
      }
      return .uniform(low: pair[0], high: pair[1])
    }
    return .uniform(range: try named.value("range", default: 0.01))
  }

  /// Writes the model-file form; arguments that have their default are left out.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .constant(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .normal(let std, let mean):
      try write([("std", std, 0.01), ("mean", mean, 0)], to: encoder)
    case .sparse(let sparsity, let std):
      try write([("sparsity", sparsity, 0.1), ("std", std, 0.01)], to: encoder)
    case .uniform(low: -0.01, high: 0.01):
      try NamedArgumentsWriter.write(name, to: encoder)
    case .uniform(let low, let high):
      var writer = NamedArgumentsWriter(name, to: encoder)
      if low == -high, high > 0 {
        try writer.argument("range", high)
      } else {
        try writer.argument("range", [low, high])
      }
    case .glorotNormal(let gain, let c01b), .glorotUniform(let gain, let c01b),
      .heNormal(let gain, let c01b), .heUniform(let gain, let c01b):
      try write(gain, c01b: c01b, to: encoder)
    case .orthogonal(let gain):
      try write(gain, c01b: false, to: encoder)
    case .values(let values):
      try values.encode(to: encoder)
    }
  }

  private func write(
    _ arguments: [(name: String, value: Double, fallback: Double)], to encoder: any Encoder
  ) throws {
    try NamedArgumentsWriter.write(name, arguments, to: encoder)
  }

  private func write(_ gain: Gain, c01b: Bool, to encoder: any Encoder) throws {
    guard gain != 1 || c01b else { return try NamedArgumentsWriter.write(name, to: encoder) }
    var writer = NamedArgumentsWriter(name, to: encoder)
    if gain != 1 { try writer.argument("gain", gain) }
    if c01b { try writer.argument("c01b", true) }
  }

  /// Lasagne's name of the initializer.
  public var name: String {
    switch self {
    case .constant: "Constant"
    case .normal: "Normal"
    case .uniform: "Uniform"
    case .glorotNormal: "GlorotNormal"
    case .glorotUniform: "GlorotUniform"
    case .heNormal: "HeNormal"
    case .heUniform: "HeUniform"
    case .sparse: "Sparse"
    case .orthogonal: "Orthogonal"
    case .values: "values"
    }
  }
}

extension Initializer.Gain: Codable {
  /// Reads a number or `relu`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self.init(value)
    } else if let name = try? container.decode(String.self), name == "relu" {
      self = .relu
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "A gain is a number or 'relu'.")
    }
  }

  /// Writes a number or `relu`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if self == .relu {
      try container.encode("relu")
    } else {
      try container.encode(value)
    }
  }
}
