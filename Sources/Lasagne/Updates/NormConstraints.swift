import Tensors

/// Scales a tensor so that the norm of each of its parts is at most `maxNorm`.
///
/// Parts are what `axes` sums over: by default the columns of a matrix, and for 3 to 5 axes all axes
/// but the first. Every part is multiplied by min(norm, maxNorm) / (epsilon + norm).
public func normConstraint(
  _ tensor: Tensor, maxNorm: Double, axes: [Int]? = nil, epsilon: Double = 1e-7
) throws(TensorError) -> Tensor {
  let summed = try axesOfParts(tensor, axes, "normConstraint")
  let norms = try tensor.squared().sum(axes: summed, keepAxes: true).squareRoot()
  return try tensor * (norms.clamp(min: 0, max: maxNorm) / (norms + epsilon))
}

/// The norm of each part of a tensor, the axes summed over taken away.
///
/// Parts are as for `normConstraint`; of a vector each number is one, and its norm the absolute value.
public func computeNorms(_ tensor: Tensor, axes: [Int]? = nil) throws(TensorError) -> Tensor {
  if axes == nil, tensor.rank == 1 { return try tensor.absolute() }
  let summed = try axesOfParts(tensor, axes, "computeNorms")
  return try tensor.squared().sum(axes: summed).squareRoot()
}

/// What norms sum over: the told axes, else the inputs of a unit or of a filter.
private func axesOfParts(
  _ tensor: Tensor, _ told: [Int]?, _ operation: String
) throws(TensorError) -> [Int] {
  switch (told, tensor.rank) {
  case (let axes?, _): return axes
  case (nil, 2): return [0]
  case (nil, 3...5): return Array(1..<tensor.rank)
  default:
    throw TensorError(
      operation: operation,
      message: "there is no default for \(tensor.rank) axes; tell it the axes to sum over.",
      shapes: [tensor.shape])
  }
}

/// Scales tensors, together, so that the norm of all their numbers is at most `maxNorm`.
///
/// Returns the scaled tensors and the norm before, of shape []. All are multiplied by
/// min(norm, maxNorm) / (epsilon + norm). Nothing waits for the device.
public func totalNormConstraint(
  _ tensors: [Tensor], maxNorm: Double, epsilon: Double = 1e-7
) throws(TensorError) -> (tensors: [Tensor], norm: Tensor) {
  guard let first = tensors.first else {
    return ([], try Tensor(0))
  }
  var total = try first.squared().sum()
  for tensor in tensors.dropFirst() {
    total = try total + tensor.squared().sum()
  }
  let norm = try total.squareRoot()
  let factor = try norm.clamp(min: 0, max: maxNorm) / (norm + epsilon)
  var scaled: [Tensor] = []
  for tensor in tensors {
    scaled.append(try tensor * factor)
  }
  return (scaled, norm)
}
