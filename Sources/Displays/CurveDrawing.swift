import Foundation
import Records

/// Series as an SVG line chart: the means as lines, each with its exact extremes as a band.
public struct CurveDrawing: Sendable {
  private let series: [Series]
  private let title: String
  private let isLogarithmic: Bool
  private let width: Double
  private let height: Double
  private let left = 56.0
  private let right = 14.0
  private let top = 30.0
  private let bottom = 30.0

  /// Line colours that stay apart for colour-blind eyes, on light and dark ground.
  public static let colors = [
    "#3b78d8", "#d9762b", "#2f9e6e", "#b455a5", "#b8860b", "#4aa3b5", "#c8475a", "#7a6fd0",
  ]

  /// Prepares a chart of these series, `width × height` pixels.
  public init(
    _ series: [Series], title: String = "", isLogarithmic: Bool = false, width: Int = 640,
    height: Int = 280
  ) {
    self.series = series
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.width = Double(max(160, width))
    self.height = Double(max(120, height))
  }

  /// The chart as an SVG document.
  public var svg: String {
    let buckets = series.flatMap(\.buckets)
    let vertical = ChartScale(
      buckets.flatMap { [$0.minimum, $0.maximum].compactMap(\.self) }, isLogarithmic: isLogarithmic)
    let horizontal = ChartScale(
      buckets.flatMap { [Double($0.firstStep), Double($0.lastStep)] }, isLogarithmic: false)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"curves\" width=\"\(Int(width))\""
        + " height=\"\(Int(height))\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\""
        + " font-family=\"system-ui, sans-serif\" aria-label=\"\(escaped(title))\">",
      "<text class=\"title\" x=\"\(point(left))\" y=\"18\" font-size=\"13\" font-weight=\"600\""
        + " fill=\"#6b7688\">\(escaped(title))</text>",
    ]
    if buckets.isEmpty {
      lines.append(
        "<text class=\"empty\" x=\"\(point(width / 2))\" y=\"\(point(height / 2))\""
          + " text-anchor=\"middle\" font-size=\"12\" fill=\"#6b7688\">No points yet</text>")
    } else {
      lines += axes(horizontal, vertical)
      for (index, one) in series.enumerated() {
        let color = CurveDrawing.colors[index % CurveDrawing.colors.count]
        lines += curve(one, color, horizontal, vertical)
      }
      if series.count > 1 { lines += legend() }
    }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func x(_ step: Double, _ scale: ChartScale) -> Double {
    left + (scale.position(step) ?? 0) * (width - left - right)
  }

  private func y(_ value: Double, _ scale: ChartScale) -> Double? {
    scale.position(value).map { height - bottom - $0 * (height - top - bottom) }
  }

  private func axes(_ horizontal: ChartScale, _ vertical: ChartScale) -> [String] {
    var lines: [String] = []
    for tick in vertical.ticks(about: 5) {
      guard let y = y(tick, vertical) else { continue }
      lines.append(
        "<line class=\"grid\" x1=\"\(point(left))\" x2=\"\(point(width - right))\""
          + " y1=\"\(point(y))\" y2=\"\(point(y))\" stroke=\"#8a94a6\" stroke-opacity=\"0.25\"/>")
      lines.append(label(NumberText.value(tick), left - 6, y + 4, anchor: "end"))
    }
    for tick in horizontal.ticks(about: 6) {
      lines.append(
        label(
          NumberText.short(Int(tick)), x(tick, horizontal), height - bottom + 16, anchor: "middle"))
    }
    return lines
  }

  private func label(_ text: String, _ x: Double, _ y: Double, anchor: String) -> String {
    "<text class=\"tick\" x=\"\(point(x))\" y=\"\(point(y))\" text-anchor=\"\(anchor)\""
      + " font-size=\"11\" fill=\"#6b7688\">\(escaped(text))</text>"
  }

  private func curve(
    _ series: Series, _ color: String, _ horizontal: ChartScale, _ vertical: ChartScale
  ) -> [String] {
    var lines: [String] = []
    // A bucket without a finite value is a gap; the pieces on its sides are drawn apart.
    for piece in series.buckets.split(whereSeparator: { $0.mean == nil }) {
      var upper: [String] = []
      var lower: [String] = []
      var middle: [String] = []
      for bucket in piece {
        let x = x(Double(bucket.firstStep + bucket.lastStep) / 2, horizontal)
        guard let mean = bucket.mean.flatMap({ y($0, vertical) }) else { continue }
        middle.append("\(point(x)),\(point(mean))")
        upper.append("\(point(x)),\(point(bucket.maximum.flatMap { y($0, vertical) } ?? mean))")
        lower.append("\(point(x)),\(point(bucket.minimum.flatMap { y($0, vertical) } ?? mean))")
      }
      if piece.contains(where: { $0.minimum != $0.maximum }), middle.count > 1 {
        lines.append(
          "<polygon class=\"band\" points=\"\((upper + lower.reversed()).joined(separator: " "))\""
            + " fill=\"\(color)\" fill-opacity=\"0.18\"/>")
      }
      if middle.count == 1 {
        let pair = middle[0].split(separator: ",")
        lines.append(
          "<circle class=\"point\" cx=\"\(pair[0])\" cy=\"\(pair[1])\" r=\"2.5\" fill=\"\(color)\"/>"
        )
      } else if middle.count > 1 {
        lines.append(
          "<polyline class=\"line\" points=\"\(middle.joined(separator: " "))\" fill=\"none\""
            + " stroke=\"\(color)\" stroke-width=\"1.75\" stroke-linejoin=\"round\"/>")
      }
    }
    return lines
  }

  private func legend() -> [String] {
    var lines: [String] = []
    var x = width - right
    for (index, one) in series.enumerated().reversed() {
      let text = shortened(one.key, to: 24)
      lines.append(
        "<text class=\"legend\" x=\"\(point(x))\" y=\"18\" text-anchor=\"end\" font-size=\"12\""
          + " fill=\"\(CurveDrawing.colors[index % CurveDrawing.colors.count])\">"
          + "\(escaped(text))</text>")
      x -= Double(text.count) * 6.6 + 14
    }
    return lines
  }

  private func point(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
}
