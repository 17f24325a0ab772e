import CTorch

// The three forms almost every function has; the files beside this one give them names.
extension Tensor {
  func unary(
    _ name: String, _ operation: CTUnary, _ x: Double = 0, _ y: Double = 0
  ) throws(TensorError) -> Tensor {
    try making(name, [self]) { $0.unary(Int32(operation.rawValue), handle, x, y, $1) }
  }

  func binary(_ name: String, _ operation: CTBinary, _ other: Tensor) throws(TensorError) -> Tensor
  {
    try making(name, [self, other]) {
      $0.binary(Int32(operation.rawValue), handle, other.handle, $1)
    }
  }

  func binary(_ name: String, _ operation: CTBinary, _ number: Double) throws(TensorError) -> Tensor
  {
    try making(name, [self]) { $0.binary_number(Int32(operation.rawValue), handle, number, $1) }
  }

  func along(_ name: String, _ operation: CTAlong, _ axis: Int) throws(TensorError) -> Tensor {
    try making(name, [self]) { $0.along(Int32(operation.rawValue), handle, Int64(axis), $1) }
  }

  func rearranged(
    _ name: String, _ operation: CTRearrangement, _ arguments: [Int]
  ) throws(TensorError) -> Tensor {
    try making(name, [self]) {
      $0.rearrange(
        Int32(operation.rawValue), handle, arguments.wide, Int64(arguments.count), $1)
    }
  }
}
