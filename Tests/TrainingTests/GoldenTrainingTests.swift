import Datasets
import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Training runs recorded from Lasagne itself, where the folder with them is at hand.
struct GoldenTrainingTests {
  static let folder = URL(
    filePath: ProcessInfo.processInfo.environment["LASAGNE_GOLDEN"]
      ?? "../shared/golden/lasagne")
  /// The runs whose rules are known here and that the folder holds; of other folders all runs are
  /// reproduced by the suite of the update rules.
  static let names = ["mlp_nesterov", "lenet_adam_l2"].filter { name in
    FileManager.default.fileExists(atPath: folder.appending(path: "training/\(name)").path)
  }
  static let isThere = !names.isEmpty

  @Test(.enabled(if: isThere), arguments: names)
  func `recorded losses and weights are reproduced step by step`(name: String) throws {
    let table = try JSONDecoder().decode(
      JSONValue.self, from: Data(contentsOf: Self.folder.appending(path: "training.json")))
    guard case .array(let runs)? = table["trainings"],
      let run = runs.first(where: { $0["name"]?.string == name }),
      case .array(let losses)? = run["losses"]
    else {
      Issue.record("training.json has no run \(name)")
      return
    }
    let folder = Self.folder.appending(path: "training/\(name)")
    let network = try Network(
      modelFile: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8))
    func arrays(_ file: String) throws -> [HostArray] {
      try Npz.numberedArrays(folder.appending(path: file))
    }
    let weights = try Weights(arrays("params.npz"), for: network)
    let batches = try Npz.read(folder.appending(path: "batches.npz"))
    let inputs = try #require(batches.first { $0.name != "targets" }).array
    let targets = try #require(batches.first { $0.name == "targets" }).array

    var recipe = Recipe()
    let rate = try #require(run["update"]?["arguments"]?["learningRate"]?.number)
    recipe.update = name == "mlp_nesterov" ? .nesterovMomentum(momentum: 0.9) : .adam()
    recipe.l2 = run["penalty"]?["coefficient"]?.number ?? 0
    let step = try TrainingStep(
      function: try LossFunction(
        network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true),
      weights: weights, stateArrays: [:], device: .cpu)
    func batch(_ array: HostArray, _ number: Int) throws -> HostArray {
      try array.rows([number]).reshaped(Array(array.shape.dropFirst()))
    }
    for (number, recorded) in losses.enumerated() {
      let index = number % inputs.shape[0]
      let samples = LaidOutSamples(
        inputs: try batch(inputs, index), targets: try batch(targets, index).converted(to: .int64))
      recipe.batchSize = samples.count
      let outcome = try step(
        Array(0..<samples.count)[...],
        of: SampleStore(samples, inputScale: nil, readsIndices: false, device: .cpu),
        epoch: 0, recipe: recipe, learningRate: rate, number: number, isWatched: false)
      guard case .done(let result) = outcome else {
        Issue.record("step \(number) was refused")
        return
      }
      let loss =
        (result.totals.loss + result.totals.penalty) / Double(result.totals.count)
      let expected = try #require(recorded.number)
      #expect(abs(loss - expected) <= 1e-5 + 1e-4 * abs(expected), "step \(number)")
    }
    for (final, recorded) in zip(try weights.hostArrays(), try arrays("params_final.npz")) {
      for (a, b) in zip(final.values(as: Double.self), recorded.values(as: Double.self)) {
        #expect(abs(a - b) <= 1e-4 + 1e-3 * abs(b))
      }
    }
  }
}
