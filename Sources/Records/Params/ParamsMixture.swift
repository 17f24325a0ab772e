/// How a version was mixed from others: each tensor is the weighted sum of theirs.
public struct ParamsMixture: Codable, Equatable, Sendable {
  /// The rule by which the weights were chosen.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// The plain mean.
    case mean
    /// The mean of every k-th version along a run.
    ///
    /// Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization, 2018.
    case swa
    /// The exponential moving average, oldest first.
    case ema
    /// A point on the line between two versions, or beyond them.
    case interpolation
  }

  /// One of the versions that were mixed.
  public struct Source: Codable, Equatable, Sendable {
    /// `name@version` of the same model.
    public var reference: String
    /// What its tensors were multiplied with.
    public var weight: Double

    /// Makes a source from its parts.
    public init(reference: String, weight: Double) {
      self.reference = reference
      self.weight = weight
    }
  }

  /// The rule.
  public var method: Method
  /// The versions, in the order in which they were given; their weights add up to 1.
  public var sources: [Source]

  /// Makes a mixture from its parts.
  public init(method: Method, sources: [Source]) {
    self.method = method
    self.sources = sources
  }

  /// The weights of an equal mean of so many versions.
  public static func equalWeights(_ count: Int) -> [Double] {
    [Double](repeating: 1 / Double(count), count: count)
  }

  /// The weights of an exponential moving average of so many versions, oldest first.
  ///
  /// `a₁ = v₁`, `aᵢ = decay · aᵢ₋₁ + (1 - decay) · vᵢ`.
  public static func exponentialWeights(_ count: Int, decay: Double) -> [Double] {
    var weights: [Double] = []
    for index in 0..<count {
      for earlier in weights.indices { weights[earlier] *= decay }
      weights.append(index == 0 ? 1 : 1 - decay)
    }
    return weights
  }
}
