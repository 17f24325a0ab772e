import Records
import Tensors
import Testing

@testable import Lasagne

@Suite(.enabled(if: GoldenTables.arePresent, GoldenTables.skipped))
struct GoldenNonlinearityTests {
  @Test func `nonlinearities and their derivatives are Lasagne's`() throws {
    let entries = try GoldenTables.entries("nonlinearities.json", "nonlinearities")
    for entry in entries {
      let nonlinearity = try entry.decode(
        Nonlinearity.self, name: entry.name, arguments: entry.arguments)
      let x = try entry.tensor("x", requiresGradient: true)
      let y = try nonlinearity(x)
      try entry.expect(y, agreesWith: "y")
      if entry["cotangent"] != nil {
        let gradients = try Tensor.gradients(
          of: y, withRespectTo: [x], cotangent: entry.tensor("cotangent"))
        try entry.expect(gradients[0], agreesWith: "grad")
      } else {
        let gradients = try Tensor.gradients(of: y.sum(), withRespectTo: [x])
        try entry.expect(gradients[0], agreesWith: "derivative")
        try checkAtZero(nonlinearity, entry)
      }
    }
    GoldenCount.report("nonlinearities", run: entries.count, of: entries.count)
  }

  private func checkAtZero(_ nonlinearity: Nonlinearity, _ entry: GoldenEntry) throws {
    let recorded = try #require(entry["at_zero"])
    let zero = try Tensor.zeros([1])
    try zero.setRequiresGradient(true)
    let y = try nonlinearity(zero).sum()
    let derivative = try Tensor.gradients(of: y, withRespectTo: [zero])[0].sum()
    try entry.expect(y, agreesWith: try #require(recorded["y"]), "at zero")
    try entry.expect(
      derivative, agreesWith: try #require(recorded["derivative"]), "derivative at zero")
  }
}
