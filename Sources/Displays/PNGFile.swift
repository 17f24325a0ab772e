import CImages
import Foundation

/// Why a picture could not be written, as one sentence.
public struct PictureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
}

/// Writes PNG files.
enum PNGFile {
  /// Encodes red, green, blue, opacity bytes; `pixels` has `width × height × 4` of them.
  static func encode(pixels: [UInt8], width: Int, height: Int) throws(PictureError) -> Data {
    guard width > 0, height > 0, pixels.count == width * height * 4 else {
      throw PictureError(
        description: "A picture needs at least one pixel; this one has \(width) × \(height).")
    }
    var message = CIMessage()
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = ci_png_encode(
      pixels, UInt32(clamping: width), UInt32(clamping: height), 4, &file, &count, &message)
    guard status == 0, let file else {
      let text = withUnsafeBytes(of: message.text) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw PictureError(description: "The picture could not be written as PNG: \(text)")
    }
    defer { ci_free(file) }
    return Data(bytes: file, count: count)
  }
}
