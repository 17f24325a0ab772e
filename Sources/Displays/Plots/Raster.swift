import Foundation

/// Draws shapes into pixels with soft edges.
///
/// A stroke covers a pixel by its distance from the line's middle; an area by the part of four lines
/// through the pixel that lies inside it. Each shape is blended once, so that a line that crosses
/// itself is nowhere darker.
struct Raster {
  let width: Int
  let height: Int
  /// Red, green, blue, opacity; row by row.
  private(set) var pixels: [UInt8]
  private let scale: Double
  private var coverage: [Float]
  private var touched: (left: Int, top: Int, right: Int, bottom: Int)

  init(_ picture: Picture, scale: Double) {
    self.scale = scale
    width = max(1, Int((picture.width * scale).rounded()))
    height = max(1, Int((picture.height * scale).rounded()))
    let ground = picture.ground
    let pixel = [UInt8(ground.red), UInt8(ground.green), UInt8(ground.blue), 255]
    pixels = Array((0..<width * height).map { _ in pixel }.joined())
    coverage = [Float](repeating: 0, count: width * height)
    touched = (width, height, -1, -1)
  }

  mutating func draw(_ shape: Shape) {
    switch shape {
    case .line(let spots, let ink, let width, let opacity, let dash):
      let pieces = dash > 0 ? Self.dashes(spots, dash) : [spots]
      for piece in pieces { stroke(piece, width: width) }
      blend(ink, opacity: opacity)
    case .area(let spots, let ink, let opacity):
      fill(spots)
      blend(ink, opacity: opacity)
    case .disc(let spot, let radius, let ink):
      segment(spot, spot, half: radius * scale)
      blend(ink, opacity: 1)
    case .text(let text, let spot, let size, let ink, let anchor, let isBold):
      let length = StrokeFont.width(text, size: size)
      let shift = anchor == .start ? 0 : anchor == .middle ? length / 2 : length
      for line in StrokeFont.lines(text, at: Spot(x: spot.x - shift, y: spot.y), size: size) {
        stroke(line, width: size * (isBold ? 0.125 : 0.085))
      }
      blend(ink, opacity: 1)
    }
  }

  private static func dashes(_ spots: [Spot], _ length: Double) -> [[Spot]] {
    zip(spots, spots.dropFirst()).flatMap { start, end -> [[Spot]] in
      let distance = hypot(end.x - start.x, end.y - start.y)
      return stride(from: 0, to: distance, by: 2 * length).map { from in
        let to = min(distance, from + length)
        func at(_ along: Double) -> Spot {
          Spot(
            x: start.x + (end.x - start.x) * along / distance,
            y: start.y + (end.y - start.y) * along / distance)
        }
        return [at(from), at(to)]
      }
    }
  }

  private mutating func stroke(_ spots: [Spot], width: Double) {
    let half = width * scale / 2
    if spots.count == 1 { segment(spots[0], spots[0], half: half) }
    for (start, end) in zip(spots, spots.dropFirst()) { segment(start, end, half: half) }
  }

  /// Covers what lies within half a width of the way from one spot to another.
  private mutating func segment(_ first: Spot, _ second: Spot, half: Double) {
    let (startX, startY) = (first.x * scale, first.y * scale)
    let (alongX, alongY) = (second.x * scale - startX, second.y * scale - startY)
    let square = alongX * alongX + alongY * alongY
    let reach = half + 1
    guard
      let columns = range(startX, startX + alongX, reach, width),
      let rows = range(startY, startY + alongY, reach, height)
    else { return }
    touch(columns, rows)
    for row in rows {
      let y = Double(row) + 0.5 - startY
      for column in columns {
        let x = Double(column) + 0.5 - startX
        let along = square > 0 ? min(1, max(0, (x * alongX + y * alongY) / square)) : 0
        let distance = hypot(x - along * alongX, y - along * alongY)
        let covered = Float(min(1, max(0, half + 0.5 - distance)) * min(1, 2 * half))
        let at = row * width + column
        if covered > coverage[at] { coverage[at] = covered }
      }
    }
  }

  private func range(_ a: Double, _ b: Double, _ reach: Double, _ count: Int) -> ClosedRange<Int>? {
    guard a.isFinite, b.isFinite else { return nil }
    let low = max(0, min(a, b) - reach)
    let high = min(Double(count - 1), max(a, b) + reach)
    return low <= high ? Int(low)...Int(high) : nil
  }

  private mutating func touch(_ columns: ClosedRange<Int>, _ rows: ClosedRange<Int>) {
    touched.left = min(touched.left, columns.lowerBound)
    touched.right = max(touched.right, columns.upperBound)
    touched.top = min(touched.top, rows.lowerBound)
    touched.bottom = max(touched.bottom, rows.upperBound)
  }

  /// Covers the inside of a polygon.
  private mutating func fill(_ spots: [Spot]) {
    let corners = spots.map { Spot(x: $0.x * scale, y: $0.y * scale) }
    guard corners.count > 2, let top = corners.map(\.y).min(), let bottom = corners.map(\.y).max(),
      let rows = range(top, bottom, 0, height)
    else { return }
    touch(0...width - 1, rows)
    let lines = 4
    // Each edge is looked at only in the rows it goes through.
    var edges = [[(Spot, Spot)]](repeating: [], count: rows.count)
    for (index, start) in corners.enumerated() {
      let end = corners[(index + 1) % corners.count]
      guard start.y != end.y, let crossed = range(start.y, end.y, 0, height) else { continue }
      for row in crossed { edges[row - rows.lowerBound].append((start, end)) }
    }
    for row in rows {
      for line in 0..<lines {
        let y = Double(row) + (Double(line) + 0.5) / Double(lines)
        let crossings = edges[row - rows.lowerBound].compactMap { start, end -> Double? in
          guard (start.y <= y) != (end.y <= y) else { return nil }
          return start.x + (end.x - start.x) * (y - start.y) / (end.y - start.y)
        }.sorted()
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          cover(row, from: crossings[pair], to: crossings[pair + 1], share: 1 / Float(lines))
        }
      }
    }
  }

  private mutating func cover(_ row: Int, from: Double, to: Double, share: Float) {
    let low = max(0, from)
    let high = min(Double(width), to)
    guard low < high else { return }
    for column in Int(low)...min(width - 1, Int(high)) {
      let part = min(high, Double(column + 1)) - max(low, Double(column))
      if part > 0 { coverage[row * width + column] += Float(part) * share }
    }
  }

  /// Lays the ink where the coverage says, and clears the coverage.
  private mutating func blend(_ ink: Ink, opacity: Double) {
    defer { touched = (width, height, -1, -1) }
    guard touched.left <= touched.right, touched.top <= touched.bottom else { return }
    let colors = [Float(ink.red), Float(ink.green), Float(ink.blue)]
    for row in touched.top...touched.bottom {
      for column in touched.left...touched.right {
        let at = row * width + column
        guard coverage[at] > 0 else { continue }
        let part = min(1, coverage[at]) * Float(opacity)
        coverage[at] = 0
        for channel in 0..<3 {
          let old = Float(pixels[at * 4 + channel])
          pixels[at * 4 + channel] = UInt8((old + (colors[channel] - old) * part).rounded())
        }
      }
    }
  }
}
