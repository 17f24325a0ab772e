import Tensors

extension Objective {
  /// The cross-entropy of softmax(logits), for each row, without the rounding of the probabilities.
  ///
  /// Equal to `categoricalCrossentropy(softmax(logits), targets)` up to rounding, and finite where
  /// that overflows.
  public static func categoricalCrossentropy(
    logits: Tensor, targets: Tensor
  ) throws(TensorError) -> Tensor {
    switch try Targets.classes(
      targets, for: logits, operation: Objective.categoricalCrossentropy.name)
    {
    case .numbers(let numbers):
      return try Tensor.logSoftmaxCrossEntropy(logits: logits, targets: numbers)
    case .rows(let rows):
      let axis = logits.rank - 1
      return try -(rows * logits.logSoftmax(axis: axis)).sum(axes: [axis])
    }
  }

  /// The cross-entropy of sigmoid(logits), for each number: softplus(x) - t · x.
  public static func binaryCrossentropy(
    logits: Tensor, targets: Tensor
  ) throws(TensorError) -> Tensor {
    let aligned = try Targets.aligned(targets, to: logits, for: "binaryCrossentropy")
    return try logits.softplus() - aligned * logits
  }
}

extension Objective {
  /// The nonlinearity whose input this loss can be computed from, with less rounding than from its
  /// output.
  public var logitNonlinearity: Nonlinearity? {
    switch self {
    case .categoricalCrossentropy, .smoothedCrossentropy, .categoricalFocalLoss, .ctcLoss: .softmax
    case .binaryCrossentropy, .binaryFocalLoss: .sigmoid
    case .squaredError, .binaryHingeLoss, .multiclassHingeLoss, .huberLoss: nil
    }
  }

  /// The loss of what is before the softmax or the sigmoid of the predictions: the same up to
  /// rounding, and finite where probabilities round to zero.
  ///
  /// - Throws: `TensorError` for an objective without `logitNonlinearity`, and as from predictions.
  public func callAsFunction(logits: Tensor, _ targets: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .categoricalCrossentropy:
      return try Self.categoricalCrossentropy(logits: logits, targets: targets)
    case .smoothedCrossentropy, .categoricalFocalLoss:
      return try categorical(logProbabilities: logits.logSoftmax(axis: logits.rank - 1), targets)
    case .ctcLoss(let blank):
      return try Self.ctcLoss(
        logProbabilities: logits.logSoftmax(axis: logits.rank - 1), targets: targets, blank: blank)
    case .binaryCrossentropy:
      return try Self.binaryCrossentropy(logits: logits, targets: targets)
    case .binaryFocalLoss(let gamma, let alpha):
      let aligned = try Targets.aligned(targets, to: logits, for: name)
      return try Self.binaryFocal(
        entropy: logits.softplus() - aligned * logits, logits.sigmoid(), aligned, gamma: gamma,
        alpha: alpha)
    case .squaredError, .binaryHingeLoss, .multiclassHingeLoss, .huberLoss:
      throw TensorError(
        operation: name,
        message: "\(name) is not a loss of probabilities; give it the predictions.",
        shapes: [logits.shape, targets.shape])
    }
  }
}
