import Foundation

/// Scales images of interleaved bytes.
enum Resize {
  /// Where one output position takes its value from along one axis.
  private struct Tap {
    var low: Int
    var high: Int
    /// The share of `high`, in 1/65536.
    var share: Int
  }

  /// Writes an image of `from` size as planes (all of channel 0, then channel 1, …) of `to` size.
  ///
  /// Bilinear between pixel centres, in whole numbers, so equal on every machine; an unchanged size
  /// copies the pixels exactly.
  static func bilinear(
    _ pixels: Data, from: (width: Int, height: Int), to: (width: Int, height: Int),
    channels: Int, into target: UnsafeMutableRawBufferPointer
  ) {
    let columns = taps(from: from.width, to: to.width)
    let rows = taps(from: from.height, to: to.height)
    pixels.withUnsafeBytes { (source: UnsafeRawBufferPointer) in
      for channel in 0..<channels {
        var position = channel * to.width * to.height
        for row in rows {
          let upper = row.low * from.width * channels + channel
          let lower = row.high * from.width * channels + channel
          for column in columns {
            let left = column.low * channels
            let right = column.high * channels
            let top = mix(source[upper + left], source[upper + right], column.share)
            let bottom = mix(source[lower + left], source[lower + right], column.share)
            let value = top * (65_536 - row.share) + bottom * row.share
            target[position] = UInt8(truncatingIfNeeded: (value + 1 << 31) >> 32)
            position += 1
          }
        }
      }
    }
  }

  /// Between two bytes, in 1/65536.
  private static func mix(_ first: UInt8, _ second: UInt8, _ share: Int) -> Int {
    Int(first) * (65_536 - share) + Int(second) * share
  }

  private static func taps(from: Int, to: Int) -> [Tap] {
    (0..<to).map { index in
      // The centre of output pixel i lies at (i + ½) · from / to − ½ of the input.
      let centre = ((2 * index + 1) * from * 32_768) / to - 32_768
      let bounded = min(max(centre, 0), (from - 1) * 65_536)
      let low = bounded >> 16
      return Tap(low: low, high: min(low + 1, from - 1), share: bounded & 0xFFFF)
    }
  }
}
