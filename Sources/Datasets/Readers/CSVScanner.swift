import Foundation

/// Walks over the cells of a CSV file (RFC 4180) without keeping them.
///
/// Quotes may hold separators, line ends and doubled quotes. Lines end with LF, CRLF or CR; a line
/// without any character is skipped; a byte-order mark is too.
struct CSVScanner {
  /// Bounds on what a sane table has; beyond them the file is refused.
  static let mostColumns = 65_536
  static let longestCell = 1 << 20

  let file: FileBytes
  let separator: UInt8

  /// The cells of one row, one after the other without quotes.
  struct Row {
    fileprivate var text: [UInt8] = []
    fileprivate var ends: [Int] = []

    var count: Int { ends.count }

    subscript(column: Int) -> ArraySlice<UInt8> {
      text[(column == 0 ? 0 : ends[column - 1])..<ends[column]]
    }
  }

  /// Calls `body` for every row with its number (from 1, the header counted) and its cells.
  ///
  /// Every row must have as many cells as the first.
  func forEachRow(
    _ body: (Int, Row) throws(FileFormatError) -> Void
  ) throws(FileFormatError) {
    var state = State(scanner: self)
    // Regions are copied out so that errors can leave through typed throws.
    let step = 1 << 16
    var start = file.data.startIndex
    if file.data.starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    while start < file.data.endIndex {
      let end = min(start + step, file.data.endIndex)
      for byte in [UInt8](file.data[start..<end]) { try state.take(byte, body) }
      start = end
    }
    try state.finish(body)
  }

  private struct State {
    let scanner: CSVScanner
    var row = 1
    var columns: Int?
    var cells = Row()
    /// Where the current cell begins in the row's text.
    var start = 0
    var isQuoted = false
    var isClosed = false
    var lastWasReturn = false

    init(scanner: CSVScanner) {
      self.scanner = scanner
    }

    mutating func take(
      _ byte: UInt8, _ body: (Int, Row) throws(FileFormatError) -> Void
    ) throws(FileFormatError) {
      if lastWasReturn, byte == 0x0A {
        lastWasReturn = false
        return
      }
      lastWasReturn = false
      guard byte != 0 else { throw failure("has a zero byte, so it is no text") }
      if isQuoted, !isClosed {
        if byte == 0x22 { isClosed = true } else { try append(byte) }
        return
      }
      switch byte {
      case scanner.separator: try endCell()
      case 0x0A: try endRow(body)
      case 0x0D:
        try endRow(body)
        lastWasReturn = true
      case 0x22 where isClosed:
        // Two quotes in a quoted cell are one quote.
        isClosed = false
        try append(byte)
      case 0x22 where cells.text.count == start: isQuoted = true
      default:
        guard !isClosed else { throw failure("has text after a closing quote") }
        try append(byte)
      }
    }

    mutating func finish(
      _ body: (Int, Row) throws(FileFormatError) -> Void
    ) throws(FileFormatError) {
      guard !isQuoted || isClosed else { throw failure("ends inside a quoted cell") }
      try endRow(body)
    }

    private func failure(_ reason: String) -> FileFormatError {
      scanner.file.failure("\(reason) (row \(row), column \(cells.count + 1))")
    }

    private mutating func append(_ byte: UInt8) throws(FileFormatError) {
      guard cells.text.count - start < CSVScanner.longestCell else {
        throw failure("has a cell of more than \(CSVScanner.longestCell) bytes")
      }
      cells.text.append(byte)
    }

    private mutating func endCell() throws(FileFormatError) {
      guard cells.count < CSVScanner.mostColumns else {
        throw failure("has more than \(CSVScanner.mostColumns) columns")
      }
      start = cells.text.count
      cells.ends.append(start)
      isQuoted = false
      isClosed = false
    }

    private mutating func endRow(
      _ body: (Int, Row) throws(FileFormatError) -> Void
    ) throws(FileFormatError) {
      defer {
        row += 1
        cells.text.removeAll(keepingCapacity: true)
        cells.ends.removeAll(keepingCapacity: true)
        start = 0
      }
      if cells.count == 0, cells.text.isEmpty, !isQuoted { return }
      try endCell()
      let expected = columns ?? cells.count
      guard cells.count == expected else {
        throw scanner.file.failure(
          "has \(cells.count) cells in row \(row), expected \(expected) as in the first row")
      }
      columns = expected
      try body(row, cells)
    }
  }
}
