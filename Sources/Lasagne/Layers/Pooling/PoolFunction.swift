import Tensors

/// What pooling over features or over all positions makes of a group of numbers.
public enum PoolFunction: String, Codable, Sendable, CaseIterable {
  case max, min, mean, sum

  func callAsFunction(_ input: Tensor, axes: [Int]) throws(TensorError) -> Tensor {
    switch self {
    case .max: try input.max(axes: axes)
    case .min: try input.min(axes: axes)
    case .mean: try input.mean(axes: axes)
    case .sum: try input.sum(axes: axes)
    }
  }
}
