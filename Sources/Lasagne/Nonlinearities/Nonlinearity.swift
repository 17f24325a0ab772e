/// A function applied to each number a layer computes (softmax: to each row).
public enum Nonlinearity: Equatable, Hashable, Sendable {
  /// 1 / (1 + e^-x).
  case sigmoid
  /// e^x over the sum of e^x along the last axis: each row becomes probabilities.
  case softmax
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
  case gelu
  /// x · sigmoid(x).
  case silu
}

extension Nonlinearity {
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
}
