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
    var differences: [Int64] = []
    differences.reserveCapacity(column.count)
    var before = first
    var size = 8
    var changes: Int64 = 0
    for value in column.dropFirst() {
      let difference = value &- before
      differences.append(difference)
      size += length(zigzag(difference))
      changes |= difference ^ differences[0]
      before = value
    }
    if changes == 0 {
      writer.put(Form.steady.rawValue)
      writer.put(Int(first))
      writer.put(zigzag(differences.first ?? 0))
      return
    }
    let packed = differences.withUnsafeBufferPointer { PackedColumn(column, $0) }
    if size < packed.size {
      writer.put(Form.differences.rawValue)
      writer.put(Int(first))
      for difference in differences { writer.putVariable(zigzag(difference)) }
    } else {
      writer.put(Form.packed.rawValue)
      differences.withUnsafeBufferPointer { packed.put(column, $0, &writer) }
    }
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
