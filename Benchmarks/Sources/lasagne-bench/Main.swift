import Foundation
import Lasagne
import Tensors
import Training

/// Trains a network on random numbers and times its steps on request.
///
/// `lasagne-bench tiny|mlp|lenet|gru|lstm [adam|nesterov] [batch size]`, then on standard input a line for each
/// round, the number of steps, answered by a line of JSON: steps, wall and CPU seconds. A step is
/// all of it: gathering the batch, scaling, forward, backward, update, reading the loss.
@main
struct Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let name = arguments.first ?? "mlp"
    let isAdam = !arguments.dropFirst().contains("nesterov")
    let batchSize = arguments.compactMap(Int.init).first ?? 128
    try Backend.load()
    Backend.setThreadCount(1)
    let recipe = Recipe(
      update: isAdam ? .adam() : .nesterovMomentum(momentum: 0.9),
      learningRate: isAdam ? 0.001 : 0.01, batchSize: batchSize, epochs: 1_000_000,
      validationFraction: 0, dropLast: true, checkpointEveryEpochs: 0,
      reportEverySteps: 1_000_000_000, observeEverySteps: 0)
    let trainer = try Trainer(
      network: try network(name),
      data: try name == "tiny" ? randomNumbers(count: 3_200) : randomBytes(count: 12_800),
      recipe: recipe)
    if let refusal = trainer.planRefusal {
      FileHandle.standardError.write(Data("not planned: \(refusal)\n".utf8))
    }
    try trainer.run(control: Rounds()) { _ in }
  }

  private static func network(_ name: String) throws -> Network {
    switch name {
    case "tiny": try tiny()
    case "lenet": try lenet()
    case "gru": try recurrent(GRULayer(128, onlyReturnFinal: true))
    case "lstm": try recurrent(LSTMLayer(128, peepholes: false, onlyReturnFinal: true))
    default: try mlp()
    }
  }

  private static func tiny() throws -> Network {
    try Network("tiny", input: [20]) {
      DenseLayer(32)
      DenseLayer(32)
      DenseLayer(2, nonlinearity: .softmax)
    }
  }

  /// The rows of an image, one after the other.
  private static func recurrent(_ layer: some SequenceLayer) throws -> Network {
    try Network("recurrent", input: [28, 28]) {
      layer
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  private static func mlp() throws -> Network {
    try Network("mlp", input: [1, 28, 28]) {
      DenseLayer(800)
      DenseLayer(800)
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  private static func lenet() throws -> Network {
    try Network("lenet", input: [1, 28, 28]) {
      Conv2DLayer(32, filterSize: 5)
      MaxPool2DLayer(2)
      Conv2DLayer(32, filterSize: 5)
      MaxPool2DLayer(2)
      DenseLayer(256)
      DropoutLayer(p: 0.5)
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  /// Bytes without a pattern.
  private struct Noise {
    var state: UInt32 = 1

    mutating func next() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }

  /// Rows of 20 numbers of two classes: only their shapes and types matter here.
  private static func randomNumbers(count: Int) throws -> TrainingData {
    var noise = Noise()
    let numbers = (0..<(count * 20)).map { _ in Float(noise.next()) / 128 - 1 }
    let labels = (0..<count).map { _ in noise.next() % 2 }
    return TrainingData(
      inputs: try HostArray(numbers, shape: [count, 20]),
      targets: try HostArray(labels, shape: [count]))
  }

  /// Images and labels without meaning.
  private static func randomBytes(count: Int) throws -> TrainingData {
    var noise = Noise()
    let pixels = (0..<(count * 784)).map { _ in noise.next() }
    let labels = (0..<count).map { _ in noise.next() % 10 }
    return TrainingData(
      inputs: try HostArray(pixels, shape: [count, 1, 28, 28]),
      targets: try HostArray(labels, shape: [count]))
  }
}
