/// Seeds for the random decisions of a run: pure functions of the recipe's seed, the purpose and a
/// counter, so that nothing has to be remembered to go on exactly where a run was.
enum DerivedSeed {
  /// What random numbers are drawn for.
  enum Purpose: UInt64 {
    case split = 1
    case order = 2
    case step = 3
    case augmentation = 4
    case look = 5
  }

  /// The seed for a purpose; for `step`, one for each update.
  static func seed(_ seed: UInt64, for purpose: Purpose, counter: Int = 0) -> UInt64 {
    mixed(mixed(mixed(seed) &+ purpose.rawValue) &+ UInt64(bitPattern: Int64(counter)))
  }

  /// One round of SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number
  /// Generators, 2014.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value &+ 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
