import Tensors

/// How the losses of a batch become one number.
public enum Aggregation: String, Codable, CaseIterable, Equatable, Hashable, Sendable {
  /// The mean over all elements, whatever the weights.
  case mean
  /// The sum.
  case sum
  /// The weighted sum divided by the sum of the weights as given.
  case normalizedSum
}

/// Brings element-wise losses to one number, weighted if weights are given.
///
/// Weights must broadcast with the losses; `normalizedSum` cannot do without.
public func aggregate(
  _ loss: Tensor, weights: Tensor? = nil, mode: Aggregation = .mean
) throws(TensorError) -> Tensor {
  let weighted = if let weights { try loss * weights } else { loss }
  switch mode {
  case .mean:
    return try weighted.mean()
  case .sum:
    return try weighted.sum()
  case .normalizedSum:
    guard let weights else {
      throw TensorError(
        operation: "aggregate",
        message: "normalizedSum divides by the sum of the weights, but got none; give weights or "
          + "use mean.",
        shapes: [loss.shape])
    }
    return try weighted.sum() / weights.sum()
  }
}
