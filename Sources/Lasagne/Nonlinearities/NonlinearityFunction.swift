import Tensors

extension Nonlinearity {
  /// Applies the function to every number of the tensor; softmax works along the last axis.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .sigmoid: try x.sigmoid()
    case .softmax: try Self.softmax(x)
    case .tanh: try x.tanh()
    case .scaledTanh(let scaleIn, let scaleOut): try (x * scaleIn).tanh() * scaleOut
    case .rectify: try x.rectified()
    case .leakyRectify(let leakiness): try x.rectified(slope: leakiness)
    case .elu: try x.elu(alpha: 1)
    case .selu(let scale, let scaleNeg): try x.elu(alpha: scaleNeg) * scale
    case .softplus: try x.softplus()
    case .linear: x
    case .gelu: try x.gelu()
    case .silu: try x.silu()
    }
  }

  private static func softmax(_ x: Tensor) throws(TensorError) -> Tensor {
    guard x.rank >= 1 else {
      throw TensorError(
        operation: "softmax",
        message: "softmax works along the last axis, but got a single number; give it a matrix.")
    }
    return try x.softmax(axis: x.rank - 1)
  }
}
