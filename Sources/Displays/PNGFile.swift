import Foundation

/// Writes PNG files.
enum PNGFile {
  /// Encodes red, green, blue, opacity bytes; `pixels` has `width × height × 4` of them.
  static func encode(pixels: [UInt8], width: Int, height: Int) throws -> Data {
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (width * 4 + 1))
    for row in 0..<height {
      rows.append(0)
      rows += pixels[row * width * 4..<(row + 1) * width * 4]
    }
    var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var header: [UInt8] = []
    header += bytes(UInt32(width))
    header += bytes(UInt32(height))
    header += [8, 6, 0, 0, 0]
    append(chunk: "IHDR", header, to: &file)
    append(chunk: "IDAT", stored(rows), to: &file)
    append(chunk: "IEND", [], to: &file)
    return file
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func append(chunk name: String, _ content: [UInt8], to file: inout Data) {
    let body = Array(name.utf8) + content
    file.append(contentsOf: bytes(UInt32(content.count)))
    file.append(contentsOf: body)
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    file.append(contentsOf: bytes(~crc))
  }

  private static func stored(_ content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let count = min(65535, content.count - start)
      let isLast: UInt8 = start + count == content.count ? 1 : 0
      let low = UInt8(count & 255)
      let high = UInt8(count >> 8)
      result += [isLast, low, high, ~low, ~high]
      result += content[start..<start + count]
      start += count
    } while start < content.count
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in content {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return result + bytes(b << 16 | a)
  }
}
