import Records

/// Curves made of characters, for the terminal.
public enum TextCurve {
  /// A curve one line high: `▇▅▃▂▁`.
  ///
  /// It has at most `width` characters; gaps are spaces.
  public static func sparkline(_ values: [Double], width: Int = 40) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    let columns = thinned(values, to: max(1, width))
    let scale = ChartScale(columns.compactMap(\.self), isLogarithmic: false)
    guard columns.contains(where: { $0 != nil }) else { return "" }
    let isFlat = Set(columns.compactMap(\.self)).count == 1
    return String(
      columns.map { value -> Character in
        guard let value, let position = scale.position(value) else { return " " }
        if isFlat { return blocks[0] }
        return blocks[min(7, max(0, Int((position * 7).rounded())))]
      })
  }

  /// A chart of one series in braille dots, `width × height` characters, with its range at the left
  /// and its steps below; the extremes of each column are drawn, so that a spike stays visible.
  public static func braille(
    _ series: Series, width: Int = 72, height: Int = 12, isLogarithmic: Bool = false
  ) -> String {
    let buckets = series.buckets.filter { $0.minimum != nil && $0.maximum != nil }
    guard let first = buckets.first, let last = buckets.last else {
      return "\(printable(series.key)): no points yet"
    }
    let vertical = ChartScale(
      buckets.flatMap { [$0.minimum, $0.maximum].compactMap(\.self) }, isLogarithmic: isLogarithmic)
    let horizontal = ChartScale(
      [Double(first.firstStep), Double(last.lastStep)], isLogarithmic: false)
    let labels = (NumberText.value(vertical.highest), NumberText.value(vertical.lowest))
    let margin = max(labels.0.count, labels.1.count)
    var canvas = BrailleCanvas(width: max(4, width - margin - 2), height: max(2, height))
    var before: (x: Int, y: Int)?
    for bucket in buckets {
      let middle = Double(bucket.firstStep + bucket.lastStep) / 2
      let across = horizontal.position(middle) ?? 0
      let x = Int((across * Double(canvas.dotsAcross - 1)).rounded())
      func y(_ value: Double?) -> Int? {
        value.flatMap(vertical.position).map {
          Int(((1 - $0) * Double(canvas.dotsDown - 1)).rounded())
        }
      }
      guard let mean = y(bucket.mean) else { continue }
      if let before { canvas.line(from: before, to: (x, mean)) }
      canvas.line(from: (x, y(bucket.minimum) ?? mean), to: (x, y(bucket.maximum) ?? mean))
      before = (x, mean)
    }
    let rows = canvas.rows
    var lines = rows.enumerated().map { index, row in
      let label = index == 0 ? labels.0 : index == rows.count - 1 ? labels.1 : ""
      return String(repeating: " ", count: margin - label.count) + label + " ┤" + row
    }
    let end = NumberText.short(last.lastStep)
    let start = NumberText.short(first.firstStep)
    let space = max(1, canvas.width - start.count - end.count)
    lines.append(
      String(repeating: " ", count: margin + 2) + start + String(repeating: " ", count: space) + end
    )
    return lines.joined(separator: "\n")
  }

  /// The values in at most `count` columns, each the mean of its share; `nil` where none is finite.
  private static func thinned(_ values: [Double], to count: Int) -> [Double?] {
    let columns = min(count, values.count)
    return (0..<columns).map { column in
      let from = column * values.count / columns
      let share = values[from..<max(from + 1, (column + 1) * values.count / columns)]
        .filter(\.isFinite)
      return share.isEmpty ? nil : share.reduce(0, +) / Double(share.count)
    }
  }
}
