import Tensors

/// A number of an update that may be another at every step.
///
/// Either the host knows it, or it lies on the device: then the operations of a step can be repeated
/// as they are while the number changes.
package enum StepNumber {
  /// A number the host knows.
  case number(Double)
  /// A float32 tensor without axes, times a number that stays.
  case tensor(Tensor, factor: Double = 1)

  static prefix func - (number: StepNumber) -> StepNumber {
    switch number {
    case .number(let value): .number(-value)
    case .tensor(let tensor, let factor): .tensor(tensor, factor: -factor)
    }
  }
}

extension Tensor {
  /// Adds `other * scale`.
  func addInPlace(_ other: Tensor, scale: StepNumber) throws(TensorError) {
    switch scale {
    case .number(let value): try addInPlace(other, scale: value)
    case .tensor(let tensor, let factor): try addcmulInPlace(other, tensor, scale: factor)
    }
  }

  /// Adds `a / b * scale`.
  func addcdivInPlace(_ a: Tensor, _ b: Tensor, scale: StepNumber) throws(TensorError) {
    switch scale {
    case .number(let value): try addcdivInPlace(a, b, scale: value)
    case .tensor(let tensor, let factor): try addcmulInPlace(a / b, tensor, scale: factor)
    }
  }

  /// Multiplies by a number.
  func multiplyInPlace(_ number: StepNumber) throws(TensorError) {
    switch number {
    case .number(let value): try multiplyInPlace(value)
    case .tensor(let tensor, let factor):
      try multiplyInPlace(tensor)
      if factor != 1 { try multiplyInPlace(factor) }
    }
  }

  /// Each element divided by a number.
  func divided(by number: StepNumber) throws(TensorError) -> Tensor {
    switch number {
    case .number(let value): try self / value
    case .tensor(let tensor, let factor):
      factor == 1 ? try self / tensor : try self / tensor / factor
    }
  }
}
