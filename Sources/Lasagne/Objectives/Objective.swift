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
  /// The categorical cross-entropy with a part of each target spread evenly over all classes.
  ///
  /// Szegedy et al., Rethinking the Inception architecture, 2016: targets become
  /// (1 - smoothing) · t + smoothing / classes.
  case smoothedCrossentropy(smoothing: Double = 0.1)
  /// -t · (1 - p)^gamma · log(p), summed over each row: what is right already counts less.
  ///
  /// Lin et al., Focal loss for dense object detection, 2017, for classes that exclude each other;
  /// targets are class numbers or rows.
  case categoricalFocalLoss(gamma: Double = 2)
  /// The focal loss of Lin et al. for each number; `alpha` weighs targets 1, and 1 - alpha targets 0.
  case binaryFocalLoss(gamma: Double = 2, alpha: Double? = nil)
  /// The connectionist temporal classification loss, for each sequence.
  ///
  /// Predictions are probabilities (batch × time × classes), targets whole numbers (batch × labels);
  /// negative ones fill the rows of shorter sequences. `blank` is the class that stands for no label.
  /// Graves et al., Connectionist temporal classification, 2006.
  case ctcLoss(blank: Int = 0)
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
    case .smoothedCrossentropy: "smoothedCrossentropy"
    case .categoricalFocalLoss: "categoricalFocalLoss"
    case .binaryFocalLoss: "binaryFocalLoss"
    case .ctcLoss: "ctcLoss"
    }
  }

  /// Every name a recipe may use.
  public static let names = [
    "binaryCrossentropy", "categoricalCrossentropy", "squaredError", "binaryHingeLoss",
    "multiclassHingeLoss", "huberLoss", "smoothedCrossentropy", "categoricalFocalLoss",
    "binaryFocalLoss", "ctcLoss",
  ]

  /// Whether targets may be class numbers, one for each row of predictions.
  public var takesClassNumbers: Bool {
    switch self {
    case .categoricalCrossentropy, .smoothedCrossentropy, .categoricalFocalLoss,
      .multiclassHingeLoss:
      true
    default: false
    }
  }

  /// How it can be told which predictions are right.
  public var accuracy: AccuracyKind? {
    switch self {
    case .categoricalCrossentropy, .smoothedCrossentropy, .categoricalFocalLoss,
      .multiclassHingeLoss:
      .categorical
    case .binaryCrossentropy, .binaryFocalLoss: .binary
    case .squaredError, .binaryHingeLoss, .huberLoss, .ctcLoss: nil
    }
  }

  /// What right and wrong means of predictions.
  public enum AccuracyKind: Sendable {
    /// The highest entry of a row is the right class.
    case categorical
    /// A number is on the side of ½ its target is on.
    case binary
  }
}
