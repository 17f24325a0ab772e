/// Columns of numbers as few bytes that give back every bit; part of journals and of the index.
///
/// A column is stored in the shortest of three forms: numbers that grow by the same step each time
/// (16 bytes for all of them), the differences between neighbours in as few bytes as each needs, or
/// the numbers, their differences or the differences of these in as few bits as a run of them needs.
enum Columns {
  private enum Form: UInt8 {
    case steady
    case differences
    case packed
  }

  /// Appends whole numbers.
  static func put(_ column: [Int64], _ writer: inout ByteWriter) {
    column.withUnsafeBufferPointer { put($0, &writer) }
  }

  /// Appends numbers; those that are not finite keep their bits too.
  static func put(_ column: [Double], _ writer: inout ByteWriter) {
    column.withUnsafeBytes { put($0.bindMemory(to: Int64.self), &writer) }
  }

  private static func put(_ column: UnsafeBufferPointer<Int64>, _ writer: inout ByteWriter) {
    guard let first = column.first else {
      writer.put(Form.steady.rawValue)
      writer.put(0)
      writer.put(0)
      return
    }
    let step = column.count > 1 ? column[1] &- first : 0
    if isSteady(column, step) {
      writer.put(Form.steady.rawValue)
      writer.put(Int(first))
      writer.put(zigzag(step))
      return
    }
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: column.count - 1) { room in
      for index in room.indices {
        room.initializeElement(at: index, to: column[index + 1] &- column[index])
      }
      let differences = UnsafeBufferPointer(room)
      let packed = PackedColumn(column, differences)
      if takesLess(than: packed.size, differences) {
        writer.put(Form.differences.rawValue)
        writer.put(Int(first))
        for difference in differences { writer.putVariable(zigzag(difference)) }
      } else {
        writer.put(Form.packed.rawValue)
        packed.put(column, differences, &writer)
      }
    }
  }

  private static func isSteady(_ column: UnsafeBufferPointer<Int64>, _ step: Int64) -> Bool {
    for index in column.indices.dropFirst() where column[index] &- column[index - 1] != step {
      return false
    }
    return true
  }

  /// Whether the first number and the differences, in as few bytes as each needs, are fewer than
  /// these bytes.
  private static func takesLess(
    than limit: Int, _ differences: UnsafeBufferPointer<Int64>
  ) -> Bool {
    // No difference takes less than a byte.
    guard 8 + differences.count < limit else { return false }
    var size = 8
    for difference in differences {
      size += length(zigzag(difference))
      if size >= limit { return false }
    }
    return true
  }

  /// Takes `count` whole numbers; `nil` if the bytes are not those of a column.
  static func integers(_ count: Int, _ reader: inout ByteReader) -> [Int64]? {
    guard let form = reader.byte().flatMap(Form.init) else { return nil }
    if form == .packed { return PackedColumn.take(count, &reader) }
    guard let first = reader.integer() else { return nil }
    var column: [Int64] = []
    column.reserveCapacity(count)
    var value = Int64(first)
    if form == .steady {
      guard let step = reader.integer() else { return nil }
      let difference = unzigzag(UInt64(bitPattern: Int64(step)))
      for _ in 0..<count {
        column.append(value)
        value &+= difference
      }
      return column
    }
    for index in 0..<count {
      if index > 0 {
        guard let difference = reader.variable() else { return nil }
        value &+= unzigzag(difference)
      }
      column.append(value)
    }
    return column
  }

  /// Takes `count` numbers; `nil` if the bytes are not those of a column.
  static func doubles(_ count: Int, _ reader: inout ByteReader) -> [Double]? {
    integers(count, &reader)?.map { Double(bitPattern: UInt64(bitPattern: $0)) }
  }

  /// Small numbers of either sign as small ones without.
  static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  static func unzigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The bytes that a number takes at seven bits a byte.
  static func length(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }
}
