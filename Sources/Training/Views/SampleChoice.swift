/// Some of many samples, drawn without replacement; the same for the same seed.
public struct SampleChoice: Sendable {
  /// The samples drawn, in rising order; all where there are no more than were wanted.
  public let samples: [Int]

  /// Draws `count` of the samples given.
  public init(_ count: Int, of all: [Int], seed: UInt64) {
    guard count < all.count else {
      samples = all
      return
    }
    // The beginning of a shuffle (Fisher and Yates).
    var rest = all
    for place in 0..<max(0, count) {
      let draw = DerivedSeed.seed(seed, for: .look, counter: place)
      rest.swapAt(place, place + Int(draw % UInt64(rest.count - place)))
    }
    samples = rest.prefix(max(0, count)).sorted()
  }
}
