import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenUpdateTests {
  @Test func `update rules and norm constraints are Lasagne's`() throws {
    let rules = try GoldenTables.entries("updates.json", "updates")
    for entry in rules {
      try checkRule(entry)
    }
    let constraints = try GoldenTables.entries("updates.json", "constraints")
    for entry in constraints {
      if entry.name == "norm_constraint" {
        try checkNormConstraint(entry)
      } else {
        try checkTotalNormConstraint(entry)
      }
    }
    let count = rules.count + constraints.count
    GoldenCount.report("updates", run: count, of: count)
  }

  private func checkRule(_ entry: GoldenEntry) throws {
    let (rule, learningRate) = try entry.updateRule(entry.value)
    let parameters = try #require(entry["params"]?.array).map { try $0.tensor() }
    let state = UpdateState(parameterCount: parameters.count)
    let gradients = try #require(entry["gradients"]?.array)
    let recorded = try #require(entry["params_after_step"]?.array)
    #expect(!recorded.isEmpty && gradients.count == recorded.count)
    for (step, (given, after)) in zip(gradients, recorded).enumerated() {
      try rule.step(
        parameters: parameters, gradients: #require(given.array).map { try $0.tensor() },
        state: state, learningRate: learningRate)
      for (parameter, expected) in zip(parameters, try #require(after.array)) {
        try entry.expect(parameter, agreesWith: expected, "after step \(step + 1)")
      }
    }
  }

  private func checkNormConstraint(_ entry: GoldenEntry) throws {
    let axes = entry.arguments["normAxes"]?.numbers().values.map { Int($0) }
    let limit = try #require(entry.arguments["maxNorm"]?.number)
    let constrained = try normConstraint(
      entry.tensor("tensor"), maxNorm: limit, axes: axes, epsilon: epsilon(entry))
    try entry.expect(constrained, agreesWith: "output")
  }

  private func checkTotalNormConstraint(_ entry: GoldenEntry) throws {
    let limit = try #require(entry.arguments["maxNorm"]?.number)
    let tensors = try #require(entry["tensors"]?.array).map { try $0.tensor() }
    let (constrained, norm) = try totalNormConstraint(
      tensors, maxNorm: limit, epsilon: epsilon(entry))
    try entry.expect(norm, agreesWith: "norm")
    for (tensor, expected) in zip(constrained, try #require(entry["outputs"]?.array)) {
      try entry.expect(tensor, agreesWith: expected, "outputs")
    }
  }

  private func epsilon(_ entry: GoldenEntry) -> Double {
    entry.arguments["epsilon"]?.number ?? 1e-7
  }
}

extension GoldenEntry {
  /// The rule an update is told with, and its learning rate (Lasagne's default if not told).
  func updateRule(_ update: JSONValue) throws -> (rule: UpdateRule, learningRate: Double) {
    var arguments = update["arguments"]?.object ?? [:]
    let told = arguments.removeValue(forKey: "learningRate")?.number
    let name = GoldenTables.camelCase(update["name"]?.string ?? "")
    var rule = try decode(UpdateRule.self, name: name, arguments: arguments)
    if let then = update["then"] {
      let momentum = then["arguments"]?["momentum"]?.number ?? 0.9
      rule =
        then["name"]?.string == "apply_momentum"
        ? .applyMomentum(to: rule, momentum: momentum)
        : .applyNesterovMomentum(to: rule, momentum: momentum)
    }
    return (rule, try #require(told ?? rule.defaultLearningRate))
  }
}
