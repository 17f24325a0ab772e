import Foundation
import Records

/// A stack of samples as one picture, each entry one pixel, in their own colours.
///
/// The lowest number is black, the highest white; between the samples the picture is transparent.
public struct SampleSheet: Sendable {
  private let stack: ImageStack
  private let columns: Int
  /// The numbers that are black and white.
  public let range: ClosedRange<Double>

  /// Prepares a sheet; without a range that of the samples is taken.
  public init(_ stack: ImageStack, range: ClosedRange<Double>? = nil, columns: Int = 16) {
    self.stack = stack
    self.columns = max(1, min(columns, max(1, stack.count)))
    if let range {
      self.range = range
    } else {
      let finite = stack.values.lazy.filter(\.isFinite)
      let low = Double(finite.min() ?? 0)
      self.range = low...max(low, Double(finite.max() ?? 0))
    }
  }

  /// The picture's width in pixels.
  public var width: Int { columns * stack.width }

  /// The picture's height in pixels.
  public var height: Int { (stack.count + columns - 1) / columns * stack.height }

  /// The picture as red, green, blue, opacity; row by row.
  public var pixels: [UInt8] {
    var result = [UInt8](repeating: 0, count: width * height * 4)
    let plane = stack.height * stack.width
    guard stack.values.count == stack.count * stack.channels * plane else { return result }
    for image in 0..<stack.count {
      let left = image % columns * stack.width
      let top = image / columns * stack.height
      let start = image * stack.channels * plane
      for row in 0..<stack.height {
        for column in 0..<stack.width {
          let entry = start + row * stack.width + column
          let at = ((top + row) * width + left + column) * 4
          let red = shade(stack.values[entry])
          let isColour = stack.channels == 3
          result[at] = red
          result[at + 1] = isColour ? shade(stack.values[entry + plane]) : red
          result[at + 2] = isColour ? shade(stack.values[entry + 2 * plane]) : red
          result[at + 3] = 255
        }
      }
    }
    return result
  }

  /// The picture as a PNG file.
  public func png() throws -> Data {
    try PNGFile.encode(pixels: pixels, width: width, height: height)
  }

  private func shade(_ value: Float) -> UInt8 {
    let span = range.upperBound - range.lowerBound
    guard value.isFinite, span > 0 else { return 128 }
    return UInt8((min(1, max(0, (Double(value) - range.lowerBound) / span)) * 255).rounded())
  }
}
