import Tensors

extension Objective {
  /// The smoothed cross-entropy or the categorical focal loss of each row.
  func categorical(
    logProbabilities: Tensor, _ targets: Tensor
  ) throws(TensorError) -> Tensor {
    let axis = logProbabilities.rank - 1
    let losses =
      if case .categoricalFocalLoss(let gamma) = self {
        try -logProbabilities * Self.difficulty(1 - logProbabilities.exponential(), gamma)
      } else {
        try -logProbabilities
      }
    let right: Tensor
    switch try Targets.classes(targets, for: logProbabilities, operation: name) {
    case .numbers(let numbers): right = try Targets.chosen(losses, numbers)
    case .rows(let rows): right = try (rows * losses).sum(axes: [axis])
    }
    guard case .smoothedCrossentropy(let smoothing) = self else { return right }
    return try right * (1 - smoothing) + losses.mean(axes: [axis]) * smoothing
  }

  /// The binary focal loss from the cross-entropies and the probabilities of 1.
  static func binaryFocal(
    entropy: Tensor, _ p: Tensor, _ t: Tensor, gamma: Double, alpha: Double?
  ) throws(TensorError) -> Tensor {
    let wrong = try p + t - p * t * 2
    let loss = try entropy * difficulty(wrong, gamma)
    guard let alpha else { return loss }
    return try loss * (t * (2 * alpha - 1) + (1 - alpha))
  }

  /// What is missing to a probability of 1, to the power of gamma.
  private static func difficulty(_ missing: Tensor, _ gamma: Double) throws(TensorError) -> Tensor {
    // A root has no slope at 0; there the cross-entropy beside it is 0.
    try missing.clamp(min: 1e-12).power(gamma)
  }
}
