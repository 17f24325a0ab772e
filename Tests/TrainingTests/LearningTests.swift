import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct LearningTests {
  @Test func `a small network learns to tell three clouds of points apart`() throws {
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 15))
    #expect(try script.run(trainer) == .finished)
    #expect(try #require(script.values("test/accuracy").last) > 0.9)
    #expect(try #require(script.values("valid/accuracy").last) > 0.8)
    let losses = script.values("train/epochLoss")
    #expect(losses.count == 15)
    #expect(try #require(losses.last) < 0.6 * (try #require(losses.first)))
  }

  @Test func `bytes of images are scaled and need no axis for their one channel`() throws {
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.convolutional(), data: try Fixture.images(),
      recipe: Fixture.recipe(update: .adam(), learningRate: 0.01, epochs: 12))
    try script.run(trainer)
    #expect(try #require(script.values("train/epochAccuracy").last) > 0.85)
    #expect(trainer.trainingCount == 54)
    #expect(trainer.validationCount == 6)
  }

  @Test func `one seed gives one run, another seed another`() throws {
    func losses(seed: UInt64) throws -> [Double] {
      var recipe = Fixture.recipe(epochs: 2)
      recipe.seed = seed
      let script = Script()
      try script.run(
        try Trainer(
          network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe))
      return script.values("train/loss")
    }
    let first = try losses(seed: 3)
    #expect(first.count == 8)
    #expect(try losses(seed: 3) == first)
    #expect(try losses(seed: 4) != first)
  }

  @Test func `the fused cross-entropy agrees with the plain one`() throws {
    func losses(isFused: Bool, network: Network, data: TrainingData, objective: Objective) throws
      -> [Double]
    {
      var recipe = Fixture.recipe(epochs: 2)
      recipe.fusesCrossEntropy = isFused
      recipe.objective = objective
      let script = Script()
      try script.run(try Trainer(network: network, data: data, recipe: recipe))
      return script.values("train/loss")
    }
    let binary = try Network("binary", input: [4]) { DenseLayer(1, nonlinearity: .sigmoid) }
    var binaryData = try Fixture.blobs()
    binaryData.testInputs = nil
    binaryData.targets = try HostArray(
      binaryData.targets.values(as: Float.self).map { $0 > 0 ? 1 as Float : 0 }, shape: [240])
    let cases: [(Network, TrainingData, Objective)] = [
      (try Fixture.mlp(), try Fixture.blobs(), .categoricalCrossentropy),
      (binary, binaryData, .binaryCrossentropy),
    ]
    for (network, data, objective) in cases {
      let plain = try losses(isFused: false, network: network, data: data, objective: objective)
      let fused = try losses(isFused: true, network: network, data: data, objective: objective)
      #expect(plain.count == fused.count)
      for (plain, fused) in zip(plain, fused) { #expect(abs(plain - fused) < 1e-4) }
    }
  }

  @Test func `rows of probabilities train like the class numbers they stand for`() throws {
    let numbers = try Fixture.blobs()
    var rows = numbers
    func oneHot(_ labels: HostArray) throws -> HostArray {
      let values = labels.values(as: UInt8.self).flatMap { label in
        (0..<3).map { $0 == Int(label) ? 1 as Float : 0 }
      }
      return try HostArray(values, shape: [labels.count, 3])
    }
    rows.targets = try oneHot(numbers.targets)
    rows.testInputs = nil
    var recipe = Fixture.recipe(epochs: 1)
    recipe.validationFraction = 0
    let (first, second) = (Script(), Script())
    try first.run(try Trainer(network: try Fixture.mlp(), data: numbers, recipe: recipe))
    try second.run(try Trainer(network: try Fixture.mlp(), data: rows, recipe: recipe))
    for (a, b) in zip(first.values("train/loss"), second.values("train/loss")) {
      #expect(abs(a - b) < 1e-5)
    }
  }

  @Test func `a penalty is reported by itself and shrinks the weights`() throws {
    func norm(l2: Double) throws -> (Double, Script) {
      var recipe = Fixture.recipe(epochs: 4)
      recipe.l2 = l2
      let script = Script()
      try script.run(
        try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe))
      return (try #require(script.values("params/dense1.W/norm").last), script)
    }
    let (free, plain) = try norm(l2: 0)
    let (held, priced) = try norm(l2: 0.05)
    #expect(held < 0.8 * free)
    #expect(plain.values("train/penalty").isEmpty)
    #expect(!priced.values("train/penalty").isEmpty)
  }

  @Test func `a loss that is not finite ends the run before the weights change`() throws {
    var data = try Fixture.blobs()
    var values = data.inputs.values(as: Float.self)
    values[4 * 100] = .nan
    data.inputs = try HostArray(values, shape: [240, 4])
    var recipe = Fixture.recipe(epochs: 1)
    recipe.validationFraction = 0
    let trainer = try Trainer(network: try Fixture.mlp(), data: data, recipe: recipe)
    let text = sentence { try Script().run(trainer) }
    #expect(text.hasPrefix("The loss of step \(trainer.step + 1) is not a number; "))
    for tensor in trainer.weights.tensors {
      #expect(try tensor.isFinite().all().item() == 1)
    }
  }

  @Test func `a run leaves no tensor behind`() throws {
    try Backend.load()
    let before = Backend.liveTensorsOnThisThread
    do {
      let trainer = try Trainer(
        network: try Fixture.convolutional(), data: try Fixture.images(),
        recipe: Fixture.recipe(update: .adam(), learningRate: 0.01, epochs: 2))
      try Script().run(trainer)
      _ = try trainer.checkpoint()
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }
}
