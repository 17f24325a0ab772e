import Tensors

/// Class numbers as rows with a 1 in the place of the class and 0 elsewhere, as an axis at the end.
///
/// Without a `count` there are as many places as the greatest number needs, which waits for the device.
/// Numbers outside the places give a row of zeros.
public func oneHot(
  _ numbers: Tensor, count: Int? = nil, dataType: DataType = .float32
) throws(TensorError) -> Tensor {
  guard numbers.dataType.holdsWholeNumbers else {
    throw TensorError(
      operation: "oneHot",
      message: "class numbers must be whole numbers (int64), got \(numbers.dataType.rawValue).",
      shapes: [numbers.shape])
  }
  let numbers = try numbers.converted(to: .int64)
  let places = if let count { count } else { Int(try numbers.max().item()) + 1 }
  let classes = try Tensor.arange(places, dataType: .int64, device: numbers.device)
  return try numbers.unsqueezed(axis: numbers.rank).equal(classes).converted(to: dataType)
}
