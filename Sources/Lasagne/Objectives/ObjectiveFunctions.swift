import Tensors

extension Objective {
  /// The loss of each prediction: element-wise, to be brought to one number by `aggregate`.
  ///
  /// The result has the shape of the predictions; for the categorical objectives, without the last
  /// axis. A vector of targets for a single column of predictions is taken as a column.
  public func callAsFunction(
    _ predictions: Tensor, _ targets: Tensor
  ) throws(TensorError) -> Tensor {
    switch self {
    case .categoricalCrossentropy:
      return try Self.crossentropy(predictions, targets)
    case .multiclassHingeLoss(let delta):
      return try Self.multiclassHinge(predictions, targets, delta)
    case .smoothedCrossentropy, .categoricalFocalLoss:
      return try categorical(logProbabilities: predictions.log(), targets)
    case .ctcLoss(let blank):
      // The logarithm of a probability that was rounded to 0 has no gradient.
      return try Self.ctcLoss(
        logProbabilities: predictions.clamp(min: 1e-37).log(), targets: targets, blank: blank)
    default:
      let aligned = try Targets.aligned(targets, to: predictions, for: name)
      return try elementwise(predictions, aligned)
    }
  }

  private func elementwise(_ p: Tensor, _ t: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .binaryCrossentropy:
      return try -(t * p.log() + (1 - t) * (1 - p).log())
    case .binaryHingeLoss(let delta, let logOdds, let binary):
      let odds = try logOdds ? p : (p / (1 - p)).log()
      let signs = try binary ? t * 2 - 1 : t
      return try Nonlinearity.rectify(delta - odds * signs)
    case .huberLoss(let delta):
      let distance = try (t - p).absolute()
      return try Tensor.select(
        distance.lessOrEqual(delta), distance.squared() * 0.5, (distance - delta / 2) * delta)
    case .binaryFocalLoss(let gamma, let alpha):
      return try Self.binaryFocal(
        entropy: -(t * p.log() + (1 - t) * (1 - p).log()), p, t, gamma: gamma, alpha: alpha)
    default:
      return try (p - t).squared()
    }
  }

  private static func crossentropy(
    _ predictions: Tensor, _ targets: Tensor
  ) throws(TensorError) -> Tensor {
    switch try Targets.classes(
      targets, for: predictions, operation: Objective.categoricalCrossentropy.name)
    {
    case .numbers(let numbers):
      return try -Targets.chosen(predictions, numbers).log()
    case .rows(let rows):
      return try -(rows * predictions.log()).sum(axes: [predictions.rank - 1])
    }
  }

  private static func multiclassHinge(
    _ predictions: Tensor, _ targets: Tensor, _ delta: Double
  ) throws(TensorError) -> Tensor {
    let axis = predictions.rank - 1
    let rows: Tensor
    switch try Targets.classes(targets, for: predictions, operation: "multiclassHingeLoss") {
    case .rows(let given):
      rows = given
    case .numbers(let numbers):
      rows = try oneHot(numbers, count: predictions.shape[axis], dataType: predictions.dataType)
    }
    let isRight = try rows.greater(0)
    let right = try (predictions * rows).sum(axes: [axis])
    let lowest = try Tensor(
      -Double.infinity, dataType: predictions.dataType, device: predictions.device)
    let bestWrong = try Tensor.select(isRight, lowest, predictions).max(axes: [axis])
    return try Nonlinearity.rectify(bestWrong - right + delta)
  }
}
