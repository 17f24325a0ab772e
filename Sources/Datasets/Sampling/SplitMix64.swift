/// A small generator whose numbers are the same on every machine and in every version.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014. The standard
/// library's generator is not used because it cannot be seeded.
public struct SplitMix64: RandomNumberGenerator, Equatable, Sendable {
  private var state: UInt64

  /// A generator that starts from a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// A generator for one part of a seeded whole, such as an epoch; parts do not resemble each other.
  public init(seed: UInt64, stream: UInt64) {
    var first = SplitMix64(seed: seed)
    var second = SplitMix64(seed: first.next() ^ stream)
    state = second.next()
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `0..<bound`, each with the same chance; `bound` must be positive.
  ///
  /// Lemire: "Fast random integer generation in an interval", 2019. Written out here because the
  /// standard library does not promise to keep its own way.
  mutating func number(below bound: Int) -> Int {
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Puts values in a random order (Fisher and Yates, from the end).
  mutating func shuffle(_ values: inout [Int]) {
    var last = values.count - 1
    while last > 0 {
      values.swapAt(last, number(below: last + 1))
      last -= 1
    }
  }
}
