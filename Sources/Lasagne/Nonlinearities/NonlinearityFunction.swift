import Tensors

extension Nonlinearity {
  /// Applies the function to every number of the tensor; softmax works along its axis.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    switch self {
    case .sigmoid: try x.sigmoid()
    case .softmax(let axis): try x.softmax(axis: self.axis(axis, of: x))
    case .logSoftmax(let axis): try x.logSoftmax(axis: self.axis(axis, of: x))
    case .tanh: try x.tanh()
    case .scaledTanh(let scaleIn, let scaleOut): try (x * scaleIn).tanh() * scaleOut
    case .rectify: try x.rectified()
    case .leakyRectify(let leakiness): try x.rectified(slope: leakiness)
    case .elu: try x.elu(alpha: 1)
    case .selu(let scale, let scaleNeg): try x.elu(alpha: scaleNeg) * scale
    case .softplus: try x.softplus()
    case .linear: x
    case .gelu: try x.gelu()
    case .geluTanh: try Self.geluTanh(x)
    case .silu: try x.silu()
    case .hardSwish: try x * (x + 3).clamp(min: 0, max: 6) * (1 / 6)
    case .mish: try x * x.softplus().tanh()
    }
  }

  /// 0.5 · x · (1 + tanh(sqrt(2 / π) · (x + 0.044715 · x³))).
  private static func geluTanh(_ x: Tensor) throws(TensorError) -> Tensor {
    let inner = try (x + x * x * x * 0.044715) * (2 / Double.pi).squareRoot()
    return try x * (inner.tanh() + 1) * 0.5
  }

  /// The axis counted from the front, or a sentence about a tensor that does not have it.
  private func axis(_ axis: Int, of x: Tensor) throws(TensorError) -> Int {
    guard (-x.rank..<x.rank).contains(axis) else {
      let place = axis == -1 ? "the last axis, but got a single number" : "axis \(axis)"
      throw TensorError(
        operation: name,
        message: "\(name) works along \(place); give it an array that has this axis.",
        shapes: [x.shape])
    }
    return axis < 0 ? axis + x.rank : axis
  }
}
