import CTorch

extension Tensor {
  /// Each element to a power.
  public func power(_ exponent: Double) throws(TensorError) -> Tensor {
    try unary("power", CT_POWER, exponent)
  }

  /// The square of each element.
  public func squared() throws(TensorError) -> Tensor {
    try unary("squared", CT_SQUARED)
  }

  /// The square root of each element; NaN below 0.
  public func squareRoot() throws(TensorError) -> Tensor {
    try unary("squareRoot", CT_SQUARE_ROOT)
  }

  /// 1 over the square root of each element.
  public func reciprocalSquareRoot() throws(TensorError) -> Tensor {
    try unary("reciprocalSquareRoot", CT_RECIPROCAL_SQUARE_ROOT)
  }

  /// e to the power of each element.
  public func exponential() throws(TensorError) -> Tensor {
    try unary("exponential", CT_EXPONENTIAL)
  }

  /// The natural logarithm of each element; NaN below 0.
  public func log() throws(TensorError) -> Tensor {
    try unary("log", CT_LOG)
  }

  /// The natural logarithm of 1 + each element, exact near 0.
  public func log1p() throws(TensorError) -> Tensor {
    try unary("log1p", CT_LOG1P)
  }

  /// Each element without its sign.
  public func absolute() throws(TensorError) -> Tensor {
    try unary("absolute", CT_ABSOLUTE)
  }

  /// -1, 0 or 1 by the sign of each element.
  public func sign() throws(TensorError) -> Tensor {
    try unary("sign", CT_SIGN)
  }

  /// The sine of each element, in radians.
  public func sine() throws(TensorError) -> Tensor {
    try unary("sine", CT_SINE)
  }

  /// The cosine of each element, in radians.
  public func cosine() throws(TensorError) -> Tensor {
    try unary("cosine", CT_COSINE)
  }

  /// 1 over each element.
  public func reciprocal() throws(TensorError) -> Tensor {
    try unary("reciprocal", CT_RECIPROCAL)
  }

  /// The greatest whole number not above each element.
  public func floor() throws(TensorError) -> Tensor {
    try unary("floor", CT_FLOOR)
  }

  /// Each element, moved into `min ... max`; a bound left out does not bind.
  public func clamp(min: Double? = nil, max: Double? = nil) throws(TensorError) -> Tensor {
    guard min != nil || max != nil else {
      throw TensorError(
        operation: "clamp", message: "neither min nor max is given", shapes: [shape])
    }
    return try unary("clamp", CT_CLAMP, min ?? .nan, max ?? .nan)
  }

  /// True where an element is neither infinite nor NaN.
  public func isFinite() throws(TensorError) -> Tensor {
    try unary("isFinite", CT_IS_FINITE)
  }
}
