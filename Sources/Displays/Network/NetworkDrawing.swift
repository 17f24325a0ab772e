import Foundation
import Records

/// A network as an SVG picture: one box a layer, inputs at the top, edges pointing down.
///
/// Each box is `<g class="layer" id="layer-N" data-layer="name">`, with a `class="health"` bar and a
/// `class="reading"` text for whoever shows live values. Each connection is `<path class="edge"
/// data-source="N" data-target="N">`. Colours are presentation attributes, so a page's style sheet
/// overrides them, and the picture needs no style of its own.
public struct NetworkDrawing: Sendable {
  private let summary: NetworkSummary
  private let marks: [String: String]
  private let edgeMarks: [String: String]
  private let layout: NetworkLayout
  private let form: BoxForm
  private let tops: [Double]
  private let margin = 10.0

  /// Lays the network out.
  ///
  /// - Parameters:
  ///   - marks: Further classes of layers by their names, such as `wrong` or `added`.
  ///   - isSmall: Whether each layer is one line, for a picture beside other things.
  public init(_ summary: NetworkSummary, marks: [String: String] = [:], isSmall: Bool = false) {
    self.init(summary, marks: marks, edgeMarks: [:], isSmall: isSmall)
  }

  /// Marks connections too, by the names of what they join with a zero between them.
  init(
    _ summary: NetworkSummary, marks: [String: String], edgeMarks: [String: String],
    isSmall: Bool = false
  ) {
    self.summary = summary
    self.marks = marks
    self.edgeMarks = edgeMarks
    layout = NetworkLayout(summary) { BoxForm(widest: $0, isSmall: isSmall).spacing }
    form = BoxForm(widest: layout.widest, isSmall: isSmall)
    tops = Self.tops(layout, form)
  }

  /// The picture's size in pixels.
  public var size: (width: Double, height: Double) {
    let height = tops.last.map { $0 + form.height } ?? 0
    return (layout.right - layout.left + form.width + 2 * margin, height + 2 * margin)
  }

  /// How often connections cross in the picture.
  public var crossings: Int { layout.crossings }

  /// The picture as an SVG document.
  public var svg: String {
    let width = NumberText.fixed(size.width, decimals: 0)
    let height = NumberText.fixed(size.height, decimals: 0)
    let title =
      "Network \(summary.name): \(summary.layers.count) layers, "
      + "\(NumberText.grouped(summary.parameterCount)) parameters"
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"network\" width=\"\(width)\""
        + " height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" role=\"img\""
        + " font-family=\"system-ui, sans-serif\" aria-label=\"\(escaped(title))\">"
    ]
    lines += layout.edges.map(path)
    for (index, layer) in summary.layers.enumerated() { lines += box(layer, index) }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Where each row begins: where connections go far to the side, there is more room for them.
  private static func tops(_ layout: NetworkLayout, _ form: BoxForm) -> [Double] {
    var widest = [Double](repeating: 0, count: max(0, layout.rowCount))
    for edge in layout.edges {
      let start = layout.places[edge.source]
      let xs = [start.x] + edge.bends + [layout.places[edge.target].x]
      for (step, pair) in zip(xs, xs.dropFirst()).enumerated() where start.row + step < widest.count
      {
        widest[start.row + step] = max(widest[start.row + step], abs(pair.1 - pair.0))
      }
    }
    var tops: [Double] = []
    var y = 0.0
    for row in widest {
      tops.append(y)
      y += form.height + form.gap + min(34, row * 0.07)
    }
    return tops
  }

  private func corner(_ index: Int) -> (x: Double, y: Double) {
    let place = layout.places[index]
    return (margin + place.x - layout.left, margin + tops[place.row])
  }

  /// A connection: straight down beside the boxes of a row, in a curve between two rows.
  private func path(_ edge: NetworkLayout.Edge) -> String {
    let (start, end) = (corner(edge.source), corner(edge.target))
    var x = start.x + form.width / 2
    var y = start.y + form.height
    var text = "M\(number(x)) \(number(y))"
    func curve(to nextX: Double, _ nextY: Double) {
      if nextX == x {
        text += " V\(number(nextY))"
      } else {
        let middle = number((y + nextY) / 2)
        text += " C\(number(x)) \(middle) \(number(nextX)) \(middle)"
        text += " \(number(nextX)) \(number(nextY))"
      }
      (x, y) = (nextX, nextY)
    }
    let row = layout.places[edge.source].row
    for (step, bend) in edge.bends.enumerated() {
      let top = margin + tops[row + 1 + step]
      curve(to: margin + form.width / 2 + bend - layout.left, top)
      curve(to: x, top + form.height)
    }
    curve(to: end.x + form.width / 2, end.y)
    let ends = [edge.source, edge.target].map { summary.layers[$0].name }
    let mark = edgeMarks[ends.joined(separator: "\0")].map { " \($0)" } ?? ""
    return "<path class=\"edge\(mark)\" data-source=\"\(edge.source)\""
      + " data-target=\"\(edge.target)\" d=\"\(text)\" fill=\"none\" stroke=\"#8a94a6\" stroke-width=\"1.5\"/>"
  }

  private func box(_ layer: LayerSummary, _ index: Int) -> [String] {
    let corner = corner(index)
    let shape = layer.outputShape.isEmpty ? "?" : Self.shapeText(layer.outputShape)
    let count = layer.parameterCount
    let name = escaped(layer.name)
    var description = "\(layer.name), \(layer.type), output \(shape)"
    if count > 0 { description += ", \(NumberText.grouped(count)) parameters" }
    var classes = ["layer"]
    if summary.outputs.contains(layer.name) { classes.append("output") }
    if count > 0 { classes.append("learns") }
    if let mark = marks[layer.name] { classes.append(mark) }
    let unit = form.detail == nil ? "" : " parameters"
    let reading = count > 0 ? NumberText.short(count) + unit : ""
    let lines = [
      "<g class=\"\(classes.joined(separator: " "))\""
        + " id=\"layer-\(index)\" data-layer=\"\(name)\""
        + " transform=\"translate(\(number(corner.x)) \(number(corner.y)))\">",
      "<title>\(escaped(description))</title>",
      "<rect class=\"box\" width=\"\(number(form.width))\" height=\"\(number(form.height))\""
        + " rx=\"9\" fill=\"#ffffff\" stroke=\"#cfd6e0\"/>",
      "<rect class=\"health\" x=\"0.5\" y=\"\(number(form.bar.y))\" width=\"4\""
        + " height=\"\(number(form.bar.height))\" rx=\"2\" fill=\"#cfd6e0\"/>",
      form.glyph.map {
        TensorGlyph(layer.outputShape).svg(x: $0, y: (form.height - 40) / 2, size: 40)
      },
      form.name.svg("name", layer.name, bold: true),
      form.detail?.svg("detail", detail(layer)),
      form.shape?.svg("shape", shape),
      form.reading.svg("reading", reading),
      "</g>",
    ]
    return lines.compactMap(\.self)
  }

  private func detail(_ layer: LayerSummary) -> String {
    let kind = layer.type.hasSuffix("Layer") ? String(layer.type.dropLast(5)) : layer.type
    return layer.detail.isEmpty ? kind : "\(kind) · \(layer.detail)"
  }

  private func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }

  /// An output shape without its batch axis: `32 × 24 × 24`.
  public static func shapeText(_ shape: [Int?]) -> String {
    let axes = shape.dropFirst().map { $0.map(String.init) ?? "?" }
    return axes.isEmpty ? "scalar" : axes.joined(separator: " × ")
  }
}
