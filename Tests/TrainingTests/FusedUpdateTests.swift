import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Gradients of large weights that are made tile by tile for the update give the bits of those that are
/// made whole.
struct FusedUpdateTests {
  private typealias Run = (weights: [String: HostArray], script: Script)

  private func run(
    _ recipe: Recipe, _ network: Network, isFused: Bool, threads: Int = 1, scale: Double = 1
  ) throws -> Run {
    let before = Backend.threadCount
    defer { Backend.setThreadCount(before) }
    Backend.setThreadCount(threads)
    var (recipe, planning) = (recipe, StepPlanning())
    recipe.inputScale = recipe.inputScale.map { $0 * scale } ?? scale / 255
    planning.fusesUpdates = isFused
    let script = Script()
    let trainer = try Trainer(
      network: network, data: try Fixture.images(), recipe: recipe, planning: planning)
    #expect(trainer.planRefusal == nil)
    let products = try trainer.planner.compiler.built(rows: 14).operations.count(
      where: \.isForUpdate)
    #expect((products > 0) == isFused)
    try script.run(trainer)
    return (try trainer.checkpoint().weights, script)
  }

  private func expectSame(_ a: Run, _ b: Run) {
    #expect(a.weights == b.weights)
    for key in ["train/loss", "params/dense1.W/gradientNorm"] {
      #expect(a.script.values(key) == b.script.values(key))
    }
    #expect(a.script.values("train/loss").count > 5)
  }

  private static let rules: [UpdateRule] = [
    .sgd, .momentum(momentum: 0.9), .nesterovMomentum(momentum: 0.9), .adagrad(), .rmsprop(),
    .adadelta(), .adam(), .adamax(), .amsgrad(),
  ]

  /// Batches of 14 and a rest; steps that are looked at are made whole either way.
  @Test(arguments: rules, [1, 3])
  func `bits are those of whole gradients, by every rule and number of threads`(
    rule: UpdateRule, threads: Int
  ) throws {
    let recipe = Fixture.recipe(update: rule, learningRate: 0.01, batchSize: 14)
    let network = try Fixture.wide()
    let whole = try run(recipe, network, isFused: false)
    expectSame(try run(recipe, network, isFused: true, threads: threads), whole)
  }

  /// Sums over so many samples are made in two blocks; the lower edge's tiles have fewer rows.
  @Test func `bits are those of whole gradients in batches of 300`() throws {
    let network = try Network("net", input: [1, 28, 28]) {
      DenseLayer(700)
      DenseLayer(700)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let recipe = Recipe(
      batchSize: 300, epochs: 3, validationFraction: 0, reportEverySteps: 1)
    let data = try TrainingData(
      noiseFor: network, count: 600, objective: recipe.objective, length: 3)
    let weights = try [true, false].map { isFused in
      var planning = StepPlanning()
      planning.fusesUpdates = isFused
      let trainer = try Trainer(
        network: network, data: data, recipe: recipe, planning: planning)
      let products = try trainer.planner.compiler.built(rows: 300).operations.count(
        where: \.isForUpdate)
      #expect(products == (isFused ? 2 : 0))
      try Script().run(trainer)
      return try trainer.checkpoint().weights
    }
    #expect(weights[0] == weights[1])
  }

  /// Runs of operations on single samples have others go before them; these would then have memory that
  /// the products still read.
  @Test func `products for the update stay behind everything that computes gradients`() throws {
    let network = try Network("net", input: [1, 28, 28]) {
      Conv2DLayer(8, filterSize: 5)
      MaxPool2DLayer(2)
      Conv2DLayer(8, filterSize: 5)
      MaxPool2DLayer(2)
      DenseLayer(512)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let recipe = Recipe(batchSize: 32, epochs: 2, validationFraction: 0, reportEverySteps: 1)
    let data = try TrainingData(
      noiseFor: network, count: 128, objective: recipe.objective, length: 3)
    var losses: [[Double]] = []
    for isFused in [true, false] {
      var planning = StepPlanning()
      planning.fusesUpdates = isFused
      let trainer = try Trainer(
        network: network, data: data, recipe: recipe, planning: planning)
      let compiler = trainer.planner.compiler
      let operations = try compiler.arranged(compiler.built(rows: 32)).blocks?.operations ?? []
      let last = operations.lastIndex { !$0.isForUpdate && $0.code != .penalty }
      let first = operations.firstIndex(where: \.isForUpdate)
      #expect((first != nil) == isFused)
      if let first { #expect(first > last ?? first) }
      let script = Script()
      try script.run(trainer)
      losses.append(script.values("train/loss"))
    }
    #expect(losses[0] == losses[1] && losses[0].count > 7)
  }

  @Test func `penalties see whole gradients`() throws {
    let network = try Fixture.wide()
    for (l1, l2) in [(0.001, 0.0), (0, 0.01)] {
      var recipe = Fixture.recipe(learningRate: 0.01, batchSize: 14)
      (recipe.l1, recipe.l2) = (l1, l2)
      expectSame(
        try run(recipe, network, isFused: true), try run(recipe, network, isFused: false))
    }
  }

  /// The norm is a sum over other parts, so it may be rounded otherwise.
  @Test func `a limit of the norm sees whole gradients`() throws {
    var recipe = Fixture.recipe(learningRate: 0.01, batchSize: 14)
    recipe.totalNormConstraint = 0.5
    let network = try Fixture.wide()
    let losses = try run(recipe, network, isFused: true).script.values("train/loss")
    let expected = try run(recipe, network, isFused: false).script.values("train/loss")
    #expect(losses.count == expected.count && losses.count > 5)
    for (a, b) in zip(losses, expected) { #expect(abs(a - b) <= 1e-6 * (1 + abs(b))) }
    recipe.totalNormConstraint = nil
    let unlimited = try run(recipe, network, isFused: true).script.values("train/loss")
    #expect(abs((unlimited.last ?? 0) - (expected.last ?? 0)) > 1e-4)
  }

  /// Squares of such inputs reach beyond what the check before the update allows.
  @Test func `factors too large for the check are multiplied before the update`() throws {
    let recipe = Fixture.recipe(update: .adam(), learningRate: 0.001, batchSize: 14)
    let network = try Fixture.wide()
    let fused = try run(recipe, network, isFused: true, scale: 1e16)
    expectSame(fused, try run(recipe, network, isFused: false, scale: 1e16))
    #expect(fused.script.values("train/loss").allSatisfy { $0.isFinite })
  }

  @Test func `a matrix that two layers share adds both gradients up`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      DenseLayer(300, name: "in")
      DenseLayer(300, name: "first")
      DenseLayer(300, name: "second").sharing("first")
      DenseLayer(3, nonlinearity: .softmax)
    }
    let recipe = Fixture.recipe(learningRate: 0.01, batchSize: 14)
    var planning = StepPlanning()
    planning.isOn = false
    let script = Script()
    let trainer = try Trainer(
      network: network, data: try Fixture.images(), recipe: recipe, planning: planning)
    try script.run(trainer)
    let planned = Script()
    try planned.run(
      try Trainer(
        network: network, data: try Fixture.images(), recipe: recipe, planning: StepPlanning()))
    let (losses, expected) = (planned.values("train/loss"), script.values("train/loss"))
    #expect(losses.count == expected.count && losses.count > 5)
    for (a, b) in zip(losses, expected) { #expect(abs(a - b) <= 1e-4 * (1 + abs(b))) }
  }
}
