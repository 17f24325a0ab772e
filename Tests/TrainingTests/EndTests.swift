import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// How runs end early, and what they keep of the weights on the way.
struct EndTests {
  private func run(
    epochs: Int = 6, change: (inout Recipe) -> Void
  ) throws -> (Script, Trainer) {
    var recipe = Fixture.recipe(epochs: epochs)
    change(&recipe)
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    return (script, trainer)
  }

  private func warnings(_ script: Script) -> [String] {
    script.events.compactMap { if case .warning(_, let message) = $0 { message } else { nil } }
  }

  @Test func `a run ends when its metric has not got better for its patience`() throws {
    // No accuracy rises by 2, so the first epoch stays the best.
    let (script, trainer) = try run(epochs: 10) {
      $0.earlyStopping = EarlyStopping(metric: "valid/accuracy", patience: 2, minimumChange: 2)
    }
    #expect(trainer.step == 4 * 14)
    #expect(script.values("valid/accuracy").count == 4)
    #expect(
      warnings(script) == [
        "The run ends early: valid/accuracy has not got better for 3 epochs.",
        "The weights are those of epoch 1 again, the best.",
      ])
    #expect(script.events.last == .ended(step: 56, state: .finished))
    let first = try #require(script.checkpoints.first)
    #expect(try trainer.weights.namedArrays() == first.weights)
    // The last checkpoint knows that the run is over.
    let last = try #require(script.checkpoints.last)
    #expect(last.weights == first.weights)
    let again = Script()
    try again.run(
      try Trainer.resume(from: last, network: try Fixture.mlp(), data: try Fixture.blobs()))
    #expect(again.values("train/loss").isEmpty)
  }

  @Test func `the best weights come back only where the recipe says so`() throws {
    let (script, trainer) = try run {
      $0.earlyStopping = EarlyStopping(
        metric: "valid/accuracy", patience: 1, minimumChange: 2, restoresBest: false)
    }
    #expect(warnings(script).count == 1)
    #expect(
      try trainer.weights.namedArrays() != (try #require(script.checkpoints.first)).weights)
  }

  @Test func `an exponential average follows every update, and is evaluated beside the weights`()
    throws
  {
    var expected: [[Double]] = []
    let decay = 0.9
    var recipe = Fixture.recipe(epochs: 2)
    recipe.average = .exponential(decay: decay)
    recipe.checkpointEverySteps = 1
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    for checkpoint in script.checkpoints {
      let values = try checkpoint.weights.ordered(for: trainer.network)
        .map { $0.values(as: Double.self) }
      expected =
        expected.isEmpty
        ? values
        : zip(expected, values).map { mean, new in
          zip(mean, new).map { decay * $0 + (1 - decay) * $1 }
        }
    }
    #expect(script.checkpoints.count == 28)
    let average = try #require(trainer.averagedWeights)
    for (values, expected) in zip(try average.hostArrays(), expected) {
      for (value, expected) in zip(values.values(as: Double.self), expected) {
        #expect(abs(value - expected) < 1e-5)
      }
    }
    #expect(script.values("valid/averageLoss").count == 2)
    #expect(script.values("test/averageAccuracy").count == 1)
    #expect(script.values("test/averageLoss") != script.values("test/loss"))
    #expect(try script.checkpoints.last?.averagedWeights == average.namedArrays())
    let evaluated = try Evaluator(network: trainer.network, weights: average, recipe: recipe)
      .evaluate(
        inputs: #require(Fixture.blobs().testInputs), targets: #require(Fixture.blobs().testTargets)
      )
    #expect(evaluated["loss"] == script.values("test/averageLoss").last)
  }

  @Test func `an average over epochs is the mean of the weights at their ends`() throws {
    let (script, trainer) = try run { $0.average = .epochs(from: 2) }
    let ends = try script.checkpoints.suffix(4).map {
      try $0.weights.ordered(for: trainer.network).map { $0.values(as: Double.self) }
    }
    #expect(ends.count == 4)
    let average = try #require(trainer.averagedWeights).hostArrays()
    for (index, array) in average.enumerated() {
      for (position, value) in array.values(as: Double.self).enumerated() {
        let mean = ends.reduce(0) { $0 + $1[index][position] } / 4
        #expect(abs(value - mean) < 1e-6)
      }
    }
    #expect(script.values("valid/averageLoss").count == 4)
  }

  @Test func `an average is measured only where the recipe says so`() throws {
    let (script, trainer) = try run { $0.average = .epochs(from: 2, evaluates: false) }
    #expect(script.values("valid/averageLoss").isEmpty)
    #expect(trainer.averagedWeights != nil)
    for average in [
      WeightAverage.epochs(evaluates: false), .exponential(decay: 0.5, evaluates: false),
      .exponential(from: 2), .epochs(),
    ] {
      let recipe = Recipe(average: average)
      #expect(try Recipe(json: recipe.json).average == average)
    }
    #expect(
      WeightAverage.metrics(among: [
        "valid/loss": 1, "valid/averageLoss": 2, "valid/averageAccuracy": 3, "test/averageLoss": 4,
        "train/loss": 5,
      ]) == ["valid/loss": 2, "valid/accuracy": 3, "test/loss": 4])
  }

  @Test func `checkpoints come by epochs, by steps and for the best epoch`() throws {
    let (bySteps, _) = try run(epochs: 2) {
      $0.checkpointEveryEpochs = 0
      $0.checkpointEverySteps = 5
    }
    #expect(bySteps.checkpoints.map(\.step) == [5, 10, 15, 20, 25])
    let (both, _) = try run(epochs: 2) { $0.checkpointEverySteps = 7 }
    #expect(both.checkpoints.map(\.step) == [7, 14, 21, 28])
    let (byBest, trainer) = try run(epochs: 4) {
      $0.checkpointEveryEpochs = 0
      $0.bestCheckpointBy = "valid/loss"
    }
    let losses = byBest.values("valid/loss")
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(trainer.bestCheckpointStep == 14 * (best + 1))
    #expect(byBest.checkpoints.last?.step == 14 * (best + 1))
    let (byTime, _) = try run(epochs: 1) {
      $0.checkpointEveryEpochs = 0
      $0.checkpointEveryMinutes = 1e-9
    }
    #expect(byTime.checkpoints.map(\.step) == Array(1...14))
  }
}
