import Foundation
import Lasagne
import Tensors

/// Numbers without a seed, the same in every language: entry i is `sin(frequency · (i + 1) + phase)`.
struct Wave {
  var frequency = 0.37
  var phase = 0.0

  func values(_ count: Int) -> [Double] {
    (0..<count).map { sin(frequency * Double($0 + 1) + phase) }
  }

  func tensor(_ shape: Int...) throws -> Tensor {
    try Tensor(values(shape.reduce(1, *)), shape: shape)
  }

  func source(_ shape: Int...) -> ParameterSource { .values(values(shape.reduce(1, *))) }
}

extension Network {
  /// The output in float64 for inputs by name, weights as the layers' own initializers give them.
  func values(
    _ inputs: [String: Tensor], deterministic: Bool = true, generator: Generator? = nil
  ) throws -> [Double] {
    let weights = try Weights(initializing: self, seed: 1, dataType: .float64)
    return try output(
      inputs, weights: weights, deterministic: deterministic, generator: generator
    ).values(as: Double.self)
  }
}

/// The greatest distance of two lists; infinite where they are not equally long.
func distance(_ first: [Double], _ second: [Double]) -> Double {
  guard first.count == second.count else { return .infinity }
  return zip(first, second).map { abs($0 - $1) }.max() ?? 0
}
