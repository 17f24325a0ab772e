import Foundation

/// A place in a picture, in pixels from its upper left corner.
struct Spot: Equatable {
  var x: Double
  var y: Double
}

/// A colour of a picture: red, green, blue from 0 to 255.
struct Ink: Equatable {
  var red: Double
  var green: Double
  var blue: Double

  /// From six hexadecimal digits: `0x3b78d8`.
  init(_ digits: Int) {
    red = Double(digits >> 16 & 255)
    green = Double(digits >> 8 & 255)
    blue = Double(digits & 255)
  }

  var hexadecimal: String {
    String(format: "#%02x%02x%02x", Int(red), Int(green), Int(blue))
  }
}

/// What pictures are made of; the same shapes become SVG and PNG.
enum Shape: Equatable {
  /// Where a text stands relative to its place.
  enum Anchor: String {
    case start
    case middle
    case end
  }

  case line([Spot], Ink, width: Double, opacity: Double = 1, dash: Double = 0)
  case area([Spot], Ink, opacity: Double)
  case disc(Spot, radius: Double, Ink)
  case text(String, Spot, size: Double, Ink, anchor: Anchor = .start, isBold: Bool = false)
}

/// Shapes on a ground, ready to be written as a file.
struct Picture {
  var width: Double
  var height: Double
  var ground: Ink
  /// What the picture is, for those who cannot see it.
  var title: String
  var shapes: [Shape] = []

  /// The picture as an SVG document.
  var svg: String {
    let size = "\(number(width)) \(number(height))"
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(width))\""
        + " height=\"\(number(height))\" viewBox=\"0 0 \(size)\" role=\"img\""
        + " font-family=\"Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\""
        + " style=\"font-variant-numeric: tabular-nums\">",
      "<title>\(escaped(title))</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"\(ground.hexadecimal)\"/>",
    ]
    lines += shapes.map(element)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// The picture as a PNG file with `scale` pixels a side for each of its own.
  func png(scale: Double = 2) throws(PictureError) -> Data {
    var raster = Raster(self, scale: scale)
    for shape in shapes { raster.draw(shape) }
    return try PNGFile.encode(pixels: raster.pixels, width: raster.width, height: raster.height)
  }

  private func element(_ shape: Shape) -> String {
    switch shape {
    case .line(let spots, let ink, let width, let opacity, let dash):
      "<polyline points=\"\(points(spots))\" fill=\"none\" stroke=\"\(ink.hexadecimal)\""
        + " stroke-width=\"\(number(width))\" stroke-linejoin=\"round\" stroke-linecap=\"round\""
        + (opacity < 1 ? " stroke-opacity=\"\(number(opacity))\"" : "")
        + (dash > 0 ? " stroke-dasharray=\"\(number(dash)) \(number(dash))\"" : "") + "/>"
    case .area(let spots, let ink, let opacity):
      "<polygon points=\"\(points(spots))\" fill=\"\(ink.hexadecimal)\""
        + " fill-opacity=\"\(number(opacity))\"/>"
    case .disc(let spot, let radius, let ink):
      "<circle cx=\"\(number(spot.x))\" cy=\"\(number(spot.y))\" r=\"\(number(radius))\""
        + " fill=\"\(ink.hexadecimal)\"/>"
    case .text(let text, let spot, let size, let ink, let anchor, let isBold):
      "<text x=\"\(number(spot.x))\" y=\"\(number(spot.y))\" font-size=\"\(number(size))\""
        + " fill=\"\(ink.hexadecimal)\""
        + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
        + (isBold ? " font-weight=\"600\"" : "") + ">\(escaped(text))</text>"
    }
  }

  private func points(_ spots: [Spot]) -> String {
    spots.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// Hundredths of a pixel are enough, and zeros say nothing.
  private func number(_ value: Double) -> String {
    let text = NumberText.fixed(value, decimals: 2)
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }
}
