import Foundation

extension HostArray {
  /// The elements as Swift numbers, converted as `TensorScalar.convert` says.
  public func values<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    data.withUnsafeBytes { Scalar.convert($0, from: dataType) }
  }

  /// The same numbers as another element type.
  public func converted(to target: DataType) -> HostArray {
    if target == dataType { return self }
    return HostArray(unchecked: shape, target, bytes(as: target))
  }

  private func bytes(as target: DataType) -> Data {
    switch target {
    case .float32: values(as: Float.self).withUnsafeBytes { Data($0) }
    case .float64: values(as: Double.self).withUnsafeBytes { Data($0) }
    case .float16:
      values(as: Float.self).map { Float16($0) }.withUnsafeBytes { Data($0) }
    case .bfloat16:
      values(as: Float.self).map(\.bfloat16Bits).withUnsafeBytes { Data($0) }
    case .int64: values(as: Int64.self).withUnsafeBytes { Data($0) }
    case .int32: values(as: Int32.self).withUnsafeBytes { Data($0) }
    case .int16: values(as: Int16.self).withUnsafeBytes { Data($0) }
    case .int8: values(as: Int8.self).withUnsafeBytes { Data($0) }
    case .uint8: values(as: UInt8.self).withUnsafeBytes { Data($0) }
    case .bool: values(as: Bool.self).withUnsafeBytes { Data($0) }
    }
  }
}
