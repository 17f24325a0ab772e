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
