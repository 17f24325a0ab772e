import Foundation
import Tensors

/// Named arrays with a few texts, as the safetensors library writes them.
///
/// Format: https://github.com/huggingface/safetensors#format. Every promise of the format is checked
/// on reading: the header's length, no name twice, offsets that follow one another without a hole or
/// an overlap and end with the file, and sizes that agree with shapes.
public struct Safetensors: Equatable, Sendable {
  /// The arrays by name.
  public var arrays: [String: HostArray]
  /// The texts under `__metadata__`.
  public var metadata: [String: String]

  /// Arrays and texts to be written.
  public init(arrays: [String: HostArray], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  static let longestHeader = 100_000_000

  /// Reads a file.
  ///
  /// The elements stay on disk until they are used (the file is memory-mapped), so it must not be
  /// shortened while the arrays live.
  public static func read(_ url: URL) throws(FileFormatError) -> Safetensors {
    try read(FileBytes(mapping: url))
  }

  /// Reads a file's bytes; `path` names them in errors.
  public static func read(
    _ data: Data, path: String = "safetensors data"
  ) throws(FileFormatError) -> Safetensors {
    try read(FileBytes(data, path: path))
  }

  /// The file's bytes: the same arrays and texts always give the same bytes.
  public func data() throws(FileFormatError) -> Data {
    try pieces(path: "safetensors data").reduce(into: Data()) { $0.append($1) }
  }

  /// Writes a file; it appears under its name when it is complete.
  public func write(to url: URL) throws(FileFormatError) {
    try writeFile(pieces(path: url.path), to: url)
  }

  private static func read(_ file: FileBytes) throws(FileFormatError) -> Safetensors {
    let length = try file.integer(at: 0, as: UInt64.self, "the header's length")
    guard length <= UInt64(longestHeader) else {
      throw file.failure("has a header of \(length) bytes, more than \(longestHeader)")
    }
    let text = try file.bytes(at: 8, count: Int(length), "the header")
    var parser = SafetensorsHeader(text, path: file.path)
    try parser.read()
    let start = 8 + Int(length)
    var arrays: [String: HostArray] = [:]
    var end = 0
    for entry in parser.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      arrays[entry.name] = try array(entry, file, start: start, after: end)
      end = entry.end
    }
    guard end == file.count - start else {
      throw file.failure(
        "holds \(file.count - start) bytes of arrays from byte \(start), but its header describes "
          + "\(end)")
    }
    return Safetensors(arrays: arrays, metadata: parser.metadata)
  }

  private static func array(
    _ entry: SafetensorsHeader.Entry, _ file: FileBytes, start: Int, after end: Int
  ) throws(FileFormatError) -> HostArray {
    guard let dataType = DataType(safetensorsName: entry.dataType) else {
      throw file.failure(
        "holds '\(entry.name)' as \(entry.dataType.prefix(20)), expected F64, F32, F16, BF16, I64, "
          + "I32, I16, I8, U8 or BOOL")
    }
    guard entry.begin == end, entry.end >= entry.begin else {
      throw file.failure(
        "places '\(entry.name)' at bytes \(entry.begin) to \(entry.end) of the arrays, expected it "
          + "to begin at \(end)")
    }
    let size = ArrayBytes.byteCount(shape: entry.shape, elementBytes: dataType.byteCount)
    guard let size, size == entry.end - entry.begin else {
      throw file.failure(
        "gives '\(entry.name)' \(entry.end - entry.begin) bytes, which do not fit shape "
          + "\(entry.shape) of \(dataType.rawValue)")
    }
    guard start <= Int.max - entry.begin else {
      throw file.failure("places '\(entry.name)' past the end of the file")
    }
    let data = try file.bytes(at: start + entry.begin, count: size, "'\(entry.name)'")
    return try ArrayBytes.array(
      shape: entry.shape, dataType: dataType, data: data, path: "\(file.path) › \(entry.name)")
  }

  private func pieces(path: String) throws(FileFormatError) -> [Data] {
    // Wide elements first: then each array begins at a multiple of its element's size.
    let ordered = arrays.sorted {
      ($1.value.dataType.byteCount, $0.key) < ($0.value.dataType.byteCount, $1.key)
    }
    var fields: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, array) in ordered {
      guard name != "__metadata__" else {
        throw FileFormatError(path: path, reason: "cannot hold an array named '__metadata__'")
      }
      let shape = array.shape.map(String.init).joined(separator: ",")
      let end = offset + array.data.count
      fields.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(array.dataType.safetensorsName)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Data("{\(fields.joined(separator: ","))}".utf8)
    header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
    guard header.count <= Self.longestHeader else {
      throw FileFormatError(
        path: path,
        reason: "would get a header of \(header.count) bytes, more than \(Self.longestHeader)")
    }
    var length = Data()
    length.append(number: UInt64(header.count))
    return [length, header] + ordered.map(\.value.data)
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension DataType {
  /// This type's name in a safetensors header.
  var safetensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  init?(safetensorsName name: String) {
    guard let match = DataType.allCases.first(where: { $0.safetensorsName == name }) else {
      return nil
    }
    self = match
  }
}
