import Foundation

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
