import CImages
import Foundation

/// Lays out a zip archive as pieces to be written one after the other.
///
/// Equal contents give equal bytes: entries carry the earliest date zip knows.
struct ZipWriter {
  private(set) var pieces: [Data] = []
  private var directory = Data()
  private var offset = 0
  private var entryCount = 0
  let path: String

  init(path: String) {
    self.path = path
  }

  /// Appends an entry made of `parts`, deflated where `compressed`.
  mutating func add(
    _ name: String, _ parts: [Data], compressed: Bool
  ) throws(FileFormatError) {
    let nameBytes = Data(name.utf8)
    guard nameBytes.count <= Int(UInt16.max) else {
      throw FileFormatError(path: path, reason: "cannot hold a name of \(nameBytes.count) bytes")
    }
    let checksum = parts.reduce(0 as UInt32) { sum, part in
      part.withBytes { ci_crc32(sum, $0, $1) }
    }
    let size = parts.reduce(0) { $0 + $1.count }
    let body = compressed ? [try deflated(parts.reduce(into: Data()) { $0.append($1) })] : parts
    let packed = body.reduce(0) { $0 + $1.count }
    let fields = Fields(
      nameBytes: nameBytes, method: compressed ? 8 : 0, checksum: checksum, packed: packed,
      size: size, offset: offset)
    let header = fields.localHeader
    pieces += [header] + body
    directory.append(fields.directoryRecord)
    offset += header.count + packed
    entryCount += 1
  }

  /// Appends the directory; the archive is then complete.
  mutating func finish() {
    let start = UInt64(offset)
    let size = UInt64(directory.count)
    let count = UInt64(entryCount)
    var end = Data()
    if start >= UInt64(UInt32.max) || count >= UInt64(UInt16.max) {
      end.append(number: 0x0606_4B50 as UInt32)
      end.append(number: 44 as UInt64)
      end.append(number: 45 as UInt16)
      end.append(number: 45 as UInt16)
      end.append(number: 0 as UInt32)
      end.append(number: 0 as UInt32)
      for value in [count, count, size, start] { end.append(number: value) }
      end.append(number: 0x0706_4B50 as UInt32)
      end.append(number: 0 as UInt32)
      end.append(number: start + size)
      end.append(number: 1 as UInt32)
    }
    end.append(number: 0x0605_4B50 as UInt32)
    end.append(number: 0 as UInt32)
    end.append(number: UInt16(clamping: count))
    end.append(number: UInt16(clamping: count))
    end.append(number: UInt32(clamping: size))
    end.append(number: UInt32(clamping: start))
    end.append(number: 0 as UInt16)
    pieces += [directory, end]
  }

  private func deflated(_ data: Data) throws(FileFormatError) -> Data {
    guard let packed = deflate(data, gzip: false) else {
      throw FileFormatError(path: path, reason: "cannot be packed: there is no memory left")
    }
    return packed
  }

  /// What the two headers of an entry share.
  private struct Fields {
    var nameBytes: Data
    var method: UInt16
    var checksum: UInt32
    var packed: Int
    var size: Int
    var offset: Int

    var isLarge: Bool {
      max(packed, size, offset) >= Int(UInt32.max)
    }

    private func common(into header: inout Data) {
      header.append(number: (isLarge ? 45 : 20) as UInt16)
      header.append(number: 0x0800 as UInt16)  // names are UTF-8
      header.append(number: method)
      header.append(number: 0 as UInt16)
      header.append(number: 0x0021 as UInt16)  // 1 January 1980
      header.append(number: checksum)
      header.append(number: isLarge ? UInt32.max : UInt32(packed))
      header.append(number: isLarge ? UInt32.max : UInt32(size))
      header.append(number: UInt16(nameBytes.count))
    }

    private func extra(_ values: [Int]) -> Data {
      var extra = Data()
      guard isLarge else { return extra }
      extra.append(number: 1 as UInt16)
      extra.append(number: UInt16(values.count * 8))
      for value in values { extra.append(number: UInt64(value)) }
      return extra
    }

    var localHeader: Data {
      var header = Data()
      header.append(number: 0x0403_4B50 as UInt32)
      common(into: &header)
      let extra = extra([size, packed])
      header.append(number: UInt16(extra.count))
      return header + nameBytes + extra
    }

    var directoryRecord: Data {
      var record = Data()
      record.append(number: 0x0201_4B50 as UInt32)
      record.append(number: (3 << 8 | 45) as UInt16)  // made on Unix
      common(into: &record)
      let extra = extra([size, packed, offset])
      record.append(number: UInt16(extra.count))
      for _ in 0..<3 { record.append(number: 0 as UInt16) }
      record.append(number: (0o100644 << 16) as UInt32)
      record.append(number: isLarge ? UInt32.max : UInt32(offset))
      return record + nameBytes + extra
    }
  }
}

/// Deflated bytes, as a gzip file or a raw stream; nil when memory ran out.
func deflate(_ data: Data, gzip: Bool) -> Data? {
  var output: UnsafeMutablePointer<UInt8>?
  var count = 0
  let status = data.withBytes { ci_deflate($0, $1, gzip ? 1 : 0, &output, &count) }
  guard status == 0, let output else { return nil }
  return Data(
    bytesNoCopy: output, count: count, deallocator: .custom { memory, _ in ci_free(memory) })
}

extension Data {
  /// Appends an integer's bytes, little-endian first.
  mutating func append<Value: FixedWidthInteger>(number: Value) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
