import Foundation
import Interop
import Lasagne
import Tensors

/// Weights that no initializer gives: every number differs, deviations and scales stay positive.
func unusualWeights(_ network: Network) throws -> [HostArray] {
  try network.parameters.enumerated().map { place, parameter in
    let values = (0..<parameter.count).map { index -> Float in
      let wave = sin(Float(index) * 1.7 + Float(place))
      return parameter.fullName.hasSuffix("inv_std") ? 1.2 + 0.5 * wave : 0.4 * wave
    }
    return try HostArray(values, shape: parameter.shape)
  }
}

/// An input for each input layer; open lengths are 3 for the batch and 5 elsewhere.
func inputs(of network: Network) throws -> [String: HostArray] {
  var arrays: [String: HostArray] = [:]
  for name in network.inputs {
    let shape = try network.outputShape(of: name).enumerated().map { $1 ?? ($0 == 0 ? 3 : 5) }
    let count = shape.reduce(1, *)
    let isIndices = network.layers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == name
    }
    arrays[name] =
      isIndices
      ? try HostArray((0..<count).map { Int64($0 % 4) }, shape: shape)
      : try HostArray((0..<count).map { cos(Float($0) * 0.9) }, shape: shape)
  }
  return arrays
}

/// What a network gives for `inputs(of:)`.
func output(_ network: Network, _ weights: [HostArray]) throws -> [Double] {
  try network.predict(inputs(of: network), weights: Weights(weights, for: network))
    .values(as: Double.self)
}

/// The greatest difference of two outputs; infinite where their lengths differ.
func difference(_ first: [Double], _ second: [Double]) -> Double {
  guard first.count == second.count else { return .infinity }
  return zip(first, second).map { abs($0 - $1) }.max() ?? 0
}

/// The sentence of what fails.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was refused"
  } catch {
    return "\(error)"
  }
}
