import Tensors

/// 1 where a prediction falls on the side of the threshold its target is on, else 0; for each number.
public func binaryAccuracy(
  _ predictions: Tensor, _ targets: Tensor, threshold: Double = 0.5
) throws(TensorError) -> Tensor {
  let aligned = try Targets.aligned(targets, to: predictions, for: "binaryAccuracy")
  let decided = try predictions.greaterOrEqual(threshold).converted(to: predictions.dataType)
  return try decided.equal(aligned).converted(to: predictions.dataType)
}

/// 1 where the right class is among the `topK` highest predictions of its row, else 0; for each row.
///
/// Targets are class numbers or rows, of which the highest entry counts.
public func categoricalAccuracy(
  _ predictions: Tensor, _ targets: Tensor, topK: Int = 1
) throws(TensorError) -> Tensor {
  let axis = predictions.rank - 1
  let numbers: Tensor
  switch try Targets.classes(targets, for: predictions, operation: "categoricalAccuracy") {
  case .numbers(let given): numbers = given
  case .rows(let rows): numbers = try rows.argmax(axis: axis)
  }
  guard (1...predictions.shape[axis]).contains(topK) else {
    throw TensorError(
      operation: "categoricalAccuracy",
      message: "topK must be from 1 to the number of classes \(predictions.shape[axis]), got "
        + "\(topK).",
      shapes: [predictions.shape, targets.shape])
  }
  if topK == 1 {
    return try predictions.argmax(axis: axis).equal(numbers).converted(to: predictions.dataType)
  }
  let top = try predictions.topK(topK, axis: axis).indices
  return try top.equal(numbers.unsqueezed(axis: axis)).converted(to: predictions.dataType)
    .max(axes: [axis])
}
