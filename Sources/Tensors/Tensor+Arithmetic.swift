import CTorch

// Shapes broadcast as in NumPy. An integer tensor stays one with a whole number, except by `/`,
// which always gives floats.
extension Tensor {
  /// Sum, element by element.
  public static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try a.binary("add", CT_ADD, b)
  }

  /// Sum of each element and a number.
  public static func + (a: Tensor, b: Double) throws(TensorError) -> Tensor {
    try a.binary("add", CT_ADD, b)
  }

  /// Sum of a number and each element.
  public static func + (a: Double, b: Tensor) throws(TensorError) -> Tensor {
    try b.binary("add", CT_ADD, a)
  }

  /// Difference, element by element.
  public static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try a.binary("subtract", CT_SUBTRACT, b)
  }

  /// Each element minus a number.
  public static func - (a: Tensor, b: Double) throws(TensorError) -> Tensor {
    try a.binary("subtract", CT_SUBTRACT, b)
  }

  /// A number minus each element.
  public static func - (a: Double, b: Tensor) throws(TensorError) -> Tensor {
    try b.binary("subtract", CT_SUBTRACT_FROM, a)
  }

  /// Product, element by element.
  public static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try a.binary("multiply", CT_MULTIPLY, b)
  }

  /// Each element times a number.
  public static func * (a: Tensor, b: Double) throws(TensorError) -> Tensor {
    try a.binary("multiply", CT_MULTIPLY, b)
  }

  /// A number times each element.
  public static func * (a: Double, b: Tensor) throws(TensorError) -> Tensor {
    try b.binary("multiply", CT_MULTIPLY, a)
  }

  /// Quotient, element by element.
  public static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try a.binary("divide", CT_DIVIDE, b)
  }

  /// Each element divided by a number.
  public static func / (a: Tensor, b: Double) throws(TensorError) -> Tensor {
    try a.binary("divide", CT_DIVIDE, b)
  }

  /// A number divided by each element.
  public static func / (a: Double, b: Tensor) throws(TensorError) -> Tensor {
    try b.binary("divide", CT_DIVIDE_INTO, a)
  }

  /// The negative of each element.
  public static prefix func - (a: Tensor) throws(TensorError) -> Tensor {
    try a.unary("negative", CT_NEGATIVE)
  }

  /// The greater of two elements each; NaN where one is NaN.
  public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("maximum", CT_MAXIMUM, other)
  }

  /// The greater of each element and a number.
  public func maximum(_ number: Double) throws(TensorError) -> Tensor {
    try binary("maximum", CT_MAXIMUM, number)
  }

  /// The lesser of two elements each; NaN where one is NaN.
  public func minimum(_ other: Tensor) throws(TensorError) -> Tensor {
    try binary("minimum", CT_MINIMUM, other)
  }

  /// The lesser of each element and a number.
  public func minimum(_ number: Double) throws(TensorError) -> Tensor {
    try binary("minimum", CT_MINIMUM, number)
  }
}
