/// A plot made of characters: braille dots, axes with round numbers, a legend, and what happened.
///
/// The extremes of each column are drawn, so that no spike is lost. Where there are no colours, the
/// curves' ends carry letters. A smoothed curve has its measured line behind it, fainter.
public struct TextPlot: Sendable {
  /// The style of a piece of text; how it looks is the terminal's business.
  public enum Style: Equatable, Sendable {
    case plain
    case strong
    case faint
    /// A mark of something that happened, or of something to look at.
    case mark
    /// What goes well.
    case good
    /// What went wrong.
    case bad
    /// The colour of the curve with this number.
    case curve(Int)
  }

  /// Text of one style.
  public struct Span: Equatable, Sendable {
    /// The characters.
    public var text: String
    /// How they look.
    public var style: Style

    /// Makes a span from its parts.
    public init(_ text: String, _ style: Style = .plain) {
      self.text = text
      self.style = style
    }
  }

  let plot: Plot
  let width: Int
  let isColored: Bool
  private let height: Int
  private let namesMarks: Bool
  private let axis: PlotAxis

  /// Prepares a plot of `width × height` characters.
  ///
  /// It is higher where its panels and legends need more. Where `namesMarks` is false what happened
  /// is marked, but not told.
  public init(
    _ plot: Plot, width: Int = 78, height: Int = 22, isColored: Bool = false,
    namesMarks: Bool = true
  ) {
    self.plot = plot
    self.width = max(24, width)
    self.height = height
    self.isColored = isColored
    self.namesMarks = namesMarks
    axis = plot.horizontalAxis
  }

  /// The lines, from top to bottom.
  public var lines: [[Span]] {
    let legends = plot.panels.map(legend)
    let marks = namesMarks ? markLines : []
    // Title, rule and numbers of each panel, and its legend; one line is left for the prompt.
    let fixed = legends.reduce(marks.count) { $0 + $1.count + 3 } + 1
    let rows = max(4, (height - fixed) / max(1, plot.panels.count))
    var lines: [[Span]] = []
    for (panel, legend) in zip(plot.panels, legends) {
      lines += picture(panel, rows: rows) + legend
    }
    return lines + marks
  }

  /// The lines without colours.
  public var text: String {
    lines.map { line in
      var text = line.map(\.text).joined()
      while text.last == " " || text.last == "\u{2800}" { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  /// The letter of a curve where there are no colours and there is something to tell apart.
  func letter(_ index: Int, of count: Int) -> Character? {
    guard !isColored, count > 1 else { return nil }
    return Array("abcdefghijklmnopqrstuvwxyz")[index % 26]
  }

  // MARK: One panel

  private func picture(_ panel: PlotPanel, rows: Int) -> [[Span]] {
    let title = [Span(printable(panel.title), .strong)]
    guard !panel.values.isEmpty else { return [title, [Span("  no points yet", .faint)]] }
    let scale = plot.verticalScale(panel)
    let ticks = self.ticks(scale, panel, rows: rows)
    let margin = ticks.values.map(\.count).max() ?? 0
    let endings = letter(0, of: panel.curves.count) == nil ? 0 : 3
    let columns = max(8, width - margin - 2 - endings)
    var canvas = BrailleCanvas(width: columns, height: rows)
    draw(panel, scale, on: &canvas)
    let letters = self.letters(panel, scale, rows: rows)
    let picture = (0..<rows).map { row -> [Span] in
      let label = ticks[row] ?? ""
      let space = String(repeating: " ", count: margin - label.count)
      var line = [Span(space + label + (label.isEmpty ? " │" : " ┤"), .faint)]
      for (character, ink) in canvas.characters(row) {
        let style: Style =
          ink == 0 ? .plain : ink == BrailleCanvas.faint ? .faint : .curve(Int(ink) - 1)
        if line[line.count - 1].style == style {
          line[line.count - 1].text.append(character)
        } else {
          line.append(Span(String(character), style))
        }
      }
      if let ending = letters[row] { line.append(Span(" " + ending)) }
      return line
    }
    return [title] + picture + rule(margin: margin, columns: columns)
  }

  /// The numbers beside the rows.
  private func ticks(_ scale: ChartScale, _ panel: PlotPanel, rows: Int) -> [Int: String] {
    let values = scale.ticks(about: max(2, rows / 3))
    let labels = AxisText.labels(
      values, isPercentage: panel.isPercentage, isLogarithmic: scale.isLogarithmic)
    let places = zip(values, labels).compactMap { value, label in
      scale.position(value).map { (Self.dot($0, of: rows * 4) / 4, label) }
    }
    return Dictionary(places) { first, _ in first }
  }

  private static func dot(_ position: Double, of dots: Int) -> Int {
    Int(((1 - min(1, max(0, position))) * Double(dots - 1)).rounded())
  }

  private func column(_ x: Double, of dots: Int) -> Int {
    Int(((axis.scale.position(x) ?? 0) * Double(dots - 1)).rounded())
  }

  private func draw(_ panel: PlotPanel, _ scale: ChartScale, on canvas: inout BrailleCanvas) {
    let down = canvas.dotsDown
    func y(_ value: Double?) -> Int? {
      value.flatMap(scale.position).map { Self.dot($0, of: down) }
    }
    for mark in plot.marks {
      let x = column(mark.x, of: canvas.dotsAcross)
      for row in stride(from: 1, to: down, by: 4) { canvas.dot(x, row, ink: BrailleCanvas.faint) }
    }
    for (index, curve) in panel.curves.enumerated() {
      let ink = isColored ? UInt8(index % 64 + 1) : 0
      let isBehind = curve.smoothed != nil
      var before: (x: Int, y: Int)?
      for point in curve.points {
        let x = column(point.x, of: canvas.dotsAcross)
        guard let mean = y(point.mean) else {
          before = nil
          continue
        }
        let raw = isBehind ? BrailleCanvas.faint : ink
        if let before { canvas.line(from: before, to: (x, mean), ink: raw) }
        canvas.line(
          from: (x, y(point.minimum) ?? mean), to: (x, y(point.maximum) ?? mean), ink: raw)
        before = (x, mean)
      }
    }
    for (index, curve) in panel.curves.enumerated() {
      guard let smoothed = curve.smoothed else { continue }
      let ink = isColored ? UInt8(index % 64 + 1) : 0
      var before: (x: Int, y: Int)?
      for (point, value) in zip(curve.points, smoothed) {
        let here = y(value).map { (x: column(point.x, of: canvas.dotsAcross), y: $0) }
        if let here { canvas.line(from: before ?? here, to: here, ink: ink) }
        before = here
      }
    }
  }

  /// The letters at the right, beside the rows in which the curves end, the higher curve above.
  private func letters(_ panel: PlotPanel, _ scale: ChartScale, rows: Int) -> [Int: String] {
    let endings = panel.curves.enumerated().compactMap { index, curve in
      letter(index, of: panel.curves.count).flatMap { letter in
        curve.last.flatMap(scale.position).map { (letter: letter, position: $0) }
      }
    }.sorted { $0.position > $1.position }
    var letters: [Int: String] = [:]
    var next = 0
    for (index, ending) in endings.enumerated() {
      let own = Self.dot(ending.position, of: rows * 4) / 4
      // As near as the others let it be: below those above it, with room for those below it.
      let row = max(next, min(own, rows - (endings.count - index)))
      letters[min(row, rows - 1), default: ""].append(ending.letter)
      next = row + 1
    }
    return letters
  }

  // MARK: Below the picture

  private func rule(margin: Int, columns: Int) -> [[Span]] {
    let ticks = axis.ticks(about: max(2, columns / 12))
    var line = [Character](repeating: "─", count: columns)
    var numbers = [Character](repeating: " ", count: columns + 1)
    var end = -1
    let title = Array(axis.title)
    for (value, label) in ticks {
      let at = column(value, of: columns * 2) / 2
      line[at] = "┬"
      // A number stands under its tick, moved as far as the edges ask for, and away from others.
      let start = min(max(0, at + 1 - label.count / 2), columns + 1 - label.count)
      let isLast = start + label.count > columns + 1 - title.count - 1
      guard start > end, start >= 0, !isLast else { continue }
      for (offset, character) in label.enumerated() { numbers[start + offset] = character }
      end = start + label.count
    }
    let start = columns + 1 - title.count
    if start > end { numbers.replaceSubrange(start..., with: title) }
    var spans = [Span(String(repeating: " ", count: margin + 1) + "└", .faint)]
    let marked = Set(plot.marks.map { column($0.x, of: columns * 2) / 2 })
    for (index, character) in line.enumerated() {
      let isMarked = marked.contains(index)
      let style: Style = isMarked ? .mark : .faint
      if spans[spans.count - 1].style != style { spans.append(Span("", style)) }
      spans[spans.count - 1].text.append(isMarked ? "▲" : character)
    }
    return [spans, [Span(String(repeating: " ", count: margin + 1) + String(numbers), .faint)]]
  }

  private func legend(_ panel: PlotPanel) -> [[Span]] {
    var lines: [[Span]] = []
    var used = width + 1
    for (index, curve) in panel.curves.enumerated() {
      let sign = letter(index, of: panel.curves.count).map(String.init) ?? "━━"
      let value = curve.last.map(panel.text) ?? ""
      let room = max(4, width - sign.count - value.count - 4)
      let name = shortened(printable(curve.name), to: room)
      let length = sign.count + name.count + value.count + 2
      if used + 3 + length > width {
        lines.append([Span("  ")])
        used = 2
      } else {
        lines[lines.count - 1].append(Span("   "))
        used += 3
      }
      used += length
      lines[lines.count - 1] += [
        Span(sign, isColored ? .curve(index) : .plain), Span(" \(name) "), Span(value, .strong),
      ]
    }
    return lines
  }

  private var markLines: [[Span]] {
    let shown = plot.marks.prefix(plot.marks.count > 6 ? 5 : 6)
    let labels = AxisText.labels(shown.map(\.x))
    var lines = zip(shown, labels).map { mark, label -> [Span] in
      let place = plot.horizontal == .time ? NumberText.duration(mark.x) : "\(axis.title) \(label)"
      let text = shortened(printable("\(place): \(mark.text)"), to: width - 4)
      return [Span("  ▲ ", .mark), Span(text)]
    }
    if plot.marks.count > shown.count {
      lines.append([Span("    and \(plot.marks.count - shown.count) more", .faint)])
    }
    return lines
  }
}
