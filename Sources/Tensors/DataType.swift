import CTorch

/// The type of a tensor's elements.
public enum DataType: String, Codable, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16
  case int64, int32, int16, int8, uint8
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether elements can have a fractional part (and a gradient).
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    }
  }
}

extension DataType {
  /// The number of this type in the backend's table.
  var code: Int32 {
    let code: CTDataType =
      switch self {
      case .float32: CT_FLOAT32
      case .float64: CT_FLOAT64
      case .float16: CT_FLOAT16
      case .bfloat16: CT_BFLOAT16
      case .int64: CT_INT64
      case .int32: CT_INT32
      case .int16: CT_INT16
      case .int8: CT_INT8
      case .uint8: CT_UINT8
      case .bool: CT_BOOL
      }
    return Int32(code.rawValue)
  }

  /// The type with a number of the backend's table.
  init?(code: Int32) {
    guard let match = DataType.allCases.first(where: { $0.code == code }) else { return nil }
    self = match
  }
}
