import Datasets
import Foundation
import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenRegularizationTests {
  @Test func `penalties of tensors and networks are Lasagne's`() throws {
    let table = try GoldenTables.read("regularization.json")
    let weights = try weights(table)
    let entries = try GoldenTables.entries("regularization.json", "penalties")
    for entry in entries {
      switch entry.name {
      case "l1", "l2": try checkTensor(entry, try #require(Penalty(rawValue: entry.name)))
      case "apply_penalty": try checkTensors(entry)
      default: try checkNetwork(entry, weights)
      }
    }
    GoldenCount.report("regularization", run: entries.count, of: entries.count)
  }

  private func weights(_ table: JSONValue) throws -> Weights {
    let folder = GoldenTables.folder
    let model = try String(
      contentsOf: folder.appending(path: table["model"]?.string ?? ""), encoding: .utf8)
    let network = try Network(modelFile: model)
    let names = try #require(table["param_names"]?.array).compactMap(\.string)
    #expect(network.parameters.map(\.fullName) == names)
    let weights = try Weights(
      Npz.numberedArrays(folder.appending(path: table["params"]?.string ?? "")), for: network)
    // Some entries penalize running averages, which training leaves alone.
    for tensor in weights.tensors {
      try tensor.setRequiresGradient(true)
    }
    return weights
  }

  private func checkTensor(_ entry: GoldenEntry, _ penalty: Penalty) throws {
    let tensor = try entry.tensor("tensor", requiresGradient: true)
    let price = try penalty(tensor)
    try expect(price, entry["output"], entry)
    try expect(
      Tensor.gradients(of: price, withRespectTo: [tensor])[0], entry["grad"], entry)
  }

  private func checkTensors(_ entry: GoldenEntry) throws {
    let penalty = try #require(Penalty(rawValue: entry["penalty"]?.string ?? ""))
    let tensors = try #require(entry["tensors"]?.array).map { try $0.tensor() }
    try expect(applyPenalty(tensors, penalty), entry["output"], entry)
  }

  private func checkNetwork(_ entry: GoldenEntry, _ weights: Weights) throws {
    let penalty = try #require(Penalty(rawValue: entry["penalty"]?.string ?? ""))
    let filter = try TagFilter(recorded: try #require(entry["tags"]?.object))
    let price =
      switch entry["layers"] {
      case .object(let told)?:
        try penalty.ofLayers(told.compactMapValues(\.number), weights, tags: filter)
      case .array(let names)?:
        try penalty.ofLayers(
          Dictionary(uniqueKeysWithValues: names.compactMap(\.string).map { ($0, 1) }), weights,
          tags: filter)
      default:
        try penalty.ofNetwork(weights, tags: filter)
      }
    try expect(price, entry["output"], entry)
    let sums = try #require(entry["sum_of_grad"]?.object)
    // Where no parameter passes the filter, the penalty depends on none.
    guard price.requiresGradient else {
      #expect(sums.isEmpty, "\(entry.value)")
      return
    }
    let gradients = try Tensor.gradients(of: price, withRespectTo: weights.tensors)
    for (parameter, gradient) in zip(weights.parameters, gradients) {
      try expect(gradient.sum(), sums[parameter.fullName] ?? .number(0), entry)
    }
  }

  // The tolerance is that of the whole table.
  private func expect(_ actual: Tensor, _ recorded: JSONValue?, _ entry: GoldenEntry) throws {
    try entry.expect(
      actual, agreesWith: try #require(recorded), "penalty", relative: 1e-4, absolute: 1e-5)
  }
}

extension TagFilter {
  /// The filter as the tables write it: `{trainable: true, regularizable: false}`.
  init(recorded tags: [String: JSONValue]) throws {
    self.init()
    for (name, isWanted) in tags {
      let tag = try #require(ParameterTag(rawValue: name))
      if isWanted == .bool(true) {
        required.insert(tag)
      } else {
        forbidden.insert(tag)
      }
    }
  }
}
