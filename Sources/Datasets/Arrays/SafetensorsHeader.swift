import Foundation

/// Reads the JSON of a safetensors header: exactly its three levels and nothing else.
///
/// A parser of its own, since Foundation's keeps the last of two equal keys without a word.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dataType: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  /// More arrays than any network has; a bound on the work an attack can ask for.
  static let mostEntries = 200_000

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]
  private let bytes: [UInt8]
  private let path: String
  private var position = 0

  init(_ text: Data, path: String) {
    bytes = Array(text)
    self.path = path
  }

  mutating func read() throws(FileFormatError) {
    guard bytes.first == UInt8(ascii: "{") else {
      throw failure("does not start with '{'")
    }
    var names: Set<String> = []
    try object { (parser, key) throws(FileFormatError) in
      guard names.insert(key).inserted else { throw parser.failure("has '\(key)' twice") }
      if key == "__metadata__" {
        try parser.readMetadata()
      } else {
        try parser.readEntry(key)
      }
    }
    skipSpace()
    guard position == bytes.count else { throw failure("goes on after its closing brace") }
  }

  private mutating func readMetadata() throws(FileFormatError) {
    try object { (parser, key) throws(FileFormatError) in
      let text = try parser.string()
      guard parser.metadata.updateValue(text, forKey: key) == nil else {
        throw parser.failure("has the text '\(key)' twice")
      }
    }
  }

  private mutating func readEntry(_ name: String) throws(FileFormatError) {
    var dataType: String?
    var shape: [Int]?
    var offsets: [Int]?
    try object { (parser, key) throws(FileFormatError) in
      switch key {
      case "dtype" where dataType == nil: dataType = try parser.string()
      case "shape" where shape == nil: shape = try parser.numbers()
      case "data_offsets" where offsets == nil: offsets = try parser.numbers()
      default: throw parser.failure("has an unexpected or repeated '\(key)' for '\(name)'")
      }
    }
    guard entries.count < Self.mostEntries else {
      throw failure("describes more than \(Self.mostEntries) arrays")
    }
    guard let dataType, let shape, let offsets, offsets.count == 2 else {
      throw failure("gives '\(name)' not all of dtype, shape and two data_offsets")
    }
    entries.append(
      Entry(name: name, dataType: dataType, shape: shape, begin: offsets[0], end: offsets[1]))
  }

  private func failure(_ what: String) -> FileFormatError {
    FileFormatError(path: path, reason: "has a header that \(what) (byte \(8 + position))")
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ symbol: Unicode.Scalar) throws(FileFormatError) {
    guard take(symbol) else { throw failure("has no '\(symbol)' where one is expected") }
  }

  private mutating func object(
    _ readValue: (inout SafetensorsHeader, String) throws(FileFormatError) -> Void
  ) throws(FileFormatError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try readValue(&self, key)
    } while take(",")
    try expect("}")
  }

  private mutating func numbers() throws(FileFormatError) -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var numbers: [Int] = []
    repeat { numbers.append(try number()) } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func number() throws(FileFormatError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !carried else { throw failure("has a number that is too large") }
      value = sum
      position += 1
    }
    let length = position - start
    guard length > 0, length == 1 || bytes[start] != 0x30 else {
      throw failure("has no whole number from 0 where one is expected")
    }
    return value
  }

  private mutating func string() throws(FileFormatError) -> String {
    try expect("\"")
    // Most texts have no escapes: they end at the first quote or control character.
    let start = position
    while position < bytes.count, bytes[position] != 0x22, bytes[position] != 0x5C,
      bytes[position] >= 0x20
    {
      position += 1
    }
    var text = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("has a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw failure("has a control character in a text")
      default: text.append(byte)
      }
    }
    throw failure("ends inside a text")
  }

  private mutating func escape(into text: inout [UInt8]) throws(FileFormatError) {
    guard position < bytes.count else { throw failure("ends inside a text") }
    let symbol = bytes[position]
    position += 1
    switch symbol {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(symbol)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var value = try hexadecimal()
      if (0xD800..<0xDC00).contains(value) {
        guard bytes[position...].starts(with: "\\u".utf8) else {
          throw failure("has half a surrogate pair")
        }
        position += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("has half a surrogate pair") }
        value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw failure("has half a surrogate pair") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw failure("has an unknown escape in a text")
    }
  }

  private mutating func hexadecimal() throws(FileFormatError) -> UInt32 {
    let end = position + 4
    guard end <= bytes.count, bytes[position..<end].allSatisfy(Self.isHexadecimal),
      let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw failure("has a \\u without four hexadecimal digits") }
    position = end
    return value
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
