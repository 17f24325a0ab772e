/// The secret that opens the page: 256 random bits as 43 characters that are safe in a URL.
public struct Token: Equatable, Sendable, CustomStringConvertible {
  /// The secret itself.
  public let value: String

  /// Makes a new secret from the system's random numbers.
  public init() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    value = String((0..<43).map { _ in alphabet[Int.random(in: 0..<64, using: &generator)] })
  }

  /// Takes a secret that was made before; `nil` where it is shorter than 22 characters (128 bits)
  /// or has characters that would need escaping.
  public init?(_ value: String) {
    let isPlain = value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard value.utf8.count >= 22, value.utf8.count <= 256, isPlain else { return nil }
    self.value = value
  }

  /// Whether a candidate is this secret; takes as long for every candidate of the same length.
  public func matches(_ candidate: some StringProtocol) -> Bool {
    let expected = Array(value.utf8)
    let given = Array(candidate.utf8)
    var difference = UInt8(truncatingIfNeeded: expected.count == given.count ? 0 : 1)
    for index in expected.indices {
      difference |= expected[index] ^ (index < given.count ? given[index] : 0)
    }
    return difference == 0
  }

  /// Says that there is a secret, but not which: it must not get into a log by accident.
  public var description: String { "Token(hidden)" }
}
