import Foundation

/// Turns the cells of a table into numbers, in two passes over the file.
///
/// The first pass decides which columns are numeric, the second fills them: texts are never kept for
/// more than their categories.
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
    var categories: Set<[UInt8]> = []
  }

  func columns() throws(FileFormatError) -> [CSV.Column] {
    let (kinds, hasHeader) = try kinds()
    var columns = kinds.map { kind in
      CSV.Column(
        name: kind.name,
        categories: kind.isNumeric ? nil : kind.categories.map { text($0) }.sorted(), values: [])
    }
    let codes = columns.map { column in
      Dictionary(
        (column.categories ?? []).enumerated().map { ($0.element, Float($0.offset)) },
        uniquingKeysWith: { first, _ in first })
    }
    var isFirst = true
    try scanner.forEachRow { (row, cells) throws(FileFormatError) in
      defer { isFirst = false }
      if isFirst && hasHeader { return }
      if try isDropped(cells, row: row, kinds.map(\.name)) { return }
      for (index, cell) in cells.enumerated() {
        if columns[index].categories == nil {
          columns[index].values.append(
            try finite(cell, row: row, column: columns[index].name))
        } else {
          columns[index].values.append(codes[index][text(trimmed(cell))] ?? 0)
        }
      }
    }
    guard let first = columns.first, !first.values.isEmpty else {
      throw scanner.file.failure("has no rows of values")
    }
    return columns
  }

  private func kinds() throws(FileFormatError) -> (kinds: [Kind], hasHeader: Bool) {
    var kinds: [Kind] = []
    var hasHeader = false
    try scanner.forEachRow { (row, cells) throws(FileFormatError) in
      if kinds.isEmpty {
        hasHeader = options.hasHeader ?? !cells.contains { number($0) != nil }
        kinds = cells.enumerated().map { index, cell in
          Kind(name: hasHeader ? text(trimmed(cell)) : "\(index + 1)")
        }
        if hasHeader { return try checkNames(kinds.map(\.name), row: row) }
      }
      if try isDropped(cells, row: row, kinds.map(\.name)) { return }
      for (index, cell) in cells.enumerated() {
        if kinds[index].isNumeric {
          kinds[index].isNumeric =
            number(cell) != nil && !options.categoricalColumns.contains(kinds[index].name)
        }
        // Categories are gathered for every column: a later row may hold the first text.
        if kinds[index].categories.count <= Dataset.mostClasses {
          kinds[index].categories.insert(trimmed(cell))
        }
      }
    }
    for kind in kinds where !kind.isNumeric && kind.categories.count > Dataset.mostClasses {
      throw scanner.file.failure(
        "has more than \(Dataset.mostClasses) different texts in column '\(kind.name)'")
    }
    return (kinds, hasHeader)
  }

  private func checkNames(_ names: [String], row: Int) throws(FileFormatError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw scanner.file.failure("has two columns named '\(name)' (row \(row))")
    }
  }

  /// Whether a row lacks a value and is left out; throws when missing values are refused.
  private func isDropped(
    _ cells: [[UInt8]], row: Int, _ names: [String]
  ) throws(FileFormatError) -> Bool {
    guard let column = cells.firstIndex(where: { isMissing(trimmed($0)) }) else { return false }
    guard options.missingValues == .dropRow else {
      throw scanner.file.failure(
        "lacks a value in row \(row), column '\(names[column])'; fill it in or leave such rows out")
    }
    return true
  }

  private func isMissing(_ cell: [UInt8]) -> Bool {
    guard cell.count <= 4 else { return false }
    return ["", "na", "n/a", "nan", "null", "?"].contains(text(cell).lowercased())
  }

  private func number(_ cell: [UInt8]) -> Float? {
    let cell = trimmed(cell)
    // Swift also reads hexadecimal floats, which no table means.
    guard let first = cell.first, first < 0x3A || first == 0x69 || first == 0x49,
      cell.count < 64, !cell.contains(where: { $0 == 0x78 || $0 == 0x58 })
    else { return nil }
    return Float(text(cell))
  }

  private func finite(
    _ cell: [UInt8], row: Int, column: String
  ) throws(FileFormatError) -> Float {
    guard let value = number(cell), value.isFinite else {
      throw scanner.file.failure(
        "has '\(text(cell.prefix(40)))' in row \(row), column '\(column)', expected a finite number"
      )
    }
    return value
  }

  private func trimmed(_ cell: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let start = cell.firstIndex(where: { !isSpace($0) }),
      let end = cell.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return start == 0 && end == cell.count - 1 ? cell : Array(cell[start...end])
  }

  private func text(_ cell: some Sequence<UInt8>) -> String {
    String(decoding: Array(cell), as: UTF8.self)
  }
}
