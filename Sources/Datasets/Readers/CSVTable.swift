import Foundation

/// Turns the cells of a table into numbers, in two or three passes over the file.
///
/// The first pass decides which columns are numeric, one more gathers the texts of the others, the last
/// fills all: texts are never kept for more than their categories.
struct CSVTable {
  private let scanner: CSVScanner
  private let options: CSV.Options

  init(_ file: FileBytes, _ options: CSV.Options) throws(FileFormatError) {
    self.options = options
    let separator = options.separator ?? Self.separator(of: file)
    guard let byte = separator.asciiValue, ![0x22, 0x0A, 0x0D, 0].contains(byte) else {
      throw file.failure("cannot be read with the separator '\(separator)'")
    }
    scanner = CSVScanner(file: file, separator: byte)
  }

  private static func separator(of file: FileBytes) -> Character {
    if file.path.lowercased().hasSuffix(".tsv") { return "\t" }
    let line = file.data.prefix(65_536).prefix { $0 != 0x0A && $0 != 0x0D }
    return line.contains(0x3B) && !line.contains(0x2C) ? ";" : ","
  }

  /// What the first pass finds out about a column.
  private struct Kind {
    var name: String
    var isNumeric = true
  }

  func columns() throws(FileFormatError) -> [CSV.Column] {
    let (kinds, hasHeader) = try kinds()
    let names = kinds.map(\.name)
    let codes = try codes(kinds, hasHeader)
    var columns = zip(kinds, codes).map { kind, codes in
      CSV.Column(
        name: kind.name, categories: kind.isNumeric ? nil : codes.keys.sorted(), values: [])
    }
    try forEachRow(hasHeader, names) { (row, cells) throws(FileFormatError) in
      for index in 0..<cells.count {
        let cell = trimmed(cells[index])
        let value =
          kinds[index].isNumeric
          ? try finite(cell, row: row, column: names[index]) : codes[index][text(cell)] ?? 0
        columns[index].values.append(value)
      }
    }
    guard let first = columns.first, !first.values.isEmpty else {
      throw scanner.file.failure("has no rows of values")
    }
    return columns
  }

  /// Calls `body` for the rows of values that are not left out.
  private func forEachRow(
    _ hasHeader: Bool, _ names: [String],
    _ body: (Int, CSVScanner.Row) throws(FileFormatError) -> Void
  ) throws(FileFormatError) {
    var isFirst = true
    try scanner.forEachRow { (row, cells) throws(FileFormatError) in
      defer { isFirst = false }
      if isFirst && hasHeader { return }
      if try isDropped(cells, row: row, names) { return }
      try body(row, cells)
    }
  }

  private func kinds() throws(FileFormatError) -> (kinds: [Kind], hasHeader: Bool) {
    var kinds: [Kind] = []
    var hasHeader = false
    try scanner.forEachRow { (row, cells) throws(FileFormatError) in
      if kinds.isEmpty {
        let indices = 0..<cells.count
        hasHeader =
          options.hasHeader ?? !indices.contains { CSVNumber.isNumber(trimmed(cells[$0])) }
        kinds = indices.map { index in
          let name = hasHeader ? text(trimmed(cells[index])) : "\(index + 1)"
          return Kind(name: name, isNumeric: !options.categoricalColumns.contains(name))
        }
        if hasHeader { return try checkNames(kinds.map(\.name), row: row) }
      }
      if try isDropped(cells, row: row, kinds.map(\.name)) { return }
      for index in 0..<cells.count where kinds[index].isNumeric {
        kinds[index].isNumeric = CSVNumber.isNumber(trimmed(cells[index]))
      }
    }
    return (kinds, hasHeader)
  }

  /// The texts of each categorical column with their codes, in alphabetical order.
  private func codes(
    _ kinds: [Kind], _ hasHeader: Bool
  ) throws(FileFormatError) -> [[String: Float]] {
    var texts = [Set<String>](repeating: [], count: kinds.count)
    let categorical = kinds.indices.filter { !kinds[$0].isNumeric }
    if !categorical.isEmpty {
      try forEachRow(hasHeader, kinds.map(\.name)) { (_, cells) throws(FileFormatError) in
        for index in categorical {
          texts[index].insert(text(trimmed(cells[index])))
          guard texts[index].count <= Dataset.mostClasses else {
            throw scanner.file.failure(
              "has more than \(Dataset.mostClasses) different texts in column "
                + "'\(kinds[index].name)'")
          }
        }
      }
    }
    return texts.map { texts in
      Dictionary(uniqueKeysWithValues: texts.sorted().enumerated().map { ($1, Float($0)) })
    }
  }

  private func checkNames(_ names: [String], row: Int) throws(FileFormatError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw scanner.file.failure("has two columns named '\(name)' (row \(row))")
    }
  }

  /// Whether a row lacks a value and is left out; throws when missing values are refused.
  private func isDropped(
    _ cells: CSVScanner.Row, row: Int, _ names: @autoclosure () -> [String]
  ) throws(FileFormatError) -> Bool {
    let indices = 0..<cells.count
    guard let column = indices.first(where: { CSVNumber.isMissing(trimmed(cells[$0])) }) else {
      return false
    }
    guard options.missingValues == .dropRow else {
      throw scanner.file.failure(
        "lacks a value in row \(row), column '\(names()[column])'; fill it in or leave such rows out"
      )
    }
    return true
  }

  private func finite(
    _ cell: ArraySlice<UInt8>, row: Int, column: String
  ) throws(FileFormatError) -> Float {
    guard let value = Float(text(cell)), value.isFinite else {
      throw scanner.file.failure(
        "has '\(text(cell.prefix(40)))' in row \(row), column '\(column)', expected a finite "
          + "number")
    }
    return value
  }

  private func trimmed(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var cell = cell
    while let first = cell.first, first == 0x20 || first == 0x09 { cell.removeFirst() }
    while let last = cell.last, last == 0x20 || last == 0x09 { cell.removeLast() }
    return cell
  }

  private func text(_ cell: ArraySlice<UInt8>) -> String {
    String(decoding: cell, as: UTF8.self)
  }
}

/// What a cell's characters say before anything is converted.
enum CSVNumber {
  /// Whether a cell is a decimal number such as `-1.5e-3`, or an infinity, which is refused later.
  static func isNumber(_ cell: ArraySlice<UInt8>) -> Bool {
    guard cell.count < 64 else { return false }
    var position = cell.startIndex
    func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    func skipSign() {
      if position < cell.endIndex, cell[position] == 0x2B || cell[position] == 0x2D {
        position += 1
      }
    }
    func skipDigits() -> Int {
      let start = position
      while position < cell.endIndex, isDigit(cell[position]) { position += 1 }
      return position - start
    }
    skipSign()
    if position < cell.endIndex, cell[position] | 0x20 == 0x69 {
      let word = String(decoding: cell[position...], as: UTF8.self).lowercased()
      return word == "inf" || word == "infinity"
    }
    var digits = skipDigits()
    if position < cell.endIndex, cell[position] == 0x2E {
      position += 1
      digits += skipDigits()
    }
    guard digits > 0 else { return false }
    if position < cell.endIndex, cell[position] | 0x20 == 0x65 {
      position += 1
      skipSign()
      guard skipDigits() > 0 else { return false }
    }
    return position == cell.endIndex
  }

  /// Whether a cell stands for a value that is not known.
  static func isMissing(_ cell: ArraySlice<UInt8>) -> Bool {
    guard let first = cell.first else { return true }
    guard cell.count <= 4, first > 0x39 else { return false }
    let word = String(decoding: cell, as: UTF8.self).lowercased()
    return word == "na" || word == "n/a" || word == "nan" || word == "null" || word == "?"
  }
}
