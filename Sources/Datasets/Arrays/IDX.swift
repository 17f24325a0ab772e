import CImages
import Foundation
import Tensors

/// The file format of MNIST and its relatives, plain or gzipped.
///
/// Two zero bytes, the element type, the rank, each length as a big-endian 32-bit number, then the
/// elements, big-endian and row-major. Whether a file is gzipped is seen by its first bytes.
public enum IDX {
  private static let types: [(UInt8, DataType)] = [
    (0x08, .uint8), (0x09, .int8), (0x0B, .int16), (0x0C, .int32), (0x0D, .float32),
    (0x0E, .float64),
  ]

  /// Reads a file.
  ///
  /// The elements of a plain file of bytes stay on disk until they are used.
  public static func read(_ url: URL) throws(FileFormatError) -> HostArray {
    try read(FileBytes(mapping: url))
  }

  /// Reads a file's bytes; `path` names them in errors.
  public static func read(
    _ data: Data, path: String = "IDX data"
  ) throws(FileFormatError) -> HostArray {
    try read(FileBytes(data, path: path))
  }

  /// The array as a file's bytes, gzipped where asked.
  ///
  /// The format has no float16, bfloat16, int64 or bool.
  public static func data(
    _ array: HostArray, gzipped: Bool = false
  ) throws(FileFormatError) -> Data {
    let path = "IDX data"
    guard let code = types.first(where: { $0.1 == array.dataType })?.0 else {
      throw FileFormatError(path: path, reason: "IDX has no \(array.dataType.rawValue)")
    }
    guard array.shape.count <= 255, array.shape.allSatisfy({ $0 <= UInt32.max }) else {
      throw FileFormatError(path: path, reason: "IDX cannot hold shape \(array.shape)")
    }
    var file = Data([0, 0, code, UInt8(array.shape.count)])
    for length in array.shape { file.append(number: UInt32(length).bigEndian) }
    let elementBytes = array.dataType.byteCount
    guard let body = ArrayBytes.byteSwapped(array.data, elementBytes: elementBytes) else {
      throw FileFormatError(path: path, reason: "there is no memory for the elements")
    }
    file.append(body)
    guard gzipped else { return file }
    guard let packed = deflate(file, gzip: true) else {
      throw FileFormatError(path: path, reason: "there is no memory to pack it")
    }
    return packed
  }

  /// Writes a file, gzipped where its name ends in `.gz`; it appears when it is complete.
  public static func write(_ array: HostArray, to url: URL) throws(FileFormatError) {
    let gzipped = url.pathExtension.lowercased() == "gz"
    do {
      try writeFile([data(array, gzipped: gzipped)], to: url)
    } catch {
      throw FileFormatError(path: url.path, reason: error.reason)
    }
  }

  private static func read(_ file: FileBytes) throws(FileFormatError) -> HostArray {
    let isGzipped = file.data.starts(with: [0x1F, 0x8B])
    let start = isGzipped ? try unpacked(file, count: 4 + 4 * 255, exactly: false) : file
    let header = try Header(start)
    guard let size = header.byteCount else {
      throw file.failure("declares the impossible shape \(header.shape)")
    }
    let (total, overflow) = size.addingReportingOverflow(header.length)
    guard !overflow else { throw file.failure("declares the impossible shape \(header.shape)") }
    var whole = file
    if isGzipped {
      guard total / ZipReader.largestExpansion <= file.count else {
        throw file.failure(
          "declares shape \(header.shape), \(size) bytes, which \(file.count) packed bytes cannot "
            + "hold")
      }
      whole = try unpacked(file, count: total, exactly: true)
    }
    guard whole.count == total else {
      throw file.failure(
        "declares shape \(header.shape) of \(header.dataType.rawValue), \(size) bytes from byte "
          + "\(header.length), but holds \(whole.count - header.length)")
    }
    let stored = try whole.bytes(at: header.length, count: size, "the elements")
    let elementBytes = header.dataType.byteCount
    guard let data = ArrayBytes.byteSwapped(stored, elementBytes: elementBytes) else {
      throw file.failure("needs \(size) bytes of memory, which are not there")
    }
    return try ArrayBytes.array(
      shape: header.shape, dataType: header.dataType, data: data, path: file.path)
  }

  /// The first `count` bytes of what a gzip file holds; all of it where `exactly`.
  private static func unpacked(
    _ file: FileBytes, count: Int, exactly: Bool
  ) throws(FileFormatError) -> FileBytes {
    guard let output = FilledBytes(count: count) else {
      throw file.failure("needs \(count) bytes of memory, which are not there")
    }
    let target = output.bytes
    var written = 0
    let result = file.data.withBytes { ci_gunzip($0, $1, target, count, &written) }
    let isFine =
      result == CIInflateDone
      || !exactly && (result == CIInflateMore || result == CIInflateShort)
    guard isFine else {
      let what =
        switch result {
        case CIInflateMore: "unpacks to more than the \(count) bytes its header declares"
        case CIInflateShort: "unpacks to \(written) of the \(count) bytes its header declares"
        case CIInflateTruncated: "ends in the middle of its gzip stream"
        default: "is a damaged gzip file, or has a wrong checksum"
        }
      throw file.failure(what)
    }
    return FileBytes(output.data().prefix(written), path: file.path)
  }

  private struct Header {
    var dataType: DataType
    var shape: [Int] = []
    var length: Int

    init(_ file: FileBytes) throws(FileFormatError) {
      let start = try Array(file.bytes(at: 0, count: 4, "the IDX magic number"))
      guard start[0] == 0, start[1] == 0 else {
        throw file.failure("is not an IDX file: it does not start with two zero bytes")
      }
      guard let type = IDX.types.first(where: { $0.0 == start[2] })?.1 else {
        throw file.failure(
          "has IDX element type \(start[2]), expected 8, 9, 11, 12, 13 or 14")
      }
      dataType = type
      for axis in 0..<Int(start[3]) {
        let length = try file.integer(
          at: 4 + 4 * axis, as: UInt32.self, bigEndian: true, "the IDX lengths")
        shape.append(Int(length))
      }
      length = 4 + 4 * shape.count
    }

    var byteCount: Int? {
      ArrayBytes.byteCount(shape: shape, elementBytes: dataType.byteCount)
    }
  }
}
