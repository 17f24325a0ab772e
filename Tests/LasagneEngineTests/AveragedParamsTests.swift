import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Tensors
import Testing
import Training

/// Averages that a recipe asks for, saved as versions of their own.
@Suite(.serialized)
struct AveragedParamsTests {
  /// The averaged weights of a run that nothing disturbed.
  private func undisturbed(_ recipe: JSONValue, epochs: Int) throws -> [HostArray] {
    Backend.setThreadCount(1)
    var recipe = try Recipe(json: recipe)
    recipe.epochs = epochs
    let trainer = try Trainer(
      network: try Bench.network(), data: try TrainingData(Bench.dataset()), recipe: recipe)
    try trainer.run { _ in }
    return try #require(trainer.averagedWeights).hostArrays()
  }

  @Test(arguments: [("exponential", "-ema"), ("epochs", "-swa")])
  func `a session that was paused saves the average of one that was not`(
    average: String, suffix: String
  ) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: Bench.workers)
    let request = bench.request(
      epochs: 100_000, recipe: ["average": .string(average), "observeEverySteps": .number(0)],
      name: "run")
    let id = try await engine.start(request).request.id
    _ = try await engine.wait(for: id) { $0.step > 20 }
    try await engine.pauseSession(id)
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    let epochs = Int(paused.epoch) + 3
    try await engine.control(
      id, .set(field: "epochs", value: .number(Double(epochs))), origin: "test")
    try await engine.resumeSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished, "\(end.message ?? "")")
    let saved = try Params.find("run" + suffix, model: "tiny", in: bench.workspace)
    #expect(saved.parent == "run@1")
    #expect(saved.version.session == id && saved.version.step == end.step)
    #expect(saved.version.metrics.keys.sorted() == ["valid/accuracy", "valid/loss"])
    #expect(saved.version.metrics["valid/loss"] == end.latest["valid/averageLoss"])
    #expect(
      try saved.load(for: Bench.network()) == undisturbed(request.recipe, epochs: epochs))
    let tree = ParamsTree(model: "tiny", records: try bench.workspace.params.list())
    #expect(tree.lines { $0.reference }.contains { $0.hasSuffix("run\(suffix)@1") })
    await engine.close()
  }

  @Test func `a paused session that is stopped has its average saved too`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    // Only the ends of epochs are reported, so that the record tells how many there were.
    let request = bench.request(
      epochs: 100_000,
      recipe: [
        "average": .object(["epochs": .object(["evaluates": .bool(false)])]),
        "reportEverySteps": .number(1e6),
      ], name: "run")
    let id = try await engine.start(request).request.id
    _ = try await engine.wait(for: id) { $0.step > 20 }
    try await engine.pauseSession(id)
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    try await engine.stopSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .stopped)
    let saved = try Params.find("run-swa", model: "tiny", in: bench.workspace)
    #expect(saved.parent == "run@1" && saved.version.step == paused.step)
    #expect(saved.version.metrics.isEmpty)
    #expect(saved.version.notes == "mean of the weights at the ends of epochs")
    #expect(
      try saved.load(for: Bench.network())
        == undisturbed(request.recipe, epochs: Int(paused.epoch)))
    await engine.close()
  }
}
