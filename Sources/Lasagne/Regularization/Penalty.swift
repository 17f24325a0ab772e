import Tensors

/// A price on large parameters, added to the loss.
public enum Penalty: String, Codable, CaseIterable, Equatable, Hashable, Sendable {
  /// The sum of absolute values.
  case l1
  /// The sum of squares, without a factor ½.
  case l2

  /// The penalty of one tensor, of shape [].
  public func callAsFunction(_ tensor: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .l1: try tensor.absolute().sum()
    case .l2: try tensor.squared().sum()
    }
  }
}

/// The sum of the penalties of some tensors; 0 for none.
public func applyPenalty(
  _ tensors: [Tensor], _ penalty: Penalty
) throws(TensorError) -> Tensor {
  try applyPenalty(tensors.map { (tensor: $0, coefficient: 1) }, penalty)
}

/// The sum of the penalties of some tensors, each times its coefficient; 0 for none.
public func applyPenalty(
  _ weighted: [(tensor: Tensor, coefficient: Double)], _ penalty: Penalty
) throws(TensorError) -> Tensor {
  var total: Tensor?
  for (tensor, coefficient) in weighted {
    let price = try penalty(tensor)
    let term = try coefficient == 1 ? price : price * coefficient
    total = if let sum = total { try sum + term } else { term }
  }
  if let total { return total }
  return try Tensor(0)
}
