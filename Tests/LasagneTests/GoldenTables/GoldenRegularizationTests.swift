import Datasets
import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenRegularizationTests {
  @Test func `penalties of tensors and networks are Lasagne's`() throws {
    let table = try GoldenTables.read("regularization.json")
    let parameters = try GoldenParameters(table)
    let entries = try GoldenTables.entries("regularization.json", "penalties")
    for entry in entries {
      switch entry.name {
      case "l1", "l2": try checkTensor(entry, try #require(Penalty(rawValue: entry.name)))
      case "apply_penalty": try checkTensors(entry)
      default: try checkNetwork(entry, parameters)
      }
    }
    GoldenCount.report("regularization", run: entries.count, of: entries.count)
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

  private func checkNetwork(_ entry: GoldenEntry, _ parameters: GoldenParameters) throws {
    let penalty = try #require(Penalty(rawValue: entry["penalty"]?.string ?? ""))
    let tags = try #require(entry["tags"]?.object)
    let filter = TagFilter(
      required: Set(tags.filter { $0.value == .bool(true) }.keys),
      forbidden: Set(tags.filter { $0.value == .bool(false) }.keys))
    let weights = parameters.weights(of: entry["layers"])
    let chosen = parameters.all.filter {
      weights[$0.layer] != nil && filter.accepts($0.tags)
    }
    let price =
      if entry["layers"] == nil {
        try regularizeParameters(
          parameters.all.map { ($0.tensor, $0.tags) }, penalty, filter: filter)
      } else {
        try applyPenalty(
          chosen.map { (tensor: $0.tensor, coefficient: weights[$0.layer] ?? 1) }, penalty)
      }
    try expect(price, entry["output"], entry)
    let sums = try #require(entry["sum_of_grad"]?.object)
    #expect(Set(chosen.map(\.name)) == Set(sums.keys), "\(entry.name) \(tags)")
    let gradients = try Tensor.gradients(of: price, withRespectTo: chosen.map(\.tensor))
    for (parameter, gradient) in zip(chosen, gradients) {
      try expect(gradient.sum(), sums[parameter.name], entry)
    }
  }

  // The tolerance is that of the whole table.
  private func expect(_ actual: Tensor, _ recorded: JSONValue?, _ entry: GoldenEntry) throws {
    try entry.expect(
      actual, agreesWith: try #require(recorded), "penalty", relative: 1e-4, absolute: 1e-5)
  }
}

/// The parameters of the table's network, with names and tags.
private struct GoldenParameters {
  struct Parameter {
    let name: String
    let tags: Set<String>
    let tensor: Tensor
    var layer: String { String(name.prefix { $0 != "." }) }
  }

  let all: [Parameter]

  init(_ table: JSONValue) throws {
    let names = try #require(table["param_names"]?.array).compactMap(\.string)
    let tags = try #require(table["param_tags"]?.array).map {
      Set(($0.array ?? []).compactMap(\.string))
    }
    let file = GoldenTables.folder.appending(path: table["params"]?.string ?? "")
    let arrays = try Npz.numberedArrays(file)
    #expect(names.count == arrays.count)
    all = try zip(zip(names, tags), arrays).map { named, array in
      let tensor = try Tensor(array)
      try tensor.setRequiresGradient(true)
      return Parameter(name: named.0, tags: named.1, tensor: tensor)
    }
  }

  /// The coefficient of each layer that takes part; all layers where none are told.
  func weights(of layers: JSONValue?) -> [String: Double] {
    if let told = layers?.object {
      return told.compactMapValues(\.number)
    }
    let names = layers?.array?.compactMap(\.string) ?? all.map(\.layer)
    return Dictionary(names.map { ($0, 1) }) { first, _ in first }
  }
}
