/// Decodes single numbers, words and switches, and says what stood there instead.
struct TreeValueContainer: SingleValueDecodingContainer {
  let decoder: TreeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.tree == .null }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let value) = decoder.tree else {
      throw decoder.mismatch(type, "true or false")
    }
    return value
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .text(let value) = decoder.tree else { throw decoder.mismatch(type, "a word") }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double {
    switch decoder.tree {
    case .int(let value): return Double(value)
    case .double(let value): return value
    // How JSON, which has no such numbers, is given them.
    case .text(".inf"): return .infinity
    case .text("-.inf"): return -.infinity
    case .text(".nan"): return .nan
    default: throw decoder.mismatch(type, "a number")
    }
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

  /// Sizes and counts: small enough that products of two cannot overflow.
  func decode(_ type: Int.Type) throws -> Int {
    let value = try whole(type)
    guard abs(Double(value)) <= Double(NetworkLimits.length) else {
      throw decoder.mismatch(type, "a whole number of at most \(NetworkLimits.length)")
    }
    return value
  }

  func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type) }

  private func whole<Whole: FixedWidthInteger>(_ type: Whole.Type) throws -> Whole {
    switch decoder.tree {
    case .int(let value):
      if let value = Whole(exactly: value) { return value }
    case .double(let value):
      if let value = Whole(exactly: value) { return value }
    default: break
    }
    throw decoder.mismatch(type, "a whole number")
  }
}
