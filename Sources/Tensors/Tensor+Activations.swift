import CTorch

extension Tensor {
  /// 1 / (1 + e^-x).
  public func sigmoid() throws(TensorError) -> Tensor {
    try unary("sigmoid", CT_SIGMOID)
  }

  /// The hyperbolic tangent of each element.
  public func tanh() throws(TensorError) -> Tensor {
    try unary("tanh", CT_TANH)
  }

  /// Each element, 0 where it is negative.
  public func relu() throws(TensorError) -> Tensor {
    try unary("relu", CT_RELU)
  }

  /// Each element, times `slope` where it is negative.
  public func leakyRelu(slope: Double) throws(TensorError) -> Tensor {
    try unary("leakyRelu", CT_LEAKY_RELU, slope)
  }

  /// Each element, times `slope` where it is negative; the derivative at exactly 0 is that of the
  /// middle, (1 + slope) / 2, where `relu` and `leakyRelu` have the slope of the negative side.
  public func rectified(slope: Double = 0) throws(TensorError) -> Tensor {
    try unary("rectified", CT_RECTIFIED, slope)
  }

  /// Each element, `alpha * (e^x - 1)` where it is negative.
  public func elu(alpha: Double = 1) throws(TensorError) -> Tensor {
    try unary("elu", CT_ELU, alpha)
  }

  /// log(1 + e^x), without overflow.
  public func softplus() throws(TensorError) -> Tensor {
    try unary("softplus", CT_SOFTPLUS)
  }

  /// x times the normal distribution function of x (Hendrycks & Gimpel 2016), exact form.
  public func gelu() throws(TensorError) -> Tensor {
    try unary("gelu", CT_GELU)
  }

  /// x * sigmoid(x).
  public func silu() throws(TensorError) -> Tensor {
    try unary("silu", CT_SILU)
  }

  /// e^x over the sum of e^x along an axis, so that each line along it sums to 1.
  public func softmax(axis: Int) throws(TensorError) -> Tensor {
    try along("softmax", CT_SOFTMAX, axis)
  }

  /// The logarithm of `softmax(axis:)`, without underflow.
  public func logSoftmax(axis: Int) throws(TensorError) -> Tensor {
    try along("logSoftmax", CT_LOG_SOFTMAX, axis)
  }
}
