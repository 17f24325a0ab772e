/// Where a parameter of a layer comes from: an initializer, or a parameter of another layer.
public enum ParameterSource: Equatable, Hashable, Sendable {
  /// A parameter of its own with these first values.
  case initializer(Initializer)
  /// The parameter with this full name (`left.W`), the very same numbers.
  case shareWith(String)

  /// The same number everywhere.
  public static func constant(_ value: Double = 0) -> Self { .initializer(.constant(value)) }
  /// Normally distributed numbers.
  public static func normal(std: Double = 0.01, mean: Double = 0) -> Self {
    .initializer(.normal(std: std, mean: mean))
  }
  /// Numbers drawn evenly from -range to range.
  public static func uniform(range: Double = 0.01) -> Self {
    .initializer(.uniform(range: range))
  }
  /// Numbers drawn evenly from low to high.
  public static func uniform(low: Double, high: Double) -> Self {
    .initializer(.uniform(low: low, high: high))
  }
  /// Normal with Glorot's deviation.
  public static func glorotNormal(gain: Initializer.Gain = 1) -> Self {
    .initializer(.glorotNormal(gain: gain))
  }
  /// Uniform with Glorot's deviation: the default of weights.
  public static func glorotUniform(gain: Initializer.Gain = 1) -> Self {
    .initializer(.glorotUniform(gain: gain))
  }
  /// Normal with He's deviation.
  public static func heNormal(gain: Initializer.Gain = 1) -> Self {
    .initializer(.heNormal(gain: gain))
  }
  /// Uniform with He's deviation.
  public static func heUniform(gain: Initializer.Gain = 1) -> Self {
    .initializer(.heUniform(gain: gain))
  }
  /// A given number of non-zeros in each column.
  public static func sparse(sparsity: Double = 0.1, std: Double = 0.01) -> Self {
    .initializer(.sparse(sparsity: sparsity, std: std))
  }
  /// Orthonormal rows or columns.
  public static func orthogonal(gain: Initializer.Gain = 1) -> Self {
    .initializer(.orthogonal(gain: gain))
  }
  /// These numbers, row by row.
  public static func values(_ values: [Double]) -> Self { .initializer(.values(values)) }
}

extension ParameterSource: Codable {
  /// Reads `{shareWith: left.W}`, or an initializer.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: NameKey.self),
      container.contains(NameKey("shareWith"))
    {
      self = .shareWith(try container.decode(String.self, forKey: NameKey("shareWith")))
    } else {
      self = .initializer(try Initializer(from: decoder))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .initializer(let initializer): try initializer.encode(to: encoder)
    case .shareWith(let name):
      var container = encoder.container(keyedBy: NameKey.self)
      try container.encode(name, forKey: NameKey("shareWith"))
    }
  }
}
