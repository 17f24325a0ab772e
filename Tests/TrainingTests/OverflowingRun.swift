import Lasagne
import Tensors
import Training

/// A network, weights and data of which one sample gives an infinite gradient with a loss that is a
/// number: its last feature, which no other sample has and whose weights are 0, is huge.
struct OverflowingRun {
  let network: Network
  let weights: Weights
  let data: TrainingData

  init() throws {
    network = try Network("net", input: [4]) {
      DenseLayer(6, nonlinearity: .tanh)
      BatchNormLayer()
      DenseLayer(1, nonlinearity: .linear)
    }
    var arrays = try Weights(initializing: network, seed: 3).hostArrays()
    let numbers = arrays[0].values(as: Float.self)
    arrays[0] = try HostArray(numbers.prefix(18) + [Float](repeating: 0, count: 6), shape: [4, 6])
    weights = try Weights(arrays, for: network)
    var inputs = try Fixture.blobs(count: 64).inputs.values(as: Float.self)
    for sample in 0..<64 { inputs[4 * sample + 3] = 0 }
    var targets = (0..<64).map { inputs[4 * $0] - inputs[4 * $0 + 1] }
    inputs[4 * 40 + 3] = 3e38
    targets[40] = 1e6
    data = TrainingData(
      inputs: try HostArray(inputs, shape: [64, 4]),
      targets: try HostArray(targets, shape: [64, 1]))
  }
}
