/// Refuses JSON that two readers could understand differently, or that costs more than it says.
///
/// Foundation keeps one of two equal keys without a word, and reads a number like `1e400` in its
/// own way. What passes here is UTF-8, nests at most 64 deep, and names each key of an object once.
struct StrictJSON {
  /// How deep arrays and objects may nest.
  static let deepest = 64

  private let bytes: [UInt8]
  private var position = 0

  /// Throws ``DashboardError/invalid(_:)`` with the byte at which something is wrong.
  static func check(_ bytes: some Sequence<UInt8>) throws {
    var reader = StrictJSON(bytes: Array(bytes))
    guard String(validating: reader.bytes, as: UTF8.self) != nil else {
      throw DashboardError.invalid("The body is no valid UTF-8.")
    }
    try reader.value(depth: 0)
    reader.skipSpace()
    if reader.position < reader.bytes.count { throw reader.problem("something after its end") }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func problem(_ what: String) -> DashboardError {
    .invalid("The body is no JSON that can be taken: \(what) at byte \(position).")
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws {
    guard depth <= Self.deepest else { throw problem("more than \(Self.deepest) levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): try object(depth: depth)
    case UInt8(ascii: "["): try array(depth: depth)
    case UInt8(ascii: "\""): _ = try text()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number()
    }
  }

  private mutating func object(depth: Int) throws {
    position += 1
    var keys: Set<ArraySlice<UInt8>> = []
    skipSpace()
    if take("}") { return }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("a key is missing") }
      guard keys.insert(try text()).inserted else { throw problem("a key that stands twice") }
      skipSpace()
      guard take(":") else { throw problem("a colon is missing") }
      try value(depth: depth + 1)
      skipSpace()
      if take("}") { return }
      guard take(",") else { throw problem("a comma is missing") }
    }
  }

  private mutating func array(depth: Int) throws {
    position += 1
    skipSpace()
    if take("]") { return }
    while true {
      try value(depth: depth + 1)
      skipSpace()
      if take("]") { return }
      guard take(",") else { throw problem("a comma is missing") }
    }
  }

  private mutating func word(_ word: StaticString) throws {
    let expected = word.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: expected) else { throw problem("an unknown word") }
    position += expected.count
  }

  /// A text, with its escapes resolved so that equal keys are equal however they are written.
  private mutating func text() throws -> ArraySlice<UInt8> {
    position += 1
    let start = position
    var resolved: [UInt8]?
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let plain = bytes[start..<position]
        position += 1
        return resolved.map { $0[...] } ?? plain
      case UInt8(ascii: "\\"):
        // In place: a copy for each escape would make a model of many lines quadratic.
        if resolved == nil { resolved = Array(bytes[start..<position]) }
        let scalar = try escape()
        resolved?.append(contentsOf: String(scalar).utf8)
      case 0..<0x20: throw problem("a control character in a text")
      default:
        resolved?.append(byte)
        position += 1
      }
    }
    throw problem("a text without end")
  }

  private mutating func escape() throws -> Unicode.Scalar {
    position += 1
    guard let byte = next else { throw problem("a text without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw problem("an unknown escape")
    }
  }

  private mutating func unicode() throws -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
      throw problem("half a character")
    }
    let second = try fourDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw problem("half a character") }
    return scalar
  }

  private mutating func fourDigits() throws -> UInt32 {
    guard position + 4 <= bytes.count,
      let number = UInt32(
        String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
      next != UInt8(ascii: "+")
    else { throw problem("an unknown escape") }
    position += 4
    return number
  }

  private mutating func number() throws {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
      number.isFinite
    else { throw problem("a number that is too large") }
  }

  private mutating func digits() throws {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    if position == start { throw problem("no value") }
  }
}
