import CTorch

// Changes of a tensor's own elements. A leaf that requires gradients may be changed only inside
// `withoutGradients`; anything else throws.
extension Tensor {
  /// Copies another tensor's elements; shapes broadcast, types convert.
  public func assign(_ other: Tensor) throws(TensorError) {
    try inPlace("assign", CT_ASSIGN, other)
  }

  /// Adds `other * scale`.
  public func addInPlace(_ other: Tensor, scale: Double = 1) throws(TensorError) {
    try inPlace("addInPlace", CT_ADD_SCALED, other, scale: scale)
  }

  /// Multiplies by another tensor's elements.
  public func multiplyInPlace(_ other: Tensor) throws(TensorError) {
    try inPlace("multiplyInPlace", CT_MULTIPLY_TENSOR, other)
  }

  /// Multiplies by a number.
  public func multiplyInPlace(_ number: Double) throws(TensorError) {
    try inPlace("multiplyInPlace", CT_MULTIPLY_NUMBER, scale: number)
  }

  /// Sets every element to a number.
  public func fillInPlace(_ number: Double) throws(TensorError) {
    try inPlace("fillInPlace", CT_FILL, scale: number)
  }

  /// Adds `a * b * scale`.
  public func addcmulInPlace(_ a: Tensor, _ b: Tensor, scale: Double = 1) throws(TensorError) {
    try inPlace("addcmulInPlace", CT_ADD_PRODUCT, a, b, scale: scale)
  }

  /// Adds `a / b * scale`.
  public func addcdivInPlace(_ a: Tensor, _ b: Tensor, scale: Double = 1) throws(TensorError) {
    try inPlace("addcdivInPlace", CT_ADD_QUOTIENT, a, b, scale: scale)
  }

  /// Takes the greater of each element and another tensor's.
  public func maximumInPlace(_ other: Tensor) throws(TensorError) {
    try inPlace("maximumInPlace", CT_MAXIMUM_IN_PLACE, other)
  }

  private func inPlace(
    _ name: String, _ operation: CTInPlace, _ a: Tensor? = nil, _ b: Tensor? = nil,
    scale: Double = 1
  ) throws(TensorError) {
    let none = CTTensor()
    try check(name, [self] + [a, b].compactMap(\.self)) {
      $0.in_place(Int32(operation.rawValue), handle, a?.handle ?? none, b?.handle ?? none, scale)
    }
  }
}
