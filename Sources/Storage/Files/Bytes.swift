/// Bytes being put together; all numbers little-endian.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func put(_ value: UInt8) { bytes.append(value) }
  mutating func put(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func put(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func put(_ value: Int) { put(UInt64(bitPattern: Int64(value))) }
  mutating func put(_ value: Double) { put(value.bitPattern) }
  mutating func put(_ value: Float) { put(value.bitPattern) }
  /// Seven bits a byte, the lowest first.
  mutating func putCount(_ value: Int) { putVariable(UInt64(max(value, 0))) }
  mutating func putVariable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Bytes being taken apart; `nil` where there are too few.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - offset }

  private mutating func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    guard remaining >= MemoryLayout<Value>.size else { return nil }
    defer { offset += MemoryLayout<Value>.size }
    return bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }

  mutating func byte() -> UInt8? { load(UInt8.self) }
  mutating func word() -> UInt32? { load(UInt32.self).map { UInt32(littleEndian: $0) } }
  mutating func integer() -> Int? {
    load(UInt64.self).map { Int(Int64(bitPattern: UInt64(littleEndian: $0))) }
  }
  mutating func double() -> Double? {
    load(UInt64.self).map { Double(bitPattern: UInt64(littleEndian: $0)) }
  }
  mutating func float() -> Float? { word().map { Float(bitPattern: $0) } }

  mutating func count() -> Int? { variable().flatMap { Int(exactly: $0) } }

  mutating func variable() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64, let next = byte() {
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, remaining >= count else { return nil }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func rest() -> UnsafeRawBufferPointer {
    defer { offset = bytes.count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset...])
  }
}
