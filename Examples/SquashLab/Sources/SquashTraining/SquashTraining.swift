import Datasets
import Foundation
import Lasagne
import SquashLayer
import Tensors
import Training

/// Trains a network with a layer of its own on a part of Fashion-MNIST, and prints predictions:
/// `swift run SquashTraining FOLDER`, where the folder holds the four .gz files of the data.
@main
struct SquashTraining {
  static func main() {
    do {
      guard CommandLine.arguments.count == 2 else {
        throw DatasetError(
          dataset: "SquashTraining", reason: "got no folder with Fashion-MNIST's files; name one")
      }
      try run(on: URL(filePath: CommandLine.arguments[1]))
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(2)
    }
  }

  static func run(on folder: URL) throws {
    let network = try squashedNetwork()
    print(network.summary())

    let images = try IDXFolder.read(folder)
    let some = Array(0..<10_000)
    let data = try TrainingData(
      inputs: images.inputs.rows(some), targets: images.targets.orThrow().rows(some))
    let recipe = Recipe(learningRate: 0.05, batchSize: 64, epochs: 2, seed: 7)
    let trainer = try Trainer(network: network, data: data, recipe: recipe)
    try trainer.run { event in
      guard case .epochEnded(let epoch, let points) = event else { return }
      let accuracy = points.values["valid/accuracy"] ?? 0
      print("epoch \(epoch): \((accuracy * 1000).rounded() / 10) % of the validation images right")
    }

    let evaluator = Evaluator(network: network, weights: trainer.weights, recipe: recipe)
    let questions = Array(0..<8)
    let answers = try evaluator.predict(images.testInputs.orThrow().rows(questions))
    let truths = try images.testTargets.orThrow().rows(questions).values(as: Int64.self)
    for (question, truth) in zip(questions, truths) {
      let row = try answers.rows([question]).values(as: Float.self)
      let guess = row.indices.max { row[$0] < row[$1] } ?? 0
      let sureness = Int((row[guess] * 100).rounded())
      print("test image \(question): class \(guess) (\(sureness) % sure), truly \(truth)")
    }
  }
}

extension HostArray? {
  /// The array, or the error that the data set lacks it.
  func orThrow() throws -> HostArray {
    guard let self else {
      throw DatasetError(dataset: "Fashion-MNIST", reason: "has no such array; name its folder")
    }
    return self
  }
}
