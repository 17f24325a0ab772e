import Foundation
import Records

/// A stack of small images as one picture: filters or feature maps, side by side.
///
/// One grey scale or colour scale for all of them, symmetric around 0, so that equal shades are
/// equal numbers everywhere in the picture; its range is ``range``. Entries are drawn as squares of
/// whole pixels, never blurred. Between the images the picture is transparent.
public struct FilterGrid: Sendable {
  /// How one-channel images are coloured.
  public enum Palette: String, Sendable, CaseIterable {
    /// Black is −range, mid grey 0, white +range.
    case grey
    /// Blue is −range, near white 0, red +range.
    case diverging
  }

  private let stack: ImageStack
  private let palette: Palette
  private let columns: Int
  private let scale: Int
  private let gap: Int

  /// The value of full white (or red); black (or blue) is minus that.
  public let range: Double

  /// Prepares the grid.
  ///
  /// `columns` is chosen so that the picture is about twice as wide as high where it is `nil`;
  /// `scale` is the side of one entry in pixels, chosen so that an image is about 40 pixels wide.
  public init(
    _ stack: ImageStack, palette: Palette = .grey, columns: Int? = nil, scale: Int? = nil,
    gap: Int = 6
  ) {
    self.stack = stack
    self.palette = palette
    let automatic = Int((2 * Double(max(1, stack.count))).squareRoot().rounded(.up))
    self.columns = max(1, min(columns ?? automatic, max(1, stack.count)))
    self.scale = max(1, scale ?? (40 / max(1, max(stack.width, stack.height))))
    self.gap = max(0, gap)
    let finite = stack.values.lazy.filter(\.isFinite).map { abs(Double($0)) }
    range = finite.max() ?? 0
  }

  /// The picture's width in pixels.
  public var width: Int { columns * stack.width * scale + (columns - 1) * gap }

  /// The picture's height in pixels.
  public var height: Int {
    let rows = (stack.count + columns - 1) / columns
    return max(0, rows * stack.height * scale + (rows - 1) * gap)
  }

  /// The picture as red, green, blue, opacity; row by row.
  public var pixels: [UInt8] {
    let width = width
    var result = [UInt8](repeating: 0, count: width * height * 4)
    let plane = stack.height * stack.width
    guard stack.values.count == stack.count * stack.channels * plane else { return result }
    for image in 0..<stack.count {
      let left = (image % columns) * (stack.width * scale + gap)
      let top = (image / columns) * (stack.height * scale + gap)
      for row in 0..<stack.height {
        for column in 0..<stack.width {
          let color = color(image: image, offset: row * stack.width + column, plane: plane)
          for y in 0..<scale {
            var at = ((top + row * scale + y) * width + left + column * scale) * 4
            for _ in 0..<scale {
              result[at] = color.0
              result[at + 1] = color.1
              result[at + 2] = color.2
              result[at + 3] = 255
              at += 4
            }
          }
        }
      }
    }
    return result
  }

  /// The picture as a PNG file.
  public func png() throws -> Data {
    try PNGFile.encode(pixels: pixels, width: width, height: height)
  }

  private func color(image: Int, offset: Int, plane: Int) -> (UInt8, UInt8, UInt8) {
    let start = image * stack.channels * plane + offset
    if stack.channels == 3 {
      return (
        shade(stack.values[start]), shade(stack.values[start + plane]),
        shade(stack.values[start + 2 * plane])
      )
    }
    var sum: Float = 0
    for channel in 0..<stack.channels { sum += stack.values[start + channel * plane] }
    let mean = sum / Float(max(1, stack.channels))
    // What is not a number has a colour that no number has.
    guard mean.isFinite else { return (255, 0, 255) }
    switch palette {
    case .grey:
      let level = shade(mean)
      return (level, level, level)
    case .diverging:
      return diverging(mean)
    }
  }

  /// −range → 0, 0 → 128, +range → 255.
  private func shade(_ value: Float) -> UInt8 {
    guard value.isFinite, range > 0 else { return 128 }
    let part = (Double(value) / range + 1) / 2
    return UInt8((min(1, max(0, part)) * 255).rounded())
  }

  private func diverging(_ value: Float) -> (UInt8, UInt8, UInt8) {
    let part = range > 0 ? min(1, max(-1, Double(value) / range)) : 0
    let middle = (244.0, 245.0, 247.0)
    let knee = part < 0 ? (92.0, 148.0, 222.0) : (238.0, 128.0, 92.0)
    let end = part < 0 ? (18.0, 46.0, 122.0) : (134.0, 16.0, 40.0)
    let size = abs(part)
    let (from, to, along) = size < 0.5 ? (middle, knee, size * 2) : (knee, end, size * 2 - 1)
    func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + (b - a) * along).rounded()) }
    return (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
  }
}
