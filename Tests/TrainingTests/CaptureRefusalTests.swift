import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Captured steps where something is not finite, and what is not captured.
struct CaptureRefusalTests {
  /// A run one of whose samples gives an infinite gradient with a loss that is a number.
  private func overflowing(
    _ policy: NonFinitePolicy, _ capturing: StepCapturing
  ) throws -> Trainer {
    let run = try OverflowingRun()
    var recipe = CaptureTests.recipe(update: .adam(), epochs: 3)
    recipe.batchSize = 4
    recipe.reportEverySteps = 100
    recipe.objective = .squaredError
    recipe.validationFraction = 0
    recipe.nonFinite = policy
    return try Trainer(
      network: run.network, weights: run.weights, data: run.data,
      recipe: recipe, planning: .off, capturing: capturing)
  }

  @Test(arguments: [.stop, .skip(), .rollback(factor: 0.5)] as [NonFinitePolicy])
  func `a step that is not finite is found out late and answered as at once`(
    policy: NonFinitePolicy
  ) throws {
    func run(_ capturing: StepCapturing) throws -> (Trainer, [String]) {
      let trainer = try overflowing(policy, capturing)
      var told: [String] = []
      do {
        try trainer.run { event in
          if case .warning(let step, let message) = event { told.append("\(step): \(message)") }
        }
      } catch let error as TrainingError {
        told.append("\(error)")
      }
      return (trainer, told)
    }
    let (captured, ours) = try run(.everywhere)
    let (plain, theirs) = try run(.off)
    #expect(captured.captureRefusal == nil)
    #expect(!theirs.isEmpty)
    #expect(ours == theirs)
    #expect(captured.step == plain.step)
    try CaptureTests.expectSame(captured, plain, within: 2e-5, #_sourceLocation)
  }

  @Test func `a step that is not finite and those behind it change nothing`() throws {
    let trainer = try overflowing(.skip(), .everywhere)
    let weights = trainer.weights
    // Its own order: sample 40 is in the fifth of six batches.
    let order = [Int](0..<16) + [40, 41, 42, 43] + [Int](20..<24)
    var before: [HostArray] = []
    for number in 0..<6 {
      if number == 4 { before = try weights.hostArrays() }
      let isQueued = try trainer.capturer.queue(
        order[(4 * number)..<(4 * number + 4)], of: trainer.training, step: trainer.trainingStep,
        recipe: trainer.recipe, learningRate: 0.01,
        position: Position(step: number, epoch: 0, sample: 4 * number), frozen: [])
      #expect(isQueued)
    }
    #expect(try weights.hostArrays() == before)
    let results = try trainer.capturer.settle()
    #expect(results.map(\.step.before.step) == [0, 1, 2, 3, 4])
    #expect(results.map { $0.totals?.count } == [4, 4, 4, 4, nil])
    #expect(results.last?.step.counts == ["adam": 4])
    // Once the host has seen it, steps change weights again.
    let isQueued = try trainer.capturer.queue(
      order[20..<24], of: trainer.training, step: trainer.trainingStep, recipe: trainer.recipe,
      learningRate: 0.01, position: Position(step: 5, epoch: 0, sample: 20), frozen: [])
    #expect(isQueued)
    #expect(try trainer.capturer.settle().map { $0.totals?.count } == [4])
    #expect(try weights.hostArrays() != before)
  }

  @Test func `what cannot be captured is said in a sentence, and trained all the same`() throws {
    var several = CaptureTests.recipe()
    several.accumulationSteps = 2
    var average = CaptureTests.recipe()
    average.average = .exponential(decay: 0.9)
    func refusal(_ recipe: Recipe, _ capturing: StepCapturing) throws -> String? {
      let trainer = try Trainer(
        network: Fixture.mlp(), data: Fixture.blobs(count: 60), recipe: recipe, planning: .off,
        capturing: capturing)
      #expect(try Script().run(trainer) == .finished)
      return trainer.captureRefusal
    }
    #expect(
      try refusal(several, .everywhere) == "an update has several batches (accumulationSteps)")
    #expect(
      try refusal(average, .everywhere) == "the recipe's average is taken after every update")
    #expect(
      try refusal(CaptureTests.recipe(), .onGPUs) == "steps are captured on GPUs only")
    let planned = try Trainer(
      network: Fixture.mlp(), data: Fixture.blobs(count: 60), recipe: CaptureTests.recipe(),
      planning: StepPlanning(), capturing: .everywhere)
    #expect(planned.captureRefusal == "steps are planned")
  }

  @Test func `a layer that needs the host is told of, and trained one operation after the other`()
    throws
  {
    let network = try Network("net", input: [1, 6, 6]) {
      Peeking()
      DenseLayer(3, nonlinearity: .softmax)
    }
    func trained(_ capturing: StepCapturing) throws -> Trainer {
      let trainer = try Trainer(
        network: network, data: Fixture.images(), recipe: CaptureTests.recipe(), planning: .off,
        capturing: capturing)
      try Script().run(trainer)
      return trainer
    }
    let captured = try trained(.everywhere)
    let reason = try #require(captured.captureRefusal)
    #expect(reason.hasPrefix("the step cannot be captured: "))
    #expect(reason.contains("a number is read between the operations of a step"))
    #expect(captured.fingerprint["step"] == "libtorch")
    #expect(
      try captured.checkpoint().weights == trained(.off).checkpoint().weights)
  }

  @Test func `a spatial transformer, whose grid the host makes, is not captured`() throws {
    let network = try Zoo.spatialTransformer(filters: 2, classes: 3)
    let data = try TrainingData(noiseFor: network, count: 12, objective: .categoricalCrossentropy)
    let trainer = try Trainer(
      network: network, data: data, recipe: CaptureTests.recipe(epochs: 1), planning: .off,
      capturing: .everywhere)
    #expect(try Script().run(trainer) == .finished)
    #expect(
      trainer.captureRefusal?.contains("numbers of the host become a tensor") == true)
  }

  @Test func `the environment says where steps are captured`() throws {
    #expect(try StepCapturing(environment: [:]) == .onGPUs)
    #expect(try StepCapturing(environment: ["LASAGNE_CAPTURE": ""]) == .onGPUs)
    #expect(try StepCapturing(environment: ["LASAGNE_CAPTURE": "off"]) == .off)
    #expect(try StepCapturing(environment: ["LASAGNE_CAPTURE": "everywhere"]) == .everywhere)
    #expect(
      sentence { _ = try StepCapturing(environment: ["LASAGNE_CAPTURE": "what"]) }
        == "LASAGNE_CAPTURE is 'what'; use off, on or everywhere.")
  }
}

/// Divides by the greatest number, which it fetches.
private struct Peeking: Layer {
  var name: String?

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try inputs[0] / (inputs[0].max().item() + 1)
  }
}
