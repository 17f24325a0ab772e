import Foundation
import Tensors

/// The Python dictionary in front of an npy file's elements.
struct NpyHeader {
  var dataType: DataType
  var isBigEndian: Bool
  var isColumnMajor: Bool
  var shape: [Int]

  /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
  init(_ text: Data, path: String) throws(FileFormatError) {
    var scanner = LiteralScanner(bytes: Array(text), path: path)
    var descriptor: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try scanner.expect("{")
    while !scanner.take("}") {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try scanner.descriptor()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try scanner.boolean()
      case "shape" where shape == nil: shape = try scanner.shape()
      default: throw scanner.failure("the unexpected or repeated key '\(key)'")
      }
      if !scanner.take(",") {
        try scanner.expect("}")
        break
      }
    }
    try scanner.expectEnd()
    guard let descriptor, let isColumnMajor, let shape else {
      throw scanner.failure("not all of 'descr', 'fortran_order' and 'shape'")
    }
    (dataType, isBigEndian) = try Self.elementType(descriptor, path: path)
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }

  private static let kinds: [(String, DataType)] = [
    ("f4", .float32), ("f8", .float64), ("f2", .float16), ("i8", .int64), ("i4", .int32),
    ("i2", .int16), ("i1", .int8), ("u1", .uint8), ("b1", .bool),
  ]

  /// NumPy's name of a type, or nil for bfloat16, which it does not have.
  static func descriptor(of dataType: DataType) -> String? {
    guard let kind = kinds.first(where: { $0.1 == dataType })?.0 else { return nil }
    return (dataType.byteCount == 1 ? "|" : "<") + kind
  }

  private static func elementType(
    _ descriptor: String, path: String
  ) throws(FileFormatError) -> (DataType, isBigEndian: Bool) {
    let order = descriptor.first
    let kind = String(descriptor.dropFirst())
    if let order, "<>=|".contains(order), let match = kinds.first(where: { $0.0 == kind }) {
      return (match.1, order == ">")
    }
    if descriptor.contains("O") {
      throw FileFormatError(
        path: path,
        reason: "holds pickled Python objects ('\(descriptor)'), which are not read because "
          + "unpickling runs code; save plain numbers instead")
    }
    throw FileFormatError(
      path: path,
      reason: "has elements of type '\(descriptor.prefix(40))', expected f2, f4, f8, i1, i2, i4, "
        + "i8, u1 or b1; convert them in NumPy with astype")
  }
}

/// Reads the few Python literals an npy header is made of.
private struct LiteralScanner {
  let bytes: [UInt8]
  let path: String
  var position = 0

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  func failure(_ what: String) -> FileFormatError {
    FileFormatError(
      path: path, reason: "has an npy header with \(what) (character \(position) of the header)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ symbol: Unicode.Scalar) throws(FileFormatError) {
    guard take(symbol) else { throw failure("no '\(symbol)' where one is expected") }
  }

  mutating func expectEnd() throws(FileFormatError) {
    skipSpace()
    guard position == bytes.count else { throw failure("something after its closing brace") }
  }

  mutating func string() throws(FileFormatError) -> String {
    let isSingle = take("'")
    guard isSingle || take("\"") else { throw failure("no quoted text where one is expected") }
    let quote = UInt8(ascii: isSingle ? "'" : "\"")
    let start = position
    while position < bytes.count, bytes[position] != quote {
      guard bytes[position] != UInt8(ascii: "\\") else { throw failure("a backslash in a text") }
      position += 1
    }
    guard position < bytes.count else { throw failure("a text that is not closed") }
    position += 1
    return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
  }

  mutating func descriptor() throws(FileFormatError) -> String {
    guard !take("[") else {
      throw FileFormatError(
        path: path,
        reason: "is a structured array (several named fields), which is not read; save each field "
          + "as an array of its own")
    }
    return try string()
  }

  mutating func boolean() throws(FileFormatError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("neither True nor False where one is expected")
  }

  mutating func shape() throws(FileFormatError) -> [Int] {
    try expect("(")
    var lengths: [Int] = []
    while !take(")") {
      lengths.append(try length())
      guard lengths.count <= 32 else { throw failure("more than 32 axes") }
      if !take(",") {
        try expect(")")
        // In Python `(3)` is a number and no tuple.
        guard lengths.count > 1 else { throw failure("a shape that is no tuple") }
        break
      }
    }
    return lengths
  }

  private mutating func length() throws(FileFormatError) -> Int {
    skipSpace()
    var value = 0
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carried else { throw failure("a length that is too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("a length that is not a whole number from 0") }
    // Python 2 wrote long numbers as `3L`.
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return value
  }
}
