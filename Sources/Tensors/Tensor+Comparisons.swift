import CTorch

// Comparisons give Boolean tensors; shapes broadcast.
extension Tensor {
  /// True where an element is equal to the other tensor's.
  public func equal(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("equal", CT_EQUAL, other)
  }

  /// True where an element is equal to a number.
  public func equal(_ number: Double) throws(TensorError) -> Tensor {
    try binary("equal", CT_EQUAL, number)
  }

  /// True where an element is less than the other tensor's.
  public func less(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("less", CT_LESS, other)
  }

  /// True where an element is less than a number.
  public func less(_ number: Double) throws(TensorError) -> Tensor {
    try binary("less", CT_LESS, number)
  }

  /// True where an element is at most the other tensor's.
  public func lessOrEqual(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("lessOrEqual", CT_LESS_OR_EQUAL, other)
  }

  /// True where an element is at most a number.
  public func lessOrEqual(_ number: Double) throws(TensorError) -> Tensor {
    try binary("lessOrEqual", CT_LESS_OR_EQUAL, number)
  }

  /// True where an element is greater than the other tensor's.
  public func greater(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("greater", CT_GREATER, other)
  }

  /// True where an element is greater than a number.
  public func greater(_ number: Double) throws(TensorError) -> Tensor {
    try binary("greater", CT_GREATER, number)
  }

  /// True where an element is at least the other tensor's.
  public func greaterOrEqual(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("greaterOrEqual", CT_GREATER_OR_EQUAL, other)
  }

  /// True where an element is at least a number.
  public func greaterOrEqual(_ number: Double) throws(TensorError) -> Tensor {
    try binary("greaterOrEqual", CT_GREATER_OR_EQUAL, number)
  }

  /// True where a Boolean tensor is false.
  public func not() throws(TensorError) -> Tensor {
    try unary("not", CT_NOT)
  }

  /// `a` where the condition is true, else `b`.
  public static func select(
    _ condition: Tensor, _ a: Tensor, _ b: Tensor
  ) throws(TensorError) -> Tensor {
    try making("select", [condition, a, b]) {
      $0.`where`(condition.handle, a.handle, b.handle, $1)
    }
  }
}
