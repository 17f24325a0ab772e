import Foundation

/// A typeface of lines and arcs, for pictures that must look alike on machines without any font.
///
/// Capitals are 7 units high, small letters 5, an em is 10. Figures are all equally wide.
enum StrokeFont {
  private struct Glyph {
    var width: Double
    var lines: [[Spot]]
  }

  private static let gap = 1.55
  private static let glyphs: [Character: Glyph] = {
    var glyphs: [Character: Glyph] = [:]
    for line in StrokeGlyphs.table.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count >= 2, let character = parts[0].first, let width = Double(parts[1]) else {
        continue
      }
      glyphs[character] = Glyph(width: width, lines: parts.count > 2 ? path(parts[2]) : [])
    }
    glyphs[" "] = Glyph(width: 1.5, lines: [])
    return glyphs
  }()
  /// What stands for a character that has no glyph: a box.
  private static let missing = Glyph(width: 3.6, lines: path("M0 0 L0 7 L3.6 7 L3.6 0 L0 0"))

  /// How long a text is in pixels where an em is `size` pixels.
  static func width(_ text: String, size: Double) -> Double {
    let units = text.reduce(0) { $0 + (glyphs[$1] ?? missing).width + gap }
    return max(0, units - gap) * size / 10
  }

  /// The lines of a text whose first letter stands with its foot at a place.
  static func lines(_ text: String, at place: Spot, size: Double) -> [[Spot]] {
    var lines: [[Spot]] = []
    var left = 0.0
    for character in text {
      let glyph = glyphs[character] ?? missing
      lines += glyph.lines.map { line in
        line.map {
          Spot(x: place.x + (left + $0.x) * size / 10, y: place.y - $0.y * size / 10)
        }
      }
      left += glyph.width + gap
    }
    return lines
  }

  /// Reads `M x y` (begin), `L x y` (line), `A` and `a` (arc around x y with two radii from one
  /// angle to another, begun anew or joined to what is there).
  private static func path(_ text: String) -> [[Spot]] {
    var lines: [[Spot]] = []
    var words = text.split(separator: " ").makeIterator()
    func arc(_ numbers: [Double]) -> [Spot] {
      (0...18).map { step in
        let angle = (numbers[4] + (numbers[5] - numbers[4]) * Double(step) / 18) * .pi / 180
        return Spot(
          x: numbers[0] + numbers[2] * cos(angle), y: numbers[1] + numbers[3] * sin(angle))
      }
    }
    while let word = words.next(), let command = word.first {
      var numbers = [Double(word.dropFirst()) ?? 0]
      let count = command == "A" || command == "a" ? 6 : 2
      while numbers.count < count, let next = words.next() { numbers.append(Double(next) ?? 0) }
      guard numbers.count == count else { break }
      let spots = count == 6 ? arc(numbers) : [Spot(x: numbers[0], y: numbers[1])]
      if command == "M" || command == "A" || lines.isEmpty {
        lines.append(spots)
      } else {
        lines[lines.count - 1] += spots
      }
    }
    return lines
  }
}
