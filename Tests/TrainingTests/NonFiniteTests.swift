import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct NonFiniteTests {
  /// A trainer on data in which some samples are not numbers: 15 updates an epoch.
  private func trainer(
    _ policy: NonFinitePolicy, badSamples: [Int], epochs: Int = 1
  ) throws -> Trainer {
    var data = try Fixture.blobs()
    var values = data.inputs.values(as: Float.self)
    for sample in badSamples { values[4 * sample] = .nan }
    data.inputs = try HostArray(values, shape: [240, 4])
    data.testInputs = nil
    var recipe = Fixture.recipe(epochs: epochs)
    recipe.validationFraction = 0
    recipe.nonFinite = policy
    return try Trainer(network: try Fixture.mlp(), data: data, recipe: recipe)
  }

  private func warnings(_ script: Script) -> [(step: Int, message: String)] {
    script.events.compactMap {
      if case .warning(let step, let message) = $0 { (step, message) } else { nil }
    }
  }

  private func areFinite(_ trainer: Trainer) throws -> Bool {
    try trainer.weights.tensors.allSatisfy { try $0.isFinite().all().item() == 1 }
  }

  @Test func `an update that is not finite can be left out, and counts as a step`() throws {
    let trainer = try trainer(.skip(), badSamples: [100], epochs: 2)
    let script = Script()
    #expect(try script.run(trainer) == .finished)
    let warnings = warnings(script)
    #expect(warnings.count == 2)
    let first = try #require(warnings.first)
    #expect(
      first.message == "The loss of step \(first.step) is not a number; this update is left out.")
    #expect(trainer.step == 30)
    #expect(try areFinite(trainer))
    let losses = script.values("train/epochLoss").filter(\.isFinite)
    #expect(losses.count == 2)
  }

  @Test func `too many updates in a row end the run`() throws {
    let trainer = try trainer(.skip(limit: 2), badSamples: Array(0..<240))
    let text = sentence { try Script().run(trainer) }
    #expect(
      text.hasPrefix(
        "The loss of step 3 is not a number, and the 2 updates before it were left out already:"))
    #expect(trainer.step == 2)
    #expect(try areFinite(trainer))
  }

  @Test func `a run can go back to the beginning of the epoch with a lower rate`() throws {
    let trainer = try trainer(.rollback(factor: 0.25), badSamples: [100], epochs: 2)
    let start = try trainer.weights.namedArrays()
    var atRefusal: [String: HostArray] = [:]
    let state = try trainer.run { event in
      if case .warning(let step, _) = event, step <= 15, atRefusal.isEmpty {
        atRefusal = (try? trainer.weights.namedArrays()) ?? [:]
      }
    }
    #expect(state == .finished)
    #expect(atRefusal == start)
    #expect(trainer.step == 30)
    #expect(abs(trainer.learningRate - 0.05 * 0.0625) < 1e-12)
    #expect(try areFinite(trainer))
  }

  @Test func `a run does not go back more often than it may`() throws {
    let trainer = try trainer(.rollback(limit: 1), badSamples: [100], epochs: 3)
    let script = Script()
    let text = sentence { try script.run(trainer) }
    #expect(warnings(script).count == 1)
    #expect(text.contains("is not a number, and the run went back 1 times already:"))
  }

  @Test func `a gradient that is not finite is found though the loss is a number`() throws {
    // The root of 0 is a number; its slope is not.
    let network = try Network("root", input: [4]) {
      DenseLayer(3, nonlinearity: .softmax).named("only")
      RootLayer()
    }
    var recipe = Fixture.recipe()
    recipe.objective = .squaredError
    var data = try Fixture.blobs()
    data.testInputs = nil
    data.targets = try HostArray([Float](repeating: 1, count: 720), shape: [240, 3])
    let trainer = try Trainer(network: network, data: data, recipe: recipe)
    let before = try trainer.weights.namedArrays()
    let text = sentence { try Script().run(trainer) }
    #expect(
      text.hasPrefix(
        "The gradient of only.W of step 1 is not a number; the weights are as they were"))
    #expect(try trainer.weights.namedArrays() == before)
  }
}

/// sqrt(x - x): 0, with a slope that is no number.
private struct RootLayer: Layer {
  var name: String?

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try (inputs[0] - inputs[0]).squareRoot()
  }
}
