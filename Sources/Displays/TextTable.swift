/// A table for the terminal: columns aligned, two spaces apart, no lines but one under the head.
public struct TextTable: Sendable, CustomStringConvertible {
  /// How a column's cells stand in it.
  public enum Alignment: Sendable {
    case left
    case right
  }

  private let head: [String]
  private let alignments: [Alignment]
  private let rows: [[String]]

  /// Makes a table; rows shorter than the head are filled up with empty cells.
  public init(_ columns: [(title: String, alignment: Alignment)], rows: [[String]]) {
    head = columns.map { printable($0.title) }
    alignments = columns.map(\.alignment)
    self.rows = rows.map { row in
      columns.indices.map { $0 < row.count ? printable(row[$0]) : "" }
    }
  }

  /// The table, one line a row, without spaces at line ends.
  public var description: String { text(width: nil) }

  /// The table in lines of at most `width` columns of the terminal: where it is wider, the widest texts are cut.
  ///
  /// Numbers, which stand at the right, are never cut, and no column becomes narrower than its
  /// head or eight columns of the terminal.
  public func text(width: Int?) -> String {
    var widths = head.indices.map { column in
      ([head] + rows).map { TextWidth.of($0[column]) }.max() ?? 0
    }
    func least(_ column: Int) -> Int { max(8, TextWidth.of(head[column])) }
    while let width, widths.reduce(2 * (widths.count - 1), +) > width {
      let loose = widths.indices.filter { alignments[$0] == .left && widths[$0] > least($0) }
      guard let widest = loose.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let lines = [line(head, widths), rule] + rows.map { line($0, widths) }
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let cells = zip(cells, widths).map { cell, width in
      TextWidth.of(cell) > width ? TextWidth.beginning(cell, columns: width - 1) + "…" : cell
    }
    var text = cells.indices.map { column in
      let space = String(
        repeating: " ", count: max(0, widths[column] - TextWidth.of(cells[column])))
      return alignments[column] == .left ? cells[column] + space : space + cells[column]
    }.joined(separator: "  ")
    while text.last == " " { text.removeLast() }
    return text
  }
}
