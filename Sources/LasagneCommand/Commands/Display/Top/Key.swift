/// A key that was pressed.
enum Key: Equatable {
  case up
  case down
  case pageUp
  case pageDown
  case enter
  case escape
  case backspace
  case character(Character)

  /// The keys in what a terminal sent; sequences that mean nothing here are left out.
  static func keys(in bytes: [UInt8]) -> [Key] {
    var keys: [Key] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x1b: keys += sequence(&rest)
      case 10, 13: keys.append(.enter)
      case 8, 127: keys.append(.backspace)
      case 0..<32: break
      case 32..<127: keys.append(.character(Character(Unicode.Scalar(byte))))
      default:
        // The bytes of one character of UTF-8 belong together.
        var letter = [byte]
        while let next = rest.first, next & 0xc0 == 0x80 {
          letter.append(next)
          rest.removeFirst()
        }
        if let character = String(validating: letter, as: UTF8.self)?.first {
          keys.append(.character(character))
        }
      }
    }
    return keys
  }

  /// What follows an escape: nothing, or a sequence such as `[A`.
  private static func sequence(_ rest: inout ArraySlice<UInt8>) -> [Key] {
    guard let opening = rest.first, opening == 0x5b || opening == 0x4f else { return [.escape] }
    rest.removeFirst()
    var numbers: [UInt8] = []
    while let byte = rest.popFirst() {
      guard (0x40...0x7e).contains(byte) else {
        numbers.append(byte)
        continue
      }
      switch (byte, numbers) {
      case (0x41, []): return [.up]
      case (0x42, []): return [.down]
      case (0x7e, [0x35]): return [.pageUp]
      case (0x7e, [0x36]): return [.pageDown]
      default: return []
      }
    }
    return []
  }
}
