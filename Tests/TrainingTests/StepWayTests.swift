import Lasagne
import Records
import Testing

@testable import Training

/// What a fingerprint says of the way in which steps are made.
struct StepWayTests {
  private func trainer(_ recipe: Recipe) throws -> Trainer {
    try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(count: 60), recipe: recipe,
      planning: StepPlanning())
  }

  @Test func `a recipe without a plan rule is not called planned`() throws {
    let planned = try trainer(Fixture.recipe())
    #expect(planned.fingerprint["step"]?.hasPrefix("planned, ") == true)
    var recipe = Fixture.recipe()
    recipe.precision = .bfloat16
    let plain = try trainer(recipe)
    #expect(plain.planRefusal == "the recipe's precision has no plan rule")
    #expect(plain.fingerprint["step"] == "libtorch")
  }

  @Test(arguments: [
    ControlAction.set(field: "precision", value: .string("bfloat16")),
    .freeze(pattern: "dense1.*"),
  ])
  func `a command that ends planned steps is in the checkpoint, and resuming is bitwise`(
    action: ControlAction
  ) throws {
    let script = Script([(step: 3, action: action), (step: 5, action: .pause)])
    let first = try trainer(Fixture.recipe())
    #expect(try script.run(first) == .paused)
    #expect(script.answers == [nil, nil])
    let checkpoint = try #require(script.checkpoints.last)
    #expect(checkpoint.fingerprint["step"] == "libtorch")
    #expect(first.planRefusal?.contains("has no plan rule") == true)
    let second = Script()
    let resumed = try Trainer.resume(
      from: checkpoint, network: Fixture.mlp(), data: Fixture.blobs(count: 60),
      planning: StepPlanning())
    try second.run(resumed)
    let warnings = second.events.filter { if case .warning = $0 { true } else { false } }
    #expect(warnings.isEmpty, "\(warnings)")
  }
}
