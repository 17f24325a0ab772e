import Foundation
import Records

/// A network as an SVG picture: one box a layer, inputs at the top, edges pointing down.
///
/// Each box is `<g class="layer" id="layer-N" data-layer="name">`, with a `class="health"` bar and a
/// `class="reading"` text for whoever shows live values. Colours are presentation attributes, so a
/// page's style sheet overrides them, and the picture needs no style of its own.
public struct NetworkDrawing: Sendable {
  private let summary: NetworkSummary
  private let layout: NetworkLayout
  private let boxWidth = 372.0
  private let boxHeight = 58.0
  private let gap = 24.0
  private let margin = 8.0

  /// Lays the network out.
  public init(_ summary: NetworkSummary) {
    self.summary = summary
    layout = NetworkLayout(summary)
  }

  /// The picture's size in pixels.
  public var size: (width: Double, height: Double) {
    let span = layout.span
    let rows = Double(layout.rowCount)
    return (
      (span.right - span.left) * (boxWidth + gap) + boxWidth + 2 * margin,
      max(0, rows * boxHeight + max(0, rows - 1) * gap) + 2 * margin
    )
  }

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
    let indices = Dictionary(
      summary.layers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (index, layer) in summary.layers.enumerated() {
      for source in layer.incomings.compactMap({ indices[$0] }) where source < index {
        lines.append(edge(from: source, to: index))
      }
    }
    for (index, layer) in summary.layers.enumerated() { lines += box(layer, index) }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func corner(_ index: Int) -> (x: Double, y: Double) {
    let place = layout.places[index]
    return (
      margin + (place.column - layout.span.left) * (boxWidth + gap),
      margin + Double(place.row) * (boxHeight + gap)
    )
  }

  private func edge(from source: Int, to target: Int) -> String {
    let start = corner(source)
    let end = corner(target)
    let fromX = start.x + boxWidth / 2
    let fromY = start.y + boxHeight
    let toX = end.x + boxWidth / 2
    let toY = end.y
    let rows = layout.places[target].row - layout.places[source].row
    var path = "M\(number(fromX)) \(number(fromY))"
    if fromX == toX, rows > 1 {
      // A way round the boxes in between, not behind them.
      let side = fromX + boxWidth / 2 + gap / 2
      path += " C\(number(side)) \(number(fromY)) \(number(side)) \(number(toY))"
    } else {
      let middle = (fromY + toY) / 2
      path += " C\(number(fromX)) \(number(middle)) \(number(toX)) \(number(middle))"
    }
    path += " \(number(toX)) \(number(toY))"
    return "<path class=\"edge\" d=\"\(path)\" fill=\"none\" stroke=\"#8a94a6\""
      + " stroke-width=\"1.5\"/>"
  }

  private func box(_ layer: LayerSummary, _ index: Int) -> [String] {
    let corner = corner(index)
    let shape = NetworkDrawing.shapeText(layer.outputShape)
    let count = layer.parameterCount
    let isOutput = summary.outputs.contains(layer.name)
    let name = escaped(layer.name)
    var description = "\(layer.name), \(layer.type), output \(shape)"
    if count > 0 { description += ", \(NumberText.grouped(count)) parameters" }
    let right = number(boxWidth - 14)
    return [
      "<g class=\"layer\(isOutput ? " output" : "")\(count > 0 ? " learns" : "")\""
        + " id=\"layer-\(index)\" data-layer=\"\(name)\""
        + " transform=\"translate(\(number(corner.x)) \(number(corner.y)))\">",
      "<title>\(escaped(description))</title>",
      "<rect class=\"box\" width=\"\(number(boxWidth))\" height=\"\(number(boxHeight))\" rx=\"9\""
        + " fill=\"#ffffff\" stroke=\"#cfd6e0\"/>",
      "<rect class=\"health\" x=\"0.5\" y=\"10\" width=\"4\" height=\"\(number(boxHeight - 20))\""
        + " rx=\"2\" fill=\"#cfd6e0\"/>",
      TensorGlyph(layer.outputShape).svg(x: 16, y: 9, size: 40),
      "<text class=\"name\" x=\"68\" y=\"25\" font-size=\"13.5\" font-weight=\"600\""
        + " fill=\"#1c2430\">\(escaped(shortened(layer.name, to: 20)))</text>",
      "<text class=\"detail\" x=\"68\" y=\"43\" font-size=\"11.5\" fill=\"#5b6677\">"
        + "\(escaped(shortened(detail(layer), to: 32)))</text>",
      "<text class=\"shape\" x=\"\(right)\" y=\"25\" font-size=\"12\" text-anchor=\"end\""
        + " fill=\"#5b6677\">\(escaped(shape))</text>",
      "<text class=\"reading\" x=\"\(right)\" y=\"43\" font-size=\"11.5\" text-anchor=\"end\""
        + " fill=\"#5b6677\">\(count > 0 ? NumberText.short(count) + " parameters" : "")</text>",
      "</g>",
    ]
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
