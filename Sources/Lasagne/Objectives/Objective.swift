/// What training makes small: a loss of each prediction against its target.
///
/// Predictions are probabilities for the cross-entropies, as in Lasagne.
public enum Objective: Equatable, Hashable, Sendable {
  /// -t · log(p) - (1 - t) · log(1 - p), for each number.
  case binaryCrossentropy
  /// -log of the probability of the right class, for each row; targets are class numbers or rows.
  case categoricalCrossentropy
  /// (p - t)², for each number.
  case squaredError
  /// max(0, delta - p · t), for each number.
  ///
  /// `logOdds` tells whether predictions are log odds (true) or probabilities (false); `binary`
  /// whether targets are 0 and 1 (true) or -1 and 1 (false).
  case binaryHingeLoss(delta: Double = 1, logOdds: Bool, binary: Bool = true)
  /// max(0, best wrong prediction - right prediction + delta), for each row.
  case multiclassHingeLoss(delta: Double = 1)
  /// Half the squared error up to delta, linear beyond, for each number.
  case huberLoss(delta: Double = 1)
}

extension Objective {
  /// The name without arguments.
  public var name: String {
    switch self {
    case .binaryCrossentropy: "binaryCrossentropy"
    case .categoricalCrossentropy: "categoricalCrossentropy"
    case .squaredError: "squaredError"
    case .binaryHingeLoss: "binaryHingeLoss"
    case .multiclassHingeLoss: "multiclassHingeLoss"
    case .huberLoss: "huberLoss"
    }
  }

  /// Every name a recipe may use.
  public static let names = [
    "binaryCrossentropy", "categoricalCrossentropy", "squaredError", "binaryHingeLoss",
    "multiclassHingeLoss", "huberLoss",
  ]

  /// Whether targets may be class numbers, one for each row of predictions.
  public var takesClassNumbers: Bool {
    switch self {
    case .categoricalCrossentropy, .multiclassHingeLoss: true
    default: false
    }
  }
}
