import Tensors

/// Measures parameters around one update: norm, gradient norm, and how large the change is against
/// what it changes.
struct ParameterWatch {
  private let parameters: [(name: String, tensor: Tensor)]
  private let before: [Tensor]
  private let gradients: [Tensor]
  /// How long the measurements took so far.
  private(set) var duration: Duration

  /// Remembers the parameters as they are before the update.
  init(_ parameters: [(name: String, tensor: Tensor)], _ gradients: [Tensor]) throws(TensorError) {
    let start = ContinuousClock.now
    self.parameters = parameters
    self.gradients = gradients
    before = try withoutGradients { () throws(TensorError) in
      var copies: [Tensor] = []
      for (_, tensor) in parameters { copies.append(try tensor.copied()) }
      return copies
    }
    duration = ContinuousClock.now - start
  }

  /// The measurements after the update, by metric key; fetched from the device at once.
  mutating func values() throws(TensorError) -> [String: Double] {
    guard !parameters.isEmpty else { return [:] }
    let start = ContinuousClock.now
    defer { duration += ContinuousClock.now - start }
    let norms = try withoutGradients { () throws(TensorError) in
      var norms: [Tensor] = []
      for (index, parameter) in parameters.enumerated() {
        norms.append(try parameter.tensor.norm())
        norms.append(try gradients[index].norm())
        norms.append(try (parameter.tensor - before[index]).norm())
        norms.append(try before[index].norm())
      }
      return try Tensor.stack(norms, axis: 0).values(as: Double.self)
    }
    var values: [String: Double] = [:]
    for (index, parameter) in parameters.enumerated() {
      let measured = norms[(4 * index)..<(4 * index + 4)].map(\.self)
      values["params/\(parameter.name)/norm"] = measured[0]
      values["params/\(parameter.name)/gradientNorm"] = measured[1]
      values["params/\(parameter.name)/updateRatio"] =
        measured[3] > 0 ? measured[2] / measured[3] : 0
    }
    return values
  }
}
