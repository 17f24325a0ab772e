import Tensors

/// The directions in which samples differ most, and where each sample lies along them.
///
/// Pearson, On lines and planes of closest fit to systems of points in space, 1901; from the
/// singular values in double precision.
public struct PrincipalComponents: Sendable {
  /// For each component where each sample lies, their mean at 0; of the one that lies farthest out
  /// the sign is positive.
  public let coordinates: [[Double]]
  /// The share of the whole variance that each component has.
  public let shares: [Double]

  /// The first `count` components of samples in rows, `[samples, features]`.
  ///
  /// - Throws: `TensorError` where the samples are no matrix or hold what is not a number.
  public init(_ samples: Tensor, count: Int) throws(TensorError) {
    guard samples.rank == 2, samples.shape[0] > 0, samples.shape[1] > 0 else {
      throw TensorError(
        operation: "PrincipalComponents", message: "samples must be rows of a matrix",
        shapes: [samples.shape])
    }
    let centered = try Self.centered(samples)
    let (rows, width) = (centered.shape[0], centered.shape[1])
    var values: [Double]
    let directions: Tensor
    if width <= rows {
      let parts = try centered.svd()
      values = try parts.s.values(as: Double.self)
      directions = parts.u
    } else {
      // The samples' products with each other have the squares of the same singular values.
      let parts = try centered.matmul(centered.transposed()).svd()
      values = try parts.s.values(as: Double.self).map { max(0, $0).squareRoot() }
      directions = parts.u
    }
    guard values.allSatisfy(\.isFinite) else {
      throw TensorError(
        operation: "PrincipalComponents", message: "the samples hold what is not a number")
    }
    let total = values.reduce(0) { $0 + $1 * $1 }
    var coordinates: [[Double]] = []
    for component in 0..<count {
      guard component < values.count else {
        coordinates.append([Double](repeating: 0, count: rows))
        values.append(0)
        continue
      }
      let direction = try directions.selected(axis: 1, index: component).values(as: Double.self)
      let length = values[component]
      let farthest = direction.max { abs($0) < abs($1) } ?? 1
      coordinates.append(direction.map { $0 * (farthest < 0 ? -length : length) })
    }
    self.coordinates = coordinates
    shares = values.prefix(count).map { total > 0 ? $0 * $0 / total : 0 }
  }

  /// The samples in double precision, each feature's mean at 0.
  static func centered(_ samples: Tensor) throws(TensorError) -> Tensor {
    let precise = try samples.converted(to: .float64)
    return try precise - precise.mean(axes: [0], keepAxes: true)
  }
}
