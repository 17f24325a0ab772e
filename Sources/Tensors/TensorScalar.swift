/// A Swift number that can be an element of a tensor.
public protocol TensorScalar: Sendable {
  /// The element type with the same bytes.
  static var dataType: DataType { get }
  /// Reads an array of any element type, converting numerically.
  ///
  /// Fractions are cut off, integers wrap, a float outside an integer's range becomes the nearest
  /// value, NaN becomes 0, and a Boolean is "not zero".
  static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Self]
}

extension Float: TensorScalar {
  /// The element type `float32`.
  public static var dataType: DataType { .float32 }
  /// Reads an array of any element type as `Float`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Float] {
    converted(bytes, from: dataType, integer: { Float($0) }, real: { Float($0) })
  }
}

extension Double: TensorScalar {
  /// The element type `float64`.
  public static var dataType: DataType { .float64 }
  /// Reads an array of any element type as `Double`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Double] {
    converted(bytes, from: dataType, integer: { Double($0) }, real: { $0 })
  }
}

extension Int64: TensorScalar {
  /// The element type `int64`.
  public static var dataType: DataType { .int64 }
  /// Reads an array of any element type as `Int64`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Int64] {
    converted(bytes, from: dataType, integer: { $0 }, real: { Int64(nearest: $0) })
  }
}

extension Int32: TensorScalar {
  /// The element type `int32`.
  public static var dataType: DataType { .int32 }
  /// Reads an array of any element type as `Int32`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Int32] {
    converted(
      bytes, from: dataType, integer: { Int32(truncatingIfNeeded: $0) },
      real: { Int32(nearest: $0) })
  }
}

extension Int16: TensorScalar {
  /// The element type `int16`.
  public static var dataType: DataType { .int16 }
  /// Reads an array of any element type as `Int16`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Int16] {
    converted(
      bytes, from: dataType, integer: { Int16(truncatingIfNeeded: $0) },
      real: { Int16(nearest: $0) })
  }
}

extension Int8: TensorScalar {
  /// The element type `int8`.
  public static var dataType: DataType { .int8 }
  /// Reads an array of any element type as `Int8`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Int8] {
    converted(
      bytes, from: dataType, integer: { Int8(truncatingIfNeeded: $0) }, real: { Int8(nearest: $0) })
  }
}

extension UInt8: TensorScalar {
  /// The element type `uint8`.
  public static var dataType: DataType { .uint8 }
  /// Reads an array of any element type as `UInt8`.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [UInt8] {
    converted(
      bytes, from: dataType, integer: { UInt8(truncatingIfNeeded: $0) },
      real: { UInt8(nearest: $0) })
  }
}

extension Bool: TensorScalar {
  /// The element type `bool`.
  public static var dataType: DataType { .bool }
  /// Reads an array of any element type as `Bool`: whether each element is not zero.
  public static func convert(_ bytes: UnsafeRawBufferPointer, from dataType: DataType) -> [Bool] {
    converted(bytes, from: dataType, integer: { $0 != 0 }, real: { $0 != 0 })
  }
}

extension FixedWidthInteger {
  /// The value nearest to a number after cutting off its fraction; 0 for NaN.
  fileprivate init(nearest number: Double) {
    if number.isNaN {
      self = 0
    } else if number <= Double(Self.min) {
      self = .min
    } else if number >= Double(Self.max) {
      self = .max
    } else {
      self = Self(number)
    }
  }
}

/// The loop behind every conversion; inlined, so that each pair of types gets a plain loop.
@inline(__always)
private func converted<Element: TensorScalar>(
  _ bytes: UnsafeRawBufferPointer, from dataType: DataType, integer: (Int64) -> Element,
  real: (Double) -> Element
) -> [Element] {
  // A file may hold any byte as a Boolean, so Booleans are always normalized.
  if dataType == Element.dataType, dataType != .bool {
    return elements(bytes, Element.self) { $0 }
  }
  return switch dataType {
  case .float32: elements(bytes, Float.self) { real(Double($0)) }
  case .float64: elements(bytes, Double.self) { real($0) }
  case .float16: elements(bytes, Float16.self) { real(Double($0)) }
  case .bfloat16: elements(bytes, UInt16.self) { real(Double(Float(bfloat16: $0))) }
  case .int64: elements(bytes, Int64.self) { integer($0) }
  case .int32: elements(bytes, Int32.self) { integer(Int64($0)) }
  case .int16: elements(bytes, Int16.self) { integer(Int64($0)) }
  case .int8: elements(bytes, Int8.self) { integer(Int64($0)) }
  case .uint8: elements(bytes, UInt8.self) { integer(Int64($0)) }
  case .bool: elements(bytes, UInt8.self) { integer($0 == 0 ? 0 : 1) }
  }
}

@inline(__always)
private func elements<Stored, Element>(
  _ bytes: UnsafeRawBufferPointer, _ type: Stored.Type, _ transform: (Stored) -> Element
) -> [Element] {
  let stride = MemoryLayout<Stored>.stride
  let count = bytes.count / stride
  return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Mapped files promise no alignment, so each element is loaded unaligned.
    for index in 0..<count {
      let stored = bytes.loadUnaligned(fromByteOffset: index &* stride, as: Stored.self)
      buffer.initializeElement(at: index, to: transform(stored))
    }
    initialized = count
  }
}

extension Float {
  /// A number from the upper 16 bits of its float32 form.
  init(bfloat16 bits: UInt16) {
    self = Float(bitPattern: UInt32(bits) << 16)
  }

  /// The upper 16 bits after rounding to nearest, ties to even.
  var bfloat16Bits: UInt16 {
    if isNaN { return 0x7FC0 }
    let lowest = (bitPattern >> 16) & 1
    return UInt16(truncatingIfNeeded: (bitPattern &+ 0x7FFF &+ lowest) >> 16)
  }
}
