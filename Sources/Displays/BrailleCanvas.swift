/// Dots in braille characters: two across and four down in each.
struct BrailleCanvas {
  let width: Int
  let height: Int
  private var cells: [UInt8]

  var dotsAcross: Int { width * 2 }
  var dotsDown: Int { height * 4 }

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = [UInt8](repeating: 0, count: width * height)
  }

  mutating func dot(_ x: Int, _ y: Int) {
    guard (0..<dotsAcross).contains(x), (0..<dotsDown).contains(y) else { return }
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    cells[(y / 4) * width + x / 2] |= bits[x % 2][y % 4]
  }

  mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      dot(
        start.x + (end.x - start.x) * step / steps, start.y + (end.y - start.y) * step / steps)
    }
  }

  var rows: [String] {
    (0..<height).map { row in
      String(
        String.UnicodeScalarView(
          cells[row * width..<(row + 1) * width].compactMap { Unicode.Scalar(0x2800 + UInt32($0)) })
      )
    }
  }
}
