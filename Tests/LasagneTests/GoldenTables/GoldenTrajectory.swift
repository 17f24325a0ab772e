import Datasets
import Foundation
import Records
import Tensors
import Testing

@testable import Lasagne

/// A recorded training run of the real Lasagne, to be run again with our own parts.
struct GoldenTrajectory {
  let entry: GoldenEntry
  let network: Network
  let weights: Weights
  private let batches: [String: HostArray]
  private let objective: Objective
  private let aggregation: Aggregation
  private let rule: UpdateRule
  private let learningRate: Double

  init(_ entry: GoldenEntry) throws {
    self.entry = entry
    let folder = GoldenTables.folder.appending(path: try #require(entry["path"]?.string))
    network = try Network(
      modelFile: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8))
    weights = try Weights(
      Npz.numberedArrays(folder.appending(path: "params.npz")), for: network)
    let arrays = try Npz.read(folder.appending(path: "batches.npz"))
    batches = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) })
    objective = try entry.decode(
      Objective.self, name: GoldenTables.camelCase(try #require(entry["objective"]?.string)),
      arguments: entry["objective_arguments"]?.object ?? [:])
    aggregation = try #require(
      Aggregation(rawValue: GoldenTables.camelCase(entry["aggregate"]?.string ?? "")))
    (rule, learningRate) = try entry.updateRule(try #require(entry["update"]))
  }

  /// The inputs and the targets of one batch.
  func batch(_ step: Int) throws -> (inputs: [String: Tensor], targets: Tensor) {
    var inputs: [String: Tensor] = [:]
    for (name, array) in batches {
      let chosen = try array.rows([step % array.shape[0]])
      inputs[name] = try Tensor(chosen.reshaped(Array(array.shape.dropFirst())))
    }
    let targets = try #require(inputs["targets"])
    inputs["targets"] = nil
    return (inputs, targets)
  }

  /// Whether the nonlinearity of the last layer and the objective are a pair that can be one.
  var canUseLogits: Bool {
    let last = (network.layers.last?.layer.base as? any ActivatedLayer)?.nonlinearity
    return objective == .categoricalCrossentropy && last == .softmax
      || objective == .binaryCrossentropy && last == .sigmoid
  }

  /// Runs all steps; returns the loss, penalty included, before each.
  ///
  /// With `fromLogits` the nonlinearity of the last layer and the cross-entropy are one.
  func run(fromLogits: Bool) throws -> [Double] {
    let state = UpdateState(
      parameterNames: weights.parameters.filter(\.isTrainable).map(\.fullName))
    return try (0..<Int(try #require(entry["steps"]?.number))).map { step in
      let (inputs, targets) = try batch(step)
      let pass = try network.forward(inputs, weights: weights, mode: .training(generator: nil))
      let losses =
        try fromLogits
        ? lossFromLogits(pass.outputBeforeNonlinearity, targets)
        : objective(pass.output, targets)
      let loss = try withPenalty(aggregate(losses, mode: aggregation))
      var gradients = try Tensor.gradients(of: loss, withRespectTo: weights.trainable)
      if let limit = entry["total_norm_constraint"]?["maxNorm"]?.number {
        gradients = try constrained(gradients, limit, step)
      }
      try pass.applyUpdates()
      try rule.step(
        parameters: weights.trainable, gradients: gradients, state: state,
        learningRate: learningRate)
      return try loss.item()
    }
  }

  private func lossFromLogits(_ logits: Tensor, _ targets: Tensor) throws -> Tensor {
    try objective == .binaryCrossentropy
      ? Objective.binaryCrossentropy(logits: logits, targets: targets)
      : Objective.categoricalCrossentropy(logits: logits, targets: targets)
  }

  private func withPenalty(_ loss: Tensor) throws -> Tensor {
    guard let told = entry["penalty"], told != .null else { return loss }
    let filter = try told["tags"]?.object.map(TagFilter.init(recorded:)) ?? .regularizable
    let penalty = try #require(Penalty(rawValue: told["name"]?.string ?? ""))
    let coefficient = try #require(told["coefficient"]?.number)
    return try loss + penalty.ofNetwork(weights, tags: filter) * coefficient
  }

  private func constrained(
    _ gradients: [Tensor], _ limit: Double, _ step: Int
  ) throws -> [Tensor] {
    let (scaled, norm) = try totalNormConstraint(gradients, maxNorm: limit)
    if let recorded = entry["gradient_norms"]?.array?[step] {
      try entry.expect(
        norm, agreesWith: recorded, "norm before step \(step)", relative: 1e-3, absolute: 1e-4)
    }
    return scaled
  }

  /// Checks the losses, the parameters and the output at the end, each within its tolerance.
  func check(_ losses: [Double]) throws {
    try entry.expect(
      Tensor(losses, shape: [losses.count]), agreesWith: try #require(entry["losses"]), "losses",
      relative: entry["loss_rtol"]?.number, absolute: entry["loss_atol"]?.number)
    let folder = GoldenTables.folder.appending(path: try #require(entry["path"]?.string))
    let final = try Npz.numberedArrays(folder.appending(path: "params_final.npz"))
    #expect(final.count == weights.tensors.count)
    for ((parameter, tensor), recorded) in zip(zip(weights.parameters, weights.tensors), final) {
      try expect(tensor, recorded, "params", parameter.fullName)
    }
    let output = try network.output(
      batch(0).inputs, weights: weights, deterministic: true)
    try expect(
      output, Npy.read(folder.appending(path: "output_final.npy")), "output", "final output")
  }

  private func expect(
    _ actual: Tensor, _ recorded: HostArray, _ tolerance: String, _ label: String
  ) throws {
    let relative = try #require(entry["\(tolerance)_rtol"]?.number)
    let absolute = try #require(entry["\(tolerance)_atol"]?.number)
    #expect(actual.shape == recorded.shape, "\(entry.name) \(label)")
    let pairs = zip(
      try actual.values(as: Double.self), recorded.values(as: Double.self))
    let agree = pairs.allSatisfy { abs($0 - $1) <= absolute + relative * abs($1) }
    #expect(agree, "\(entry.name) \(label)")
  }
}
