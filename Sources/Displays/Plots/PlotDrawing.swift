import Foundation

/// A plot as a picture: panels one above the other, light ground, thin grid, exact extremes as bands.
public struct PlotDrawing: Sendable {
  private let plot: Plot
  private let title: String
  private let width: Double
  private let panelHeight: Double
  private let axis: PlotAxis
  private let left = 64.0
  private let right = 24.0

  private let ink = Ink(0x1f2733)
  private let soft = Ink(0x667085)
  private let grid = Ink(0xe7e9ee)
  private let markInk = Ink(0xb45309)
  private static let inks = [
    0x2f6fd0, 0xd9702a, 0x2f9e6e, 0xa855a0, 0xa8800f, 0x3a95ab, 0xc4455a, 0x756bd0,
  ].map(Ink.init)

  /// Prepares a picture `width` pixels wide; each panel takes `panelHeight` beside its legend.
  public init(_ plot: Plot, title: String = "", width: Int = 960, panelHeight: Int = 340) {
    self.plot = plot
    self.title = title
    self.width = Double(max(320, width))
    self.panelHeight = Double(max(160, panelHeight))
    axis = plot.horizontalAxis
  }

  /// The picture as an SVG document.
  public var svg: String { picture.svg }

  /// The picture as a PNG file, two pixels a side for each of its own.
  public func png() throws -> Data { try picture.png() }

  /// The colour of a curve, in hexadecimal digits with a hash.
  public static func color(_ index: Int) -> String { ink(index).hexadecimal }

  private static func ink(_ index: Int) -> Ink { inks[index % inks.count] }

  var picture: Picture {
    var picture = Picture(
      width: width, height: 0, ground: Ink(0xffffff),
      title: title.isEmpty ? plot.panels.map(\.title).joined(separator: ", ") : title)
    var top = 16.0
    if !title.isEmpty {
      picture.shapes.append(
        .text(
          fitted(title, width - 48, size: 19), Spot(x: 24, y: top + 20), size: 19, ink,
          isBold: true))
      top += 36
    }
    for panel in plot.panels { top = draw(panel, from: top, on: &picture) }
    top = drawMarkTexts(from: top, on: &picture)
    picture.height = top + 8
    return picture
  }

  // MARK: One panel

  private func draw(_ panel: PlotPanel, from start: Double, on picture: inout Picture) -> Double {
    picture.shapes.append(
      .text(panel.title, Spot(x: 24, y: start + 18), size: 14.5, ink, isBold: true))
    var top = legend(panel, from: start + 26, on: &picture) + 12
    let bottom = top + panelHeight - 60
    // Room for the numbers of the marks.
    if !plot.marks.isEmpty { top += 12 }
    guard !panel.values.isEmpty else {
      picture.shapes.append(
        .text(
          "No points yet", Spot(x: width / 2, y: (top + bottom) / 2), size: 13, soft,
          anchor: .middle))
      return bottom + 24
    }
    let scale = plot.verticalScale(panel).padded(by: 0.04)
    func y(_ value: Double?) -> Double? {
      value.flatMap(scale.position).map { bottom - $0 * (bottom - top) }
    }
    axes(panel, scale, top: top, bottom: bottom, on: &picture)
    for (index, curve) in panel.curves.enumerated() {
      picture.shapes += shapes(curve, Self.ink(index), y)
    }
    drawMarks(top: top, bottom: bottom, on: &picture)
    return bottom + 48
  }

  private func x(_ value: Double) -> Double {
    left + (axis.scale.position(value) ?? 0) * (width - left - right)
  }

  private func axes(
    _ panel: PlotPanel, _ scale: ChartScale, top: Double, bottom: Double, on picture: inout Picture
  ) {
    let values = scale.ticks(about: 5)
    let labels = AxisText.labels(
      values, isPercentage: panel.isPercentage, isLogarithmic: scale.isLogarithmic)
    for (value, label) in zip(values, labels) {
      guard let position = scale.position(value) else { continue }
      let y = bottom - position * (bottom - top)
      picture.shapes += [
        .line([Spot(x: left, y: y), Spot(x: width - right, y: y)], grid, width: 1),
        .text(label, Spot(x: left - 10, y: y + 4), size: 12, soft, anchor: .end),
      ]
    }
    picture.shapes.append(
      .line(
        [Spot(x: left, y: bottom), Spot(x: width - right, y: bottom)], Ink(0xb9c0cb), width: 1))
    for (value, label) in axis.ticks(about: 7) {
      picture.shapes += [
        .line(
          [Spot(x: x(value), y: bottom), Spot(x: x(value), y: bottom + 5)], Ink(0xb9c0cb),
          width: 1),
        .text(label, Spot(x: x(value), y: bottom + 19), size: 12, soft, anchor: .middle),
      ]
    }
    picture.shapes.append(
      .text(
        axis.title, Spot(x: width - right, y: bottom + 36), size: 12, soft, anchor: .end))
  }

  private func shapes(
    _ curve: PlotCurve, _ color: Ink, _ y: (Double?) -> Double?
  ) -> [Shape] {
    var shapes: [Shape] = []
    let isBehind = curve.smoothed != nil
    // A place without a value is a gap; the pieces on its sides are drawn apart.
    for piece in curve.points.split(whereSeparator: { y($0.mean) == nil }) {
      var upper: [Spot] = []
      var lower: [Spot] = []
      var middle: [Spot] = []
      for point in piece {
        guard let mean = y(point.mean) else { continue }
        let x = x(point.x)
        middle.append(Spot(x: x, y: mean))
        upper.append(Spot(x: x, y: y(point.maximum) ?? mean))
        lower.append(Spot(x: x, y: y(point.minimum) ?? mean))
      }
      if upper != lower, middle.count > 1 {
        shapes.append(.area(upper + lower.reversed(), color, opacity: isBehind ? 0.1 : 0.18))
      }
      shapes.append(
        middle.count == 1
          ? .disc(middle[0], radius: 3, color)
          : .line(
            middle, color, width: isBehind ? 1 : 1.75, opacity: isBehind ? 0.35 : 1))
      if middle.count > 1, curve.points.count <= 30 {
        shapes += middle.map { .disc($0, radius: 2.6, color) }
      }
    }
    let smoothed = zip(curve.points, curve.smoothed ?? []).map { point, value in
      y(value).map { Spot(x: x(point.x), y: $0) }
    }
    for piece in smoothed.split(separator: nil) where piece.count > 1 {
      shapes.append(.line(piece.compactMap(\.self), color, width: 2))
    }
    return shapes
  }

  private func legend(_ panel: PlotPanel, from start: Double, on picture: inout Picture) -> Double {
    var at = Spot(x: 24, y: start + 14)
    for (index, curve) in panel.curves.enumerated() {
      let value = curve.last.map(panel.text) ?? ""
      let name = fitted(curve.name, width * 0.6, size: 12.5)
      let nameWidth = StrokeFont.width(name, size: 12.5) * 1.04
      let length = 24 + nameWidth + 8 + StrokeFont.width(value, size: 12.5) * 1.04
      if at.x > 24, at.x + length > width - right { at = Spot(x: 24, y: at.y + 19) }
      picture.shapes += [
        .line(
          [Spot(x: at.x + 1, y: at.y - 4.5), Spot(x: at.x + 16, y: at.y - 4.5)], Self.ink(index),
          width: 3),
        .text(name, Spot(x: at.x + 24, y: at.y), size: 12.5, soft),
        .text(value, Spot(x: at.x + 24 + nameWidth + 8, y: at.y), size: 12.5, ink, isBold: true),
      ]
      at.x += length + 26
    }
    return at.y
  }

  // MARK: Marks

  private func drawMarks(top: Double, bottom: Double, on picture: inout Picture) {
    var end = -Double.infinity
    for (index, mark) in plot.marks.enumerated() {
      let x = x(mark.x)
      picture.shapes.append(
        .line(
          [Spot(x: x, y: top), Spot(x: x, y: bottom)], markInk, width: 1, opacity: 0.7, dash: 3))
      // A number that would cover another one stands beside it; far from its line it would mislead.
      let place = max(x, end + 17)
      guard place - x < 52, place < width - 8 else { continue }
      end = place
      picture.shapes += [
        .disc(Spot(x: place, y: top - 6), radius: 7.5, markInk),
        .text(
          "\(index + 1)", Spot(x: place, y: top - 2.8), size: 9.5, Ink(0xffffff), anchor: .middle,
          isBold: true),
      ]
    }
  }

  private func drawMarkTexts(from start: Double, on picture: inout Picture) -> Double {
    var top = start
    let labels = AxisText.labels(plot.marks.map(\.x))
    for (index, (mark, label)) in zip(plot.marks, labels).enumerated() {
      let place = plot.horizontal == .time ? NumberText.duration(mark.x) : "\(axis.title) \(label)"
      picture.shapes += [
        .disc(Spot(x: 32, y: top + 8), radius: 7.5, markInk),
        .text(
          "\(index + 1)", Spot(x: 32, y: top + 11.2), size: 9.5, Ink(0xffffff),
          anchor: .middle, isBold: true),
        .text(
          fitted("\(place): \(mark.text)", width - 80, size: 12.5), Spot(x: 48, y: top + 12),
          size: 12.5, soft),
      ]
      top += 20
    }
    return top
  }

  /// The text, shortened until it is not longer than so many pixels.
  private func fitted(_ text: String, _ length: Double, size: Double) -> String {
    var count = text.count
    while count > 4, StrokeFont.width(shortened(text, to: count), size: size) > length {
      count -= 1
    }
    return shortened(text, to: count)
  }
}
