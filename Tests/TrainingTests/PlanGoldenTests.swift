import Datasets
import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// The training runs recorded from Lasagne itself, made by plans.
struct PlanGoldenTests {
  @Test(.enabled(if: GoldenTrainingTests.isThere), arguments: GoldenTrainingTests.names)
  func `plans reproduce recorded losses and weights step by step`(name: String) throws {
    let table = try JSONDecoder().decode(
      JSONValue.self,
      from: Data(contentsOf: GoldenTrainingTests.folder.appending(path: "training.json")))
    guard case .array(let runs)? = table["trainings"],
      let run = runs.first(where: { $0["name"]?.string == name }),
      case .array(let losses)? = run["losses"]
    else {
      Issue.record("training.json has no run \(name)")
      return
    }
    let folder = GoldenTrainingTests.folder.appending(path: "training/\(name)")
    let network = try Network(
      modelFile: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8))
    let weights = try Weights(
      Npz.numberedArrays(folder.appending(path: "params.npz")), for: network)
    let batches = try Npz.read(folder.appending(path: "batches.npz"))
    let inputs = try #require(batches.first { $0.name != "targets" }).array
    let targets = try #require(batches.first { $0.name == "targets" }).array
    let (batchCount, size) = (inputs.shape[0], inputs.shape[1])
    let store = try SampleStore(
      LaidOutSamples(
        inputs: try inputs.reshaped([batchCount * size] + inputs.shape.dropFirst(2)),
        targets: try targets.reshaped([batchCount * size]).converted(to: .int64)),
      inputScale: nil, readsIndices: false, device: .cpu)

    var recipe = Recipe()
    let rate = try #require(run["update"]?["arguments"]?["learningRate"]?.number)
    recipe.update = name == "mlp_nesterov" ? .nesterovMomentum(momentum: 0.9) : .adam()
    recipe.l2 = run["penalty"]?["coefficient"]?.number ?? 0
    let state = UpdateState(
      parameterNames: weights.parameters.filter(\.isTrainable).map(\.fullName))
    let planner = try StepPlanner(
      function: try LossFunction(
        network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true),
      weights: weights, state: state, store: store, device: .cpu, planning: StepPlanning())
    #expect(planner.reason(for: recipe) == nil)
    for (number, recorded) in losses.enumerated() {
      let first = number % batchCount * size
      let step = try planner.step(
        store, Array(first..<(first + size))[...], epoch: 0, recipe: recipe,
        learningRate: rate, number: number, isWatched: false)
      let totals = try #require(step).totals
      let loss = (totals.loss + totals.penalty) / Double(totals.count)
      let expected = try #require(recorded.number)
      #expect(abs(loss - expected) <= 1e-5 + 1e-4 * abs(expected), "step \(number)")
    }
    let final = try Npz.numberedArrays(folder.appending(path: "params_final.npz"))
    for (ours, recorded) in zip(try weights.hostArrays(), final) {
      for (a, b) in zip(ours.values(as: Double.self), recorded.values(as: Double.self)) {
        #expect(abs(a - b) <= 1e-4 + 1e-3 * abs(b))
      }
    }
  }

  /// The networks and layers recorded from Lasagne, by their folders.
  private static let cases: [URL] = ["networks", "layers"].flatMap { kind -> [URL] in
    let folder = GoldenTrainingTests.folder.appending(path: kind)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }

  /// A recorded case as something to learn: its inputs, and recorded numbers as what is wanted.
  private static func problem(_ folder: URL) throws -> (Network, TrainingData) {
    let network = try Network(
      modelFile: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8))
    let several = folder.appending(path: "inputs.npz")
    var inputs: [String: HostArray] = [:]
    if FileManager.default.fileExists(atPath: several.path) {
      for entry in try Npz.read(several) { inputs[entry.name] = entry.array }
    } else {
      inputs[network.inputs[0]] = try Npy.read(folder.appending(path: "input.npy"))
    }
    let found = inputs.removeValue(forKey: network.inputs[0])
    let first = try #require(found)
    return (
      network,
      TrainingData(
        inputs: first, targets: try Npy.read(folder.appending(path: "cotangent.npy")),
        others: inputs)
    )
  }

  @Test(.enabled(if: !cases.isEmpty))
  func `recorded networks and layers learn by plans what they learn by autograd`() throws {
    var planned: Set<String> = []
    var refused = 0
    var untrained: [String] = []
    for folder in Self.cases {
      let name = folder.lastPathComponent
      let (network, data) = try Self.problem(folder)
      let recipe = Recipe(
        objective: .squaredError, update: .momentum(momentum: 0.9), learningRate: 0.01,
        batchSize: data.inputs.shape[0], epochs: 4, validationFraction: 0, dropLast: true,
        inputScale: 1, checkpointEveryEpochs: 0, reportEverySteps: 1, observeEverySteps: 0)
      func weights() throws -> Weights {
        try Weights(Npz.numberedArrays(folder.appending(path: "params.npz")), for: network)
      }
      do {
        let trainer = try Trainer(
          network: network, weights: weights(), data: data, recipe: recipe,
          planning: StepPlanning())
        guard trainer.planRefusal == nil else {
          refused += 1
          continue
        }
      } catch let error as TrainingError {
        // Nothing of it is trainable, or its output has not a row for each sample.
        untrained.append("\(name): \(error)")
        continue
      }
      planned.insert(name)
      try PlanTests.compare(network, data, recipe, from: weights)
    }
    print(
      "golden plans: \(planned.count) planned, \(refused) by autograd, \(untrained.count) not trained"
    )
    #expect(planned.count + refused + untrained.count == Self.cases.count)
    let wanted: Set = ["net_mlp", "net_lenet_bn", "lstm_default", "gru_default", "conv2d_default"]
    #expect(planned.isSuperset(of: wanted), "\(wanted.subtracting(planned))")
  }
}
