/// Dots in braille characters: two across and four down in each.
///
/// Each character has one ink, a number that its user gives a colour; 0 is no ink in particular.
struct BrailleCanvas {
  /// An ink that gives way to every other one.
  static let faint: UInt8 = 255

  let width: Int
  let height: Int
  private var cells: [UInt8]
  private var inks: [UInt8]

  var dotsAcross: Int { width * 2 }
  var dotsDown: Int { height * 4 }

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = [UInt8](repeating: 0, count: width * height)
    inks = cells
  }

  mutating func dot(_ x: Int, _ y: Int, ink: UInt8 = 0) {
    guard (0..<dotsAcross).contains(x), (0..<dotsDown).contains(y) else { return }
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    let cell = (y / 4) * width + x / 2
    if cells[cell] != 0, inks[cell] != ink {
      if ink == Self.faint { return }
      // A line through faint dots must stay a line.
      if inks[cell] == Self.faint { cells[cell] = 0 }
    }
    cells[cell] |= bits[x % 2][y % 4]
    inks[cell] = ink
  }

  mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), ink: UInt8 = 0) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      dot(
        start.x + (end.x - start.x) * step / steps, start.y + (end.y - start.y) * step / steps,
        ink: ink)
    }
  }

  var rows: [String] {
    (0..<height).map { row in String(characters(row).map(\.character)) }
  }

  /// One row of characters, each with its ink; characters without a dot are spaces of the same width.
  func characters(_ row: Int) -> [(character: Character, ink: UInt8)] {
    (row * width..<(row + 1) * width).map { cell in
      let scalar = Unicode.Scalar(0x2800 + UInt32(cells[cell])) ?? " "
      return (Character(scalar), inks[cell])
    }
  }
}
