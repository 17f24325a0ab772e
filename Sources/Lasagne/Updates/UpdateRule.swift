/// How gradients change parameters, with the formulas of Lasagne where it has the rule.
///
/// The learning rate is not part of a rule: it is given at every step and may change at any.
public indirect enum UpdateRule: Equatable, Hashable, Sendable {
  /// p - rate · g.
  case sgd
  /// v ← momentum · v - rate · g; p + v.
  ///
  /// The velocity contains the learning rate: a new rate acts on what comes, not on what was.
  case momentum(momentum: Double = 0.9)
  /// v ← momentum · v - rate · g; p + momentum · v - rate · g.
  case nesterovMomentum(momentum: Double = 0.9)
  /// a ← a + g²; p - rate · g / sqrt(a + epsilon).
  ///
  /// Duchi et al., Adaptive subgradient methods, 2011.
  case adagrad(epsilon: Double = 1e-6)
  /// a ← rho · a + (1 - rho) · g²; p - rate · g / sqrt(a + epsilon).
  ///
  /// Tieleman and Hinton, Lecture 6.5, 2012.
  case rmsprop(rho: Double = 0.9, epsilon: Double = 1e-6)
  /// p - rate · u, u = g · sqrt(d + epsilon) / sqrt(a + epsilon).
  ///
  /// Running means a of g² and d of u²: a ← rho · a + (1 - rho) · g² before u, the same for d after.
  /// Zeiler, ADADELTA, 2012.
  case adadelta(rho: Double = 0.95, epsilon: Double = 1e-6)
  /// p - c · m / (sqrt(v) + epsilon), c = rate · sqrt(1 - beta2^t) / (1 - beta1^t).
  ///
  /// Kingma and Ba, Adam, 2014; epsilon is not corrected for the bias.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// u ← max(beta2 · u, |g|); p - rate / (1 - beta1^t) · m / (u + epsilon).
  case adamax(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with the largest v so far, before the correction of its bias by Reddi et al.
  case amsgrad(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// p - rate · decay · p, then adam, its epsilon corrected for the bias as in PyTorch.
  ///
  /// Loshchilov and Hutter, Decoupled weight decay regularization, 2019. In a session only
  /// regularizable parameters decay.
  case adamw(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)
  /// p - rate · (sign(beta1 · m + (1 - beta1) · g) + decay · p); m ← beta2 · m + (1 - beta2) · g.
  ///
  /// Chen et al., Symbolic discovery of optimization algorithms, 2023. In a session only
  /// regularizable parameters decay.
  case lion(beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0)
  /// Another rule; after every so many of its steps s ← s + alpha · (p - s), and p becomes s.
  ///
  /// The slow weights s begin as the parameters. Zhang et al., Lookahead optimizer, 2019.
  case lookahead(around: UpdateRule, steps: Int = 5, alpha: Double = 0.5)
  /// Momentum on top of another rule, whose change d of p takes the place of -rate · g.
  case applyMomentum(to: UpdateRule, momentum: Double = 0.9)
  /// Nesterov momentum on top of another rule.
  case applyNesterovMomentum(to: UpdateRule, momentum: Double = 0.9)
}

extension UpdateRule {
  /// The default learning rate, Lasagne's where it has the rule; nil where one must be given.
  public var defaultLearningRate: Double? {
    switch self {
    case .sgd, .momentum, .nesterovMomentum: nil
    case .adagrad, .rmsprop, .adadelta: 1
    case .adam, .amsgrad, .adamw: 0.001
    case .adamax: 0.002
    case .lion: 0.0001
    case .applyMomentum(let rule, _), .applyNesterovMomentum(let rule, _),
      .lookahead(let rule, _, _):
      rule.defaultLearningRate
    }
  }

  /// The name without arguments.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .momentum: "momentum"
    case .nesterovMomentum: "nesterovMomentum"
    case .adagrad: "adagrad"
    case .rmsprop: "rmsprop"
    case .adadelta: "adadelta"
    case .adam: "adam"
    case .adamax: "adamax"
    case .amsgrad: "amsgrad"
    case .adamw: "adamw"
    case .lion: "lion"
    case .lookahead: "lookahead"
    case .applyMomentum: "applyMomentum"
    case .applyNesterovMomentum: "applyNesterovMomentum"
    }
  }

  /// Every name a recipe may use.
  public static let names = [
    "sgd", "momentum", "nesterovMomentum", "adagrad", "rmsprop", "adadelta", "adam", "adamax",
    "amsgrad", "adamw", "lion", "lookahead", "applyMomentum", "applyNesterovMomentum",
  ]
}
