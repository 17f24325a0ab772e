/// How the first values of a parameter are made.
public enum Initializer: Equatable, Hashable, Sendable {
  /// The same number everywhere.
  case constant(Double = 0)
  /// Normally distributed numbers.
  case normal(std: Double = 0.01, mean: Double = 0)
  /// Numbers drawn evenly from low to high.
  case uniform(low: Double, high: Double)
  /// Normal with a deviation of gain · sqrt(2 / (fan in + fan out)) (Glorot & Bengio 2010).
  case glorotNormal(gain: Gain = 1, c01b: Bool = false)
  /// Uniform with the deviation of `glorotNormal`: the default of every layer.
  case glorotUniform(gain: Gain = 1, c01b: Bool = false)
  /// Normal with a deviation of gain · sqrt(1 / fan in) (He et al. 2015).
  case heNormal(gain: Gain = 1, c01b: Bool = false)
  /// Uniform with the deviation of `heNormal`.
  case heUniform(gain: Gain = 1, c01b: Bool = false)
  /// A matrix where each column has `sparsity` · rows non-zero, normally distributed numbers.
  case sparse(sparsity: Double = 0.1, std: Double = 0.01)
  /// A matrix with orthonormal rows or columns times gain (Saxe et al. 2013); trailing axes are
  /// flattened.
  case orthogonal(gain: Gain = 1)
  /// These numbers, row by row.
  case values([Double])
}

extension Initializer {
  /// Numbers drawn evenly from -range to range.
  public static func uniform(range: Double = 0.01) -> Initializer {
    .uniform(low: -range, high: range)
  }

  /// Numbers drawn evenly around a mean: mean ± sqrt(3) · std.
  public static func uniform(std: Double, mean: Double = 0) -> Initializer {
    let halfWidth = 3.0.squareRoot() * std
    return .uniform(low: mean - halfWidth, high: mean + halfWidth)
  }

  /// A factor on the deviation that makes up for what a nonlinearity takes away.
  public struct Gain: Equatable, Hashable, Sendable {
    /// The factor.
    public let value: Double

    /// A factor of one's own.
    public init(_ value: Double) { self.value = value }

    /// sqrt(2): for layers followed by a rectifier.
    public static let relu = Gain(2.0.squareRoot())
  }
}

extension Initializer.Gain: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A factor written as a number with a fraction.
  public init(floatLiteral value: Double) { self.init(value) }
  /// A factor written as a whole number.
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}
