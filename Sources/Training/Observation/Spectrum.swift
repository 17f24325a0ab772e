import Foundation
import Tensors

/// What the singular values of a weight matrix say of it.
struct Spectrum: Equatable {
  /// The largest singular value: how much the matrix can stretch what it gets.
  let spectralNorm: Double
  /// Σ σ² ÷ σ₁²: how many directions carry the matrix, little disturbed by small values.
  ///
  /// Rudelson & Vershynin, Sampling from Large Matrices, 2007.
  let stableRank: Double
  /// exp of the entropy of σ ÷ Σ σ: 1 for one direction, all of them where all are alike.
  ///
  /// Roy & Vetterli, The Effective Rank, 2007.
  let effectiveRank: Double
  /// The exponent of the power law that the tail of the eigenvalues λ = σ² follows; `nil` for fewer
  /// than ten of them.
  ///
  /// Martin & Mahoney, Implicit Self-Regularization in Deep Neural Networks, 2021; trained layers
  /// are usually between 2 and 6.
  let alpha: Double?

  /// The figures of a matrix with these singular values; `nil` if they are all zero or one is no
  /// number.
  init?(singularValues: [Double]) {
    let values = singularValues.sorted(by: >)
    guard let largest = values.first, largest > 0, values.allSatisfy(\.isFinite) else { return nil }
    spectralNorm = largest
    stableRank = values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    let sum = values.reduce(0, +)
    effectiveRank = exp(
      values.reduce(0) { entropy, value in
        value > 0 ? entropy - value / sum * log(value / sum) : entropy
      })
    // Values that are only rounding do not count as eigenvalues.
    let smallest = largest * 1e-6
    alpha = Self.exponent(values.filter { $0 > smallest }.map { $0 * $0 }.reversed())
  }

  /// A tail of fewer says nothing.
  private static let (fewestValues, fewestInTail) = (10, 5)

  /// The exponent of a power law by maximum likelihood; where the tail begins is chosen so that the
  /// largest distance between the law and the numbers is least.
  ///
  /// Clauset, Shalizi & Newman, Power-Law Distributions in Empirical Data, 2009.
  ///
  /// - Parameter values: Positive, in rising order.
  static func exponent(_ values: [Double]) -> Double? {
    guard values.count >= fewestValues else { return nil }
    let logarithms = values.map { log($0) }
    var tailSum = logarithms.reduce(0, +)
    var best: (distance: Double, alpha: Double)?
    for start in 0...(values.count - fewestInTail) {
      let count = Double(values.count - start)
      let excess = tailSum - count * logarithms[start]
      tailSum -= logarithms[start]
      guard excess > 0 else { continue }
      let alpha = 1 + count / excess
      var distance = 0.0
      for index in start..<values.count {
        let law = 1 - exp((1 - alpha) * (logarithms[index] - logarithms[start]))
        distance = max(distance, abs(law - Double(index - start) / count))
      }
      if distance < best?.distance ?? .infinity { best = (distance, alpha) }
    }
    return best?.alpha
  }
}
