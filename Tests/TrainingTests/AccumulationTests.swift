import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct AccumulationTests {
  private func run(
    batchSize: Int, accumulationSteps: Int, change: (inout Recipe) -> Void = { _ in }
  ) throws -> (Script, Trainer) {
    var recipe = Fixture.recipe(update: .adam(), learningRate: 0.01, batchSize: batchSize)
    recipe.accumulationSteps = accumulationSteps
    recipe.l2 = 0.01
    recipe.totalNormConstraint = 0.5
    change(&recipe)
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    return (script, trainer)
  }

  @Test func `an update by several batches is one by a larger batch`() throws {
    // 216 samples: 4 updates of 48 and one of 24, by 3 and by 2 batches.
    let (whole, wholeTrainer) = try run(batchSize: 48, accumulationSteps: 1)
    let (parts, partsTrainer) = try run(batchSize: 16, accumulationSteps: 3)
    #expect(wholeTrainer.step == 15 && partsTrainer.step == 15)
    #expect(partsTrainer.totalSteps == 15)
    for key in ["train/loss", "train/accuracy", "train/penalty", "valid/loss", "test/loss"] {
      let (expected, values) = (whole.values(key), parts.values(key))
      #expect(!values.isEmpty && values.count == expected.count)
      for (value, expected) in zip(values, expected) { #expect(abs(value - expected) < 2e-5) }
    }
    for (a, b) in zip(wholeTrainer.weights.tensors, partsTrainer.weights.tensors) {
      #expect(try (a - b).absolute().max().item() < 2e-5)
    }
  }

  @Test func `parts of different sizes count by their samples`() throws {
    // Updates of 50 samples: batches of 20, 20 and 10 make the same as one of 50.
    func weights(_ batchSize: Int) throws -> [Tensor] {
      let network = try Fixture.mlp()
      let weights = try Weights(initializing: network, seed: 1)
      let data = try Fixture.blobs()
      let layout = try SampleLayout(network: network, objective: .categoricalCrossentropy)
      let store = try SampleStore(
        layout.samples(inputs: data.inputs, targets: data.targets, part: "training"),
        inputScale: nil, readsIndices: false, device: .cpu)
      let step = try TrainingStep(
        function: LossFunction(
          network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true),
        weights: weights, stateArrays: [:], device: .cpu)
      let recipe = Recipe(update: .sgd, batchSize: batchSize)
      let outcome = try step(
        Array(0..<50)[...], of: store, epoch: 0, recipe: recipe, learningRate: 0.5, number: 0,
        isWatched: false)
      guard case .done(let result) = outcome else {
        Issue.record("the update was refused")
        return []
      }
      #expect(result.totals.count == 50)
      return weights.tensors
    }
    for (a, b) in zip(try weights(50), try weights(20)) {
      #expect(try (a - b).absolute().max().item() < 1e-6)
    }
  }

  @Test func `a short last update is left out where the recipe says so`() throws {
    let (script, trainer) = try run(batchSize: 16, accumulationSteps: 3) { $0.dropLast = true }
    #expect(trainer.step == 12)
    #expect(script.values("train/loss").count == 12)
  }

  @Test func `accumulation can change while a session runs, by whole updates`() throws {
    let script = Script([(2, .set(field: "accumulationSteps", value: .number(2)))])
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 1))
    try script.run(trainer)
    #expect(script.answers == [nil])
    // 2 updates of 16, then 184 samples by 32.
    #expect(trainer.step == 8)
  }

  @Test func `an update of more samples than there are is refused`() throws {
    let text = sentence { _ = try run(batchSize: 16, accumulationSteps: 14) }
    #expect(
      text
        == "The recipe's accumulationSteps is 14, so that an update takes 224 samples, but there "
        + "are only 216 training samples; choose at most 13.")
  }

  @Test func `running averages of a refused update are as they were`() throws {
    var data = try Fixture.images()
    var values = data.inputs.values(as: Float.self).map { $0 / 256 }
    values[36 * 20] = .nan
    data.inputs = try HostArray(values, shape: [60, 6, 6])
    var recipe = Fixture.recipe(batchSize: 10, epochs: 1)
    recipe.accumulationSteps = 6
    recipe.validationFraction = 0
    let network = try Fixture.convolutional()
    let trainer = try Trainer(network: network, data: data, recipe: recipe)
    let before = try trainer.weights.hostArrays()
    let text = sentence { try Script().run(trainer) }
    #expect(text.hasPrefix("The loss of step 1 is not a number;"))
    #expect(try trainer.weights.hostArrays() == before)
  }
}
