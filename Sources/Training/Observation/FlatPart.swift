import Foundation
import Lasagne
import Tensors

/// Where a nonlinearity is flat, told by what it gives: its derivative is less than a twentieth of
/// its largest there, so that hardly any gradient comes through.
enum FlatPart: Equatable {
  /// Numbers of at most so much.
  case atMost(Double)
  /// Numbers outside of a range.
  case outside(Double, Double)
  /// Rows along an axis whose largest number is greater than so much.
  case rows(axis: Int, above: Double)

  /// The part of the largest derivative below which a function counts as flat.
  static let threshold = 0.05

  /// The flat part of a nonlinearity; `nil` where it has none, or its output does not tell.
  ///
  /// | nonlinearity | flat where its output y is |
  /// |---|---|
  /// | sigmoid: y (1 - y) < 0.05 / 4 | < 0.0127 or > 0.9873 |
  /// | tanh: 1 - y² < 0.05 | < -0.9747 or > 0.9747 (scaledTanh: times scaleOut) |
  /// | softmax: p (1 - p) < 0.05 / 4 of a row's largest p | p > 0.9873 |
  /// | rectify | 0 |
  /// | elu: y + 1 < 0.05 | < -0.95 (selu: times both scales) |
  /// | softplus: 1 - e^-y < 0.05 | < 0.0513 |
  init?(_ nonlinearity: Nonlinearity) {
    let root = (1 - Self.threshold).squareRoot()
    let probability = (1 + root) / 2
    switch nonlinearity {
    case .sigmoid: self = .outside(1 - probability, probability)
    case .tanh: self = .outside(-root, root)
    case .scaledTanh(_, let scale):
      self = .outside(-root * abs(scale), root * abs(scale))
    case .softmax(let axis): self = .rows(axis: axis, above: probability)
    case .logSoftmax(let axis): self = .rows(axis: axis, above: log(probability))
    case .rectify: self = .atMost(0)
    case .elu: self = .atMost(Self.threshold - 1)
    case .selu(let scale, let scaleNeg):
      guard scale > 0, scaleNeg > 0 else { return nil }
      self = .atMost((Self.threshold - 1) * scale * scaleNeg)
    case .softplus: self = .atMost(-log(1 - Self.threshold))
    case .leakyRectify, .linear, .gelu, .geluTanh, .silu, .hardSwish, .mish: return nil
    }
  }

  /// How many numbers (or rows) are in the flat part, and of how many; the first a single number.
  func count(in output: Tensor) throws(TensorError) -> (flat: Tensor, of: Int) {
    switch self {
    case .atMost(let bound):
      return (try Self.sum(output.lessOrEqual(bound)), output.count)
    case .outside(let low, let high):
      let flat = try Self.sum(output.less(low)) + Self.sum(output.greater(high))
      return (flat, output.count)
    case .rows(let axis, let bound):
      let largest = try output.max(axes: [axis])
      return (try Self.sum(largest.greater(bound)), largest.count)
    }
  }

  private static func sum(_ flags: Tensor) throws(TensorError) -> Tensor {
    try flags.converted(to: .float32).sum()
  }
}
