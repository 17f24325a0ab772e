import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenObjectiveTests {
  @Test func `objectives, accuracies and aggregates are Lasagne's`() throws {
    let entries = try GoldenTables.entries("objectives.json", "objectives")
    for entry in entries {
      switch entry.name {
      case "aggregate": try checkAggregate(entry)
      case "binary_accuracy", "categorical_accuracy": try checkAccuracy(entry)
      default: try checkObjective(entry)
      }
    }
    GoldenCount.report("objectives", run: entries.count, of: entries.count)
  }

  private func targets(_ entry: GoldenEntry) throws -> Tensor {
    let targets = try entry.tensor("targets")
    return try entry["integer_targets"]?.bool == true ? targets.converted(to: .int32) : targets
  }

  private func checkObjective(_ entry: GoldenEntry) throws {
    let objective = try entry.decode(
      Objective.self, name: GoldenTables.camelCase(entry.name), arguments: entry.arguments)
    let predictions = try entry.tensor("predictions", requiresGradient: true)
    let loss = try objective(predictions, targets(entry))
    try entry.expect(loss, agreesWith: "output")
    let mean = try aggregate(loss)
    try entry.expect(mean, agreesWith: "mean")
    let gradients = try Tensor.gradients(of: mean, withRespectTo: [predictions])
    try entry.expect(gradients[0], agreesWith: "grad_of_mean")
  }

  private func checkAccuracy(_ entry: GoldenEntry) throws {
    let predictions = try entry.tensor("predictions")
    let accuracy =
      if entry.name == "binary_accuracy" {
        try binaryAccuracy(
          predictions, targets(entry), threshold: entry.arguments["threshold"]?.number ?? 0.5)
      } else {
        try categoricalAccuracy(
          predictions, targets(entry), topK: Int(entry.arguments["topK"]?.number ?? 1))
      }
    try entry.expect(accuracy, agreesWith: "output")
  }

  private func checkAggregate(_ entry: GoldenEntry) throws {
    let mode = try #require(
      Aggregation(rawValue: GoldenTables.camelCase(entry["mode"]?.string ?? "")))
    let loss = try entry.tensor("loss", requiresGradient: true)
    let weights = entry["weights"] == .null ? nil : try entry.tensor("weights")
    let total = try aggregate(loss, weights: weights, mode: mode)
    try entry.expect(total, agreesWith: "output")
    let gradients = try Tensor.gradients(of: total, withRespectTo: [loss])
    try entry.expect(gradients[0], agreesWith: "grad")
  }
}
