/// The form of a layer's box: two lines, or three narrower ones where many stand beside each other;
/// in a small picture one line.
struct BoxForm {
  /// One text in a box.
  struct Line {
    let x: Double
    let y: Double
    let size: Double
    let mostLetters: Int
    var isAtEnd = false

    /// The text as an element of a class.
    func svg(_ kind: String, _ text: String, bold: Bool = false) -> String {
      let weight = bold ? " font-weight=\"600\" fill=\"#1c2430\"" : " fill=\"#5b6677\""
      let anchor = isAtEnd ? " text-anchor=\"end\"" : ""
      return "<text class=\"\(kind)\" x=\"\(NumberText.fixed(x, decimals: 1))\""
        + " y=\"\(NumberText.fixed(y, decimals: 1))\""
        + " font-size=\"\(NumberText.fixed(size, decimals: 1))\"\(anchor)\(weight)>"
        + "\(escaped(shortened(text, to: mostLetters)))</text>"
    }
  }

  let width: Double
  let height: Double
  /// What lies between two rows at least.
  let gap: Double
  /// Where the glyph begins; there is none in a small picture.
  let glyph: Double?
  let name: Line
  let detail: Line?
  let shape: Line?
  let reading: Line

  /// The form for a network whose widest row has so many boxes.
  init(widest: Int, isSmall: Bool = false) {
    if isSmall {
      let isAlone = widest == 1
      (width, height, gap, glyph, detail) = (isAlone ? 300 : 178, 32, 10, nil, nil)
      name = Line(x: 15, y: 20.5, size: 12.5, mostLetters: 13, isAtEnd: false)
      shape = isAlone ? Line(x: 206, y: 20.5, size: 11, mostLetters: 13, isAtEnd: true) : nil
      reading = Line(x: width - 10, y: 20.5, size: 11, mostLetters: 12, isAtEnd: true)
    } else if widest < 3 {
      (width, height, gap, glyph) = (372, 58, 24, 16)
      name = Line(x: 68, y: 25, size: 13.5, mostLetters: 20)
      detail = Line(x: 68, y: 43, size: 11.5, mostLetters: 32)
      shape = Line(x: width - 14, y: 25, size: 12, mostLetters: 24, isAtEnd: true)
      reading = Line(x: width - 14, y: 43, size: 11.5, mostLetters: 40, isAtEnd: true)
    } else {
      (width, height, gap, glyph) = (234, 76, 24, 12)
      name = Line(x: 62, y: 23, size: 13.5, mostLetters: 20)
      detail = Line(x: 62, y: 41, size: 11.5, mostLetters: 27)
      shape = Line(x: 62, y: 60, size: 11.5, mostLetters: 18)
      reading = Line(x: width - 10, y: 60, size: 11, mostLetters: 30, isAtEnd: true)
    }
  }

  /// Where the bar of health is.
  var bar: (y: Double, height: Double) {
    let y = height < 40 ? 6.0 : 10
    return (y, height - 2 * y)
  }

  /// What the layout has to keep apart.
  var spacing: NetworkLayout.Spacing { .init(box: width) }
}
