import Datasets
import Foundation

/// The random decisions of one augmentation for one sample in one epoch: a pure function of these.
struct SampleDraws {
  private var generator: SplitMix64

  /// - Parameter place: The augmentation's place in the recipe's list.
  init(seed: UInt64, place: Int, epoch: Int, sample: Int) {
    let seed = DerivedSeed.seed(seed, for: .augmentation, counter: place)
    let ofEpoch = DerivedSeed.seed(seed, for: .augmentation, counter: epoch)
    generator = SplitMix64(seed: ofEpoch, stream: UInt64(bitPattern: Int64(sample)))
  }

  /// A number in `range`, each with the same chance up to one part in 2⁶⁴.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    let count = UInt64(range.count)
    return range.lowerBound + Int(generator.next().multipliedFullWidth(by: count).high)
  }

  /// A number from 0 up to, but not, 1.
  mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

  /// A number drawn from Beta(α, α).
  ///
  /// Jöhnk, Erzeugung von betaverteilten und gammaverteilten Zufallszahlen, 1964, with the
  /// logarithms that keep small α exact; from α = 1 on two gamma numbers by Marsaglia and Tsang, A
  /// Simple Method for Generating Gamma Variables, 2000.
  mutating func beta(_ alpha: Double) -> Double {
    if alpha >= 1 {
      let (a, b) = (gamma(alpha), gamma(alpha))
      return a / (a + b)
    }
    while true {
      let a = log(1 - uniform()) / alpha
      let b = log(1 - uniform()) / alpha
      let largest = max(a, b)
      // log(eᵃ + eᵇ), which must not be above log 1.
      let sum = largest + log(exp(a - largest) + exp(b - largest))
      if sum <= 0 { return exp(a - sum) }
    }
  }

  private mutating func gamma(_ shape: Double) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A standard normal number (Box and Muller).
  private mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
