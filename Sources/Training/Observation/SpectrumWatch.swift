import Lasagne
import Tensors

/// Measures the spectra of the weight matrices, one at a time, as far as there is time for them.
struct SpectrumWatch {
  /// A weight matrix; the filters of a convolution are its rows.
  struct Matrix {
    let name: String
    let tensor: Tensor
    let rows: Int
    let columns: Int

    /// What a decomposition of it costs, in multiplications up to a factor.
    var work: Double {
      Double(min(rows, columns)) * Double(min(rows, columns)) * Double(max(rows, columns))
    }
  }

  /// No single decomposition may keep a run from obeying for longer.
  private static let longest = 2.0

  let matrices: [Matrix]
  /// Where the next look begins: who had no turn in the last one is first in the next.
  private var next = 0
  /// Seconds for a unit of work, as measured so far.
  private var rate = 1e-9

  /// Finds the matrices among the trained parameters.
  init(_ weights: Weights) {
    matrices = zip(weights.parameters, weights.tensors).compactMap { parameter, tensor in
      guard parameter.isTrainable, parameter.shape.count >= 2, parameter.count > 0 else {
        return nil
      }
      let rows = parameter.shape[0]
      let columns = parameter.count / rows
      guard min(rows, columns) >= 2 else { return nil }
      return Matrix(name: parameter.fullName, tensor: tensor, rows: rows, columns: columns)
    }
  }

  /// The figures of the matrices that there is time for, by metric key: `params/conv1.W/alpha`.
  ///
  /// - Parameter hasTime: Whether a decomposition of so many seconds may be made now.
  mutating func values(hasTime: (_ seconds: Double) -> Bool) -> [String: Double] {
    var values: [String: Double] = [:]
    var seconds = 0.0
    for _ in matrices.indices {
      let matrix = matrices[next]
      let expected = matrix.work * rate
      if expected <= Self.longest {
        guard hasTime(seconds + expected) else { return values }
        let start = ContinuousClock.now
        // A decomposition that does not converge is left out.
        if let spectrum = try? Self.spectrum(of: matrix) {
          let key = "params/\(matrix.name)"
          values["\(key)/spectralNorm"] = spectrum.spectralNorm
          values["\(key)/stableRank"] = spectrum.stableRank
          values["\(key)/effectiveRank"] = spectrum.effectiveRank
          values["\(key)/alpha"] = spectrum.alpha
        }
        let took = (ContinuousClock.now - start).seconds
        seconds += took
        // Small matrices cost more than their work; only those that take a while tell the rate.
        if matrix.work > 1e6 { rate = took / matrix.work }
      }
      next = (next + 1) % matrices.count
    }
    return values
  }

  /// The figures of a matrix; `nil` where an entry is not finite or all are zero.
  static func spectrum(of matrix: Matrix) throws(TensorError) -> Spectrum? {
    let singular = try withoutGradients { () throws(TensorError) -> [Double]? in
      let flat = try matrix.tensor.reshaped([matrix.rows, matrix.columns])
        .moved(to: .cpu).converted(to: .float32)
      guard try flat.norm().item().isFinite else { return nil }
      return try flat.svd().s.values(as: Float.self).map(Double.init)
    }
    return singular.flatMap { Spectrum(singularValues: $0) }
  }
}
