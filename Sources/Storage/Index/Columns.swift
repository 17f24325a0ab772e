import Foundation

/// Columns of numbers as few bytes that give back every bit.
///
/// A column is stored in the shortest of four forms: numbers that grow by the same step each time
/// (16 bytes for all of them), the differences between neighbours in as few bytes as each needs,
/// 32-bit floats where these say the same, or the numbers as they are.
enum Columns {
  private enum Form: UInt8 {
    case steady
    case differences
    case floats
    case plain
  }

  /// Appends whole numbers.
  static func put(_ column: [Int64], _ writer: inout ByteWriter) {
    put(column, floats: nil, &writer)
  }

  /// Appends numbers; those that are not finite keep their bits too.
  static func put(_ column: [Double], _ writer: inout ByteWriter) {
    let floats = column.map { Float($0) }
    let isExact = zip(column, floats).allSatisfy { Double($1).bitPattern == $0.bitPattern }
    put(column.map { Int64(bitPattern: $0.bitPattern) }, floats: isExact ? floats : nil, &writer)
  }

  private static func put(_ column: [Int64], floats: [Float]?, _ writer: inout ByteWriter) {
    let first = column.first ?? 0
    var differences: [UInt64] = []
    differences.reserveCapacity(column.count)
    var before = first
    var size = 8
    for value in column.dropFirst() {
      let difference = zigzag(value &- before)
      differences.append(difference)
      size += length(difference)
      before = value
    }
    if differences.allSatisfy({ $0 == differences.first }) {
      writer.put(Form.steady.rawValue)
      writer.put(Int(first))
      writer.put(differences.first ?? 0)
    } else if size < column.count * (floats == nil ? 8 : 4) {
      writer.put(Form.differences.rawValue)
      writer.put(Int(first))
      for difference in differences { writer.putVariable(difference) }
    } else if let floats {
      writer.put(Form.floats.rawValue)
      for value in floats { writer.put(value) }
    } else {
      writer.put(Form.plain.rawValue)
      for value in column { writer.put(Int(value)) }
    }
  }

  /// Takes `count` whole numbers; `nil` if the bytes are not those of a column.
  static func integers(_ count: Int, _ reader: inout ByteReader) -> [Int64]? {
    guard let form = reader.byte().flatMap(Form.init) else { return nil }
    var column: [Int64] = []
    column.reserveCapacity(count)
    switch form {
    case .steady, .differences:
      guard let first = reader.integer() else { return nil }
      let step = form == .steady ? reader.integer() : 0
      guard let step else { return nil }
      var value = Int64(first)
      for index in 0..<count {
        if index > 0 {
          let difference =
            form == .steady ? UInt64(bitPattern: Int64(step)) : reader.variable()
          guard let difference else { return nil }
          value &+= unzigzag(difference)
        }
        column.append(value)
      }
    case .floats:
      for _ in 0..<count {
        guard let value = reader.float() else { return nil }
        column.append(Int64(bitPattern: Double(value).bitPattern))
      }
    case .plain:
      for _ in 0..<count {
        guard let value = reader.integer() else { return nil }
        column.append(Int64(value))
      }
    }
    return column
  }

  /// Takes `count` numbers; `nil` if the bytes are not those of a column.
  static func doubles(_ count: Int, _ reader: inout ByteReader) -> [Double]? {
    integers(count, &reader)?.map { Double(bitPattern: UInt64(bitPattern: $0)) }
  }

  /// Small numbers of either sign as small ones without.
  private static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  private static func unzigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  private static func length(_ value: UInt64) -> Int {
    max(1, (64 - value.leadingZeroBitCount + 6) / 7)
  }
}

/// What the rows of a series hold: runs of entries, column by column.
protocol ColumnEntry {
  /// Appends the columns of a run.
  static func put(_ entries: ArraySlice<Self>, _ writer: inout ByteWriter)
  /// Takes a run apart again; `nil` if the bytes are not those of one.
  static func take(_ count: Int, _ reader: inout ByteReader) -> [Self]?
}

extension SeriesPoint: ColumnEntry {
  static func put(_ entries: ArraySlice<SeriesPoint>, _ writer: inout ByteWriter) {
    Columns.put(entries.map { Int64($0.step) }, &writer)
    Columns.put(entries.map(\.time), &writer)
    Columns.put(entries.map(\.value), &writer)
  }

  static func take(_ count: Int, _ reader: inout ByteReader) -> [SeriesPoint]? {
    guard let steps = Columns.integers(count, &reader),
      let times = Columns.doubles(count, &reader), let values = Columns.doubles(count, &reader)
    else { return nil }
    return (0..<count).map {
      SeriesPoint(step: Int(steps[$0]), time: times[$0], value: values[$0])
    }
  }
}

extension Rollup: ColumnEntry {
  static func put(_ entries: ArraySlice<Rollup>, _ writer: inout ByteWriter) {
    for column in [\Rollup.firstStep, \.lastStep, \.count, \.nonFiniteCount] {
      Columns.put(entries.map { Int64($0[keyPath: column]) }, &writer)
    }
    for column in [\Rollup.lastTime, \.minimum, \.maximum, \.sum, \.last] {
      Columns.put(entries.map { $0[keyPath: column] }, &writer)
    }
  }

  static func take(_ count: Int, _ reader: inout ByteReader) -> [Rollup]? {
    var whole: [[Int64]] = []
    for _ in 0..<4 {
      guard let column = Columns.integers(count, &reader) else { return nil }
      whole.append(column)
    }
    var numbers: [[Double]] = []
    for _ in 0..<5 {
      guard let column = Columns.doubles(count, &reader) else { return nil }
      numbers.append(column)
    }
    return (0..<count).map { index in
      var entry = Rollup(SeriesPoint(step: Int(whole[0][index]), time: 0, value: 0))
      entry.lastStep = Int(whole[1][index])
      entry.count = Int(whole[2][index])
      entry.nonFiniteCount = Int(whole[3][index])
      entry.lastTime = numbers[0][index]
      entry.minimum = numbers[1][index]
      entry.maximum = numbers[2][index]
      entry.sum = numbers[3][index]
      entry.last = numbers[4][index]
      return entry
    }
  }
}

/// Runs of entries as the bytes of a BLOB: how many there are, and their columns.
enum Packed {
  static func data<Entry: ColumnEntry>(_ entries: ArraySlice<Entry>) -> Data {
    var writer = ByteWriter()
    writer.putCount(entries.count)
    Entry.put(entries, &writer)
    return Data(writer.bytes)
  }

  /// The entries in a BLOB.
  ///
  /// - Throws: `StorageError` if it is not what ``data(_:)`` wrote.
  static func values<Entry: ColumnEntry>(_ type: Entry.Type, _ data: Data) throws(StorageError)
    -> [Entry]
  {
    let entries: [Entry]? = data.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      // Nobody writes longer rows; a larger number is damage, and room for it is not taken.
      guard let count = reader.count(), count <= SeriesAppender.wholeRow else { return nil }
      return Entry.take(count, &reader)
    }
    guard let entries else {
      throw StorageError(
        .damaged, path: "",
        "a row of the index is damaged; make the index again with: lasagne reindex")
    }
    return entries
  }
}
