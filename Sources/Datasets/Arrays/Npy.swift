import Foundation
import Tensors

/// NumPy's file of one array.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Versions 1 to 3
/// are read, version 1 is written. Big-endian and column-major arrays are converted; pickled objects
/// are refused, since reading them would run code.
public enum Npy {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// NumPy's own limit; a longer header describes no array of plain numbers.
  static let longestHeader = 10_000

  /// Reads a file.
  ///
  /// The elements stay on disk until they are used (the file is memory-mapped), so it must not be
  /// shortened while the array lives.
  public static func read(_ url: URL) throws(FileFormatError) -> HostArray {
    try read(FileBytes(mapping: url))
  }

  /// Reads a file's bytes; `path` names them in errors.
  public static func read(
    _ data: Data, path: String = "npy data"
  ) throws(FileFormatError) -> HostArray {
    try read(FileBytes(data, path: path))
  }

  /// The array as a file's bytes.
  ///
  /// bfloat16 has no npy form: convert it to float32 first.
  public static func data(_ array: HostArray) throws(FileFormatError) -> Data {
    var file = try header(of: array, path: "npy data")
    file.append(array.data)
    return file
  }

  /// Writes a file; it appears under its name when it is complete.
  public static func write(_ array: HostArray, to url: URL) throws(FileFormatError) {
    try writeFile([header(of: array, path: url.path), array.data], to: url)
  }

  static func read(_ file: FileBytes) throws(FileFormatError) -> HostArray {
    guard file.count >= 8, Array(file.data.prefix(6)) == magic else {
      throw file.failure("is not an npy file: it does not start with \\x93NUMPY")
    }
    let version = try file.integer(at: 6, as: UInt8.self, "the version")
    guard (1...3).contains(version) else {
      throw file.failure("has npy version \(version), expected 1, 2 or 3")
    }
    let lengthBytes = version == 1 ? 2 : 4
    let length =
      version == 1
      ? try Int(file.integer(at: 8, as: UInt16.self, "the header's length"))
      : try Int(file.integer(at: 8, as: UInt32.self, "the header's length"))
    guard length <= longestHeader else {
      throw file.failure("has a header of \(length) bytes, more than \(longestHeader)")
    }
    let start = 8 + lengthBytes
    let text = try file.bytes(at: start, count: length, "the header")
    let header = try NpyHeader(text, path: file.path)
    return try array(header, from: file, at: start + length)
  }

  private static func array(
    _ header: NpyHeader, from file: FileBytes, at offset: Int
  ) throws(FileFormatError) -> HostArray {
    let elementBytes = header.dataType.byteCount
    guard let size = ArrayBytes.byteCount(shape: header.shape, elementBytes: elementBytes) else {
      throw file.failure("declares the impossible shape \(header.shape)")
    }
    guard size == file.count - offset else {
      throw file.failure(
        "declares shape \(header.shape) of \(header.dataType.rawValue), \(size) bytes from byte "
          + "\(offset), but holds \(file.count - offset)")
    }
    var data = try file.bytes(at: offset, count: size, "the elements")
    if header.isBigEndian { data = try converted(data, file) { swap($0, elementBytes) } }
    if header.isColumnMajor {
      data = try converted(data, file) {
        ArrayBytes.rowMajor($0, shape: header.shape, elementBytes: elementBytes)
      }
    }
    return try ArrayBytes.array(
      shape: header.shape, dataType: header.dataType, data: data, path: file.path)
  }

  private static func swap(_ data: Data, _ elementBytes: Int) -> Data? {
    ArrayBytes.byteSwapped(data, elementBytes: elementBytes)
  }

  private static func converted(
    _ data: Data, _ file: FileBytes, _ body: (Data) -> Data?
  ) throws(FileFormatError) -> Data {
    guard let result = body(data) else {
      throw file.failure("needs \(data.count) bytes of memory to convert, which are not there")
    }
    return result
  }

  /// The bytes before the elements, a multiple of 64.
  static func header(of array: HostArray, path: String) throws(FileFormatError) -> Data {
    guard let descriptor = NpyHeader.descriptor(of: array.dataType) else {
      throw FileFormatError(
        path: path,
        reason: "npy has no \(array.dataType.rawValue); convert the array to float32 first")
    }
    let lengths = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(shape), }"
    text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
    var header = Data(magic + [1, 0])
    withUnsafeBytes(of: UInt16(text.utf8.count).littleEndian) { header.append(contentsOf: $0) }
    header.append(contentsOf: text.utf8)
    return header
  }
}
