import CImages
import Foundation

/// One PNG or JPEG file: its declared size, then its pixels.
///
/// The file is open only while it is read: a folder may hold more files than a process may map.
struct ImageFile {
  let url: URL
  let width: Int
  let height: Int
  /// 1 for grey files, else 3.
  let channels: Int

  /// A PNG pixel takes at least one bit, and deflate expands by at most 1032.
  private static let mostPixelsPerByte = 1032 * 8

  /// Reads the header; images of more than `mostPixels` pixels are refused.
  init(_ url: URL, mostPixels: Int) throws(FileFormatError) {
    self.url = url
    let file = try FileBytes(mapping: url)
    var info = CIImageInfo()
    var message = CIMessage()
    guard file.data.withBytes({ ci_image_info($0, $1, &info, &message) }) == 0 else {
      throw file.failure("is no readable image: \(text(of: &message))")
    }
    width = Int(info.width)
    height = Int(info.height)
    channels = Int(info.channels)
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels > 0, pixels <= mostPixels else {
      throw file.failure(
        "declares \(width)×\(height) pixels, expected 1 to \(mostPixels) in all")
    }
    guard info.kind != CIImagePNG || pixels / Self.mostPixelsPerByte <= file.count else {
      throw file.failure(
        "declares \(width)×\(height) pixels, which \(file.count) bytes cannot hold")
    }
  }

  /// The pixels, `channels` bytes each, row by row.
  func pixels(channels: Int) throws(FileFormatError) -> Data {
    let file = try FileBytes(mapping: url)
    guard let output = FilledBytes(count: width * height * channels) else {
      throw file.failure("needs \(width * height * channels) bytes of memory, not there")
    }
    let (target, count) = (output.bytes, output.count)
    var message = CIMessage()
    let status = file.data.withBytes {
      ci_image_decode($0, $1, Int32(channels), target, count, &message)
    }
    guard status == 0 else {
      throw file.failure("is a damaged image: \(text(of: &message))")
    }
    return output.data()
  }
}

/// The sentence a C function left.
private func text(of message: inout CIMessage) -> String {
  withUnsafeBytes(of: &message.text) { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// PNG and JPEG pixels outside data sets: for pictures to be shown.
public enum Picture {
  /// Encodes 8-bit pixels, row by row, as PNG; `channels` is 1 (grey), 3 (RGB) or 4 (RGBA).
  ///
  /// Throws when the number of bytes does not fit the size.
  public static func png(
    _ pixels: Data, width: Int, height: Int, channels: Int
  ) throws(FileFormatError) -> Data {
    let path = "PNG data"
    let size = ArrayBytes.byteCount(shape: [width, height, channels], elementBytes: 1)
    guard let size, size == pixels.count, let width = UInt32(exactly: width),
      let height = UInt32(exactly: height), let channelCount = Int32(exactly: channels)
    else {
      throw FileFormatError(
        path: path,
        reason: "\(pixels.count) bytes do not fit \(width)×\(height) pixels of \(channels) bytes")
    }
    var output: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = CIMessage()
    let status = pixels.withBytes { start, _ in
      ci_png_encode(start, width, height, channelCount, &output, &count, &message)
    }
    guard status == 0, let output else {
      throw FileFormatError(path: path, reason: text(of: &message))
    }
    return Data(
      bytesNoCopy: output, count: count, deallocator: .custom { memory, _ in ci_free(memory) })
  }
}
