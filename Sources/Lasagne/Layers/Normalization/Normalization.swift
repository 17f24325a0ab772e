import Tensors

// What the normalizations have in common: mean 0 and deviation 1, then a learned scale and shift.

extension Tensor {
  /// Mean 0 and (biased) deviation 1 over the given axes.
  func standardized(axes: [Int], epsilon: Double) throws(TensorError) -> Tensor {
    let mean = try mean(axes: axes, keepAxes: true)
    let variance = try variance(axes: axes, keepAxes: true)
    return try (self - mean) * (variance + epsilon).reciprocalSquareRoot()
  }
}

extension ParameterSpec {
  /// The shift and the scale after a normalization, in this order; nil: without.
  static func shiftAndScale(
    beta: ParameterSource?, gamma: ParameterSource?, shape: [Int]
  ) -> [ParameterSpec] {
    var specs: [ParameterSpec] = []
    if let beta {
      specs.append(ParameterSpec("beta", shape: shape, source: beta, tags: [.trainable]))
    }
    if let gamma { specs.append(ParameterSpec("gamma", shape: shape, source: gamma)) }
    return specs
  }
}

extension LayerContext {
  /// A tensor times `gamma` plus `beta`, where the layer has them, each the same along some axes.
  func scaledAndShifted(_ x: Tensor, across axes: [Int]) throws(TensorError) -> Tensor {
    var output = x
    if let gamma = optionalParameter("gamma") {
      output = try output * gamma.broadcast(across: axes, rank: x.rank)
    }
    if let beta = optionalParameter("beta") {
      output = try output + beta.broadcast(across: axes, rank: x.rank)
    }
    return output
  }
}

extension Axes {
  /// The axes of one example that a normalization works over: at least one, none of them the batch.
  func withinExamples(_ input: Shape) throws(NetworkError) -> [Int] {
    guard input.count >= 2 else {
      throw NetworkError("needs an input of at least 2 axes (batch, features), got \(input.text).")
    }
    let axes = try resolved(
      rank: input.count, auto: [], words: [.spatial, .features], "axes")
    guard !axes.isEmpty else {
      throw NetworkError("has no axes to work over in an input \(input.text); name some.")
    }
    guard !axes.contains(0) else {
      throw NetworkError(
        "normalizes each example by itself, but has the axes \(axes), of which 0 is the batch; leave "
          + "it out, or use a BatchNormLayer.")
    }
    return axes
  }
}

/// Throws where what is added to a variance is not above 0.
func checkEpsilon(_ epsilon: Double) throws(NetworkError) {
  guard epsilon > 0 else { throw NetworkError("needs an epsilon above 0, got \(epsilon).") }
}
