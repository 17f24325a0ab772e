extension Initializer {
  /// The numbers an initializer draws for a shape, before any are left out or made orthogonal.
  public enum Spread: Equatable, Sendable {
    /// The same number everywhere.
    case constant(Double)
    /// Normally distributed numbers.
    case normal(mean: Double, std: Double)
    /// Evenly distributed numbers.
    case uniform(low: Double, high: Double)
    /// These numbers, row by row.
    case given([Double])
  }

  /// What is drawn for a shape; shapes that do not fit are refused in one sentence.
  public func spread(for shape: [Int]) throws(InitializerError) -> Spread {
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw failure(shape, "needs sizes of at least 1, got the shape \(shape).")
    }
    switch self {
    case .constant(let value):
      return .constant(value)
    case .normal(let std, let mean):
      try check(std, "std", shape)
      return .normal(mean: mean, std: std)
    case .uniform(let low, let high):
      guard low <= high else {
        throw failure(shape, "needs a range from low to high, got [\(low), \(high)].")
      }
      return .uniform(low: low, high: high)
    case .glorotNormal(let gain, let c01b):
      return .normal(mean: 0, std: try glorotDeviation(shape, gain, c01b))
    case .glorotUniform(let gain, let c01b):
      return Self.evenSpread(try glorotDeviation(shape, gain, c01b))
    case .heNormal(let gain, let c01b):
      return .normal(mean: 0, std: try heDeviation(shape, gain, c01b))
    case .heUniform(let gain, let c01b):
      return Self.evenSpread(try heDeviation(shape, gain, c01b))
    case .sparse(let sparsity, let std):
      guard shape.count == 2 else {
        throw failure(shape, "needs a shape of 2 axes, got \(shape): choose another initializer.")
      }
      guard (0...1).contains(sparsity) else {
        throw failure(shape, "needs a sparsity from 0 to 1, got \(sparsity).")
      }
      try check(std, "std", shape)
      return .normal(mean: 0, std: std)
    case .orthogonal:
      try checkAxes(shape)
      return .normal(mean: 0, std: 1)
    case .values(let values):
      guard values.count == shape.reduce(1, *) else {
        throw failure(
          shape, "needs \(shape.reduce(1, *)) numbers for the shape \(shape), got \(values.count).")
      }
      return .given(values)
    }
  }

  // Lasagne adds the two sizes before multiplying by the receptive field, whatever they stand for:
  // (inputs, units) of a dense layer, (filters, channels) of a convolution.
  private func glorotDeviation(
    _ shape: [Int], _ gain: Gain, _ c01b: Bool
  ) throws(InitializerError) -> Double {
    try check(gain.value, "gain", shape)
    if c01b {
      try checkChannelsFirst(shape)
      return gain.value * (2 / Double((shape[0] + shape[3]) * shape[1] * shape[2])).squareRoot()
    }
    try checkAxes(shape)
    let field = shape.dropFirst(2).reduce(1, *)
    return gain.value * (2 / Double((shape[0] + shape[1]) * field)).squareRoot()
  }

  private func heDeviation(
    _ shape: [Int], _ gain: Gain, _ c01b: Bool
  ) throws(InitializerError) -> Double {
    try check(gain.value, "gain", shape)
    if c01b {
      try checkChannelsFirst(shape)
      return gain.value * (1 / Double(shape[0] * shape[1] * shape[2])).squareRoot()
    }
    try checkAxes(shape)
    let fanIn = shape.count == 2 ? shape[0] : shape.dropFirst().reduce(1, *)
    return gain.value * (1 / Double(fanIn)).squareRoot()
  }

  private static func evenSpread(_ deviation: Double) -> Spread {
    let halfWidth = 3.0.squareRoot() * deviation
    return .uniform(low: -halfWidth, high: halfWidth)
  }

  private func checkAxes(_ shape: [Int]) throws(InitializerError) {
    guard shape.count >= 2 else {
      throw failure(
        shape, "needs a shape of at least 2 axes, got \(shape): use Normal or Uniform here.")
    }
  }

  private func checkChannelsFirst(_ shape: [Int]) throws(InitializerError) {
    guard shape.count == 4 else {
      throw failure(
        shape, "with c01b needs a shape (channels, rows, columns, filters), got \(shape).")
    }
  }

  private func check(_ value: Double, _ argument: String, _ shape: [Int]) throws(InitializerError) {
    guard value >= 0 else {
      throw failure(shape, "needs a \(argument) of at least 0, got \(value).")
    }
  }

  private func failure(_ shape: [Int], _ reason: String) -> InitializerError {
    InitializerError(
      initializer: name, shape: shape, description: "The initializer \(name) \(reason)")
  }
}
