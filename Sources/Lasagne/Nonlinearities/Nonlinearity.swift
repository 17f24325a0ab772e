/// A function applied to each number a layer computes (softmax: to each row).
///
/// An axis counts from the front, the batch being 0, or from the end where it is negative.
public enum Nonlinearity: Equatable, Hashable, Sendable {
  /// 1 / (1 + e^-x).
  case sigmoid
  /// e^x over the sum of e^x along an axis (the last, as a rule): each row becomes probabilities.
  case softmax(axis: Int = -1)
  /// The logarithm of `softmax`, without underflow.
  case logSoftmax(axis: Int = -1)
  /// The hyperbolic tangent.
  case tanh
  /// scaleOut · tanh(scaleIn · x).
  case scaledTanh(scaleIn: Double = 1, scaleOut: Double = 1)
  /// max(0, x); its derivative at exactly 0 is ½, as in Lasagne.
  case rectify
  /// x where positive, leakiness · x elsewhere.
  case leakyRectify(leakiness: Double = 0.01)
  /// x where positive, e^x - 1 elsewhere.
  case elu
  /// scale · x where positive, scale · scaleNeg · (e^x - 1) elsewhere.
  case selu(scale: Double = 1, scaleNeg: Double = 1)
  /// log(1 + e^x).
  case softplus
  /// x itself.
  case linear
  /// x · Φ(x), with Φ the distribution function of the standard normal distribution.
  ///
  /// Hendrycks & Gimpel, Gaussian Error Linear Units, 2016.
  case gelu
  /// The approximation of `gelu` by the hyperbolic tangent, from the same paper.
  case geluTanh
  /// x · sigmoid(x), also called swish (Elfwing et al. 2018).
  case silu
  /// x · min(max(x + 3, 0), 6) / 6: silu without exponentials (Howard et al., MobileNetV3, 2019).
  case hardSwish
  /// x · tanh(softplus(x)) (Misra 2019).
  case mish
}

extension Nonlinearity {
  /// Probabilities along the last axis.
  public static var softmax: Nonlinearity { .softmax(axis: -1) }
  /// The logarithms of probabilities along the last axis.
  public static var logSoftmax: Nonlinearity { .logSoftmax(axis: -1) }
  /// x itself: another name of `linear`.
  public static var identity: Nonlinearity { .linear }
  /// Leaky with a leakiness of 0.01.
  public static var leakyRectify: Nonlinearity { .leakyRectify(leakiness: 0.01) }
  /// Leaky with a leakiness of 1/3.
  public static var veryLeakyRectify: Nonlinearity { .leakyRectify(leakiness: 1.0 / 3) }
  /// Self-normalizing: with these scales mean 0 and variance 1 are kept from layer to layer.
  ///
  /// Klambauer et al., Self-Normalizing Neural Networks, 2017.
  public static var selu: Nonlinearity {
    .selu(scale: 1.0507009873554805, scaleNeg: 1.6732632423543772)
  }

  /// The axis that it works along; nil: it is applied to each number by itself.
  public var axis: Int? {
    switch self {
    case .softmax(let axis), .logSoftmax(let axis): axis
    default: nil
    }
  }

  /// Throws where it works along an axis that a layer's output does not have.
  func check(_ output: Shape) throws(NetworkError) {
    guard let axis, !(-output.count..<output.count).contains(axis) else { return }
    throw NetworkError(
      "has the nonlinearity \(name) along the axis \(axis), but its output \(output.text) has only "
        + "\(output.count) axes; use one from \(-output.count) to \(output.count - 1).")
  }
}
