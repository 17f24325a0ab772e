import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Penalties, limits of gradients and limits of norms, each against a second way to the same numbers.
struct ConstraintTests {
  /// The weights after one update of plain descent on the first 32 samples, and before it.
  private func step(
    _ recipe: Recipe
  ) throws -> (before: Weights, after: Weights, totals: Totals) {
    var recipe = recipe
    recipe.batchSize = 32
    let network = try Fixture.mlp()
    let data = try Fixture.blobs()
    let before = try Weights(initializing: network, seed: 5)
    let after = try Weights(initializing: network, seed: 5)
    let layout = try SampleLayout(network: network, objective: .categoricalCrossentropy)
    let store = try SampleStore(
      layout.samples(inputs: data.inputs, targets: data.targets, part: "training"),
      inputScale: nil, readsIndices: false, device: .cpu)
    let outcome = try TrainingStep(
      function: LossFunction(
        network: network, objective: .categoricalCrossentropy, fusesCrossEntropy: true),
      weights: after, stateArrays: [:], device: .cpu)(
        Array(0..<32)[...], of: store, epoch: 0, recipe: recipe, learningRate: 0.5, number: 0,
        isWatched: false)
    guard case .done(let result) = outcome else {
      throw TrainingError(.nonFiniteLoss, "The update was refused.")
    }
    return (before, after, result.totals)
  }

  private func change(_ recipe: Recipe) throws -> [String: [Double]] {
    let (before, after, _) = try step(recipe)
    var changes: [String: [Double]] = [:]
    for (index, parameter) in before.parameters.enumerated() {
      let difference = try after.tensors[index] - before.tensors[index]
      changes[parameter.fullName] = try difference.values(as: Double.self)
    }
    return changes
  }

  @Test func `a penalty acts on the layers it names, by its weight, and on no others`() throws {
    let plain = try change(Recipe(update: .sgd))
    let priced = try change(
      Recipe(update: .sgd, penalties: [PenaltyTerm(.l2, weight: 0.1, layers: ["dense2"])]))
    let weights = try Weights(initializing: Fixture.mlp(), seed: 5)
    for (name, values) in plain {
      let shrunk = try #require(priced[name])
      let w = try #require(weights[name]).values(as: Double.self)
      for index in values.indices {
        // The derivative of 0.1 · w², half a step: -0.5 · 0.2 · w.
        let expected = name == "dense2.W" ? values[index] - 0.1 * w[index] : values[index]
        #expect(abs(shrunk[index] - expected) < 1e-6, "\(name)")
      }
    }
  }

  @Test func `penalties choose by tags, and l1 and l2 are penalties on all regularizable`() throws {
    let all = try step(Recipe(update: .sgd, l1: 0.01, l2: 0.02)).totals
    let terms = try step(
      Recipe(update: .sgd, penalties: [PenaltyTerm(.l1, weight: 0.01), PenaltyTerm(weight: 0.02)])
    ).totals
    #expect(abs(all.penalty - terms.penalty) < 1e-6)
    let biases = try change(
      Recipe(
        update: .sgd,
        penalties: [
          PenaltyTerm(.l2, weight: 0.1, tags: [.trainable], without: [.regularizable])
        ]))
    let plain = try change(Recipe(update: .sgd))
    // The biases begin at 0, where the square has no slope.
    for (name, values) in plain { #expect(biases[name] == values) }
  }

  @Test func `gradient clipping bounds each entry, before the norm of all`() throws {
    let plain = try change(Recipe(update: .sgd))
    let clipped = try change(Recipe(update: .sgd, gradientClipping: 0.01))
    var isClipped = false
    for (name, values) in plain {
      for (index, value) in values.enumerated() {
        let expected = min(max(value, -0.005), 0.005)
        isClipped = isClipped || expected != value
        #expect(abs((clipped[name]?[index] ?? .nan) - expected) < 1e-7)
      }
    }
    #expect(isClipped)
    let both = try change(Recipe(update: .sgd, gradientClipping: 0.01, totalNormConstraint: 0.004))
    let norm = both.values.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(norm - 0.5 * 0.004) < 1e-6)
    // All entries are scaled alike: those that were clipped are still equal.
    let largest = try #require(both.values.joined().map(abs).max())
    #expect(both.values.joined().count { abs(abs($0) - largest) < 1e-9 } > 1)
  }

  @Test func `norms stay within their limit after every update, biases free`() throws {
    let limits = [
      NormLimit(0.5, layers: ["dense1"]), NormLimit(0.2, layers: ["dense2"], axes: [1]),
    ]
    let (_, after, _) = try step(Recipe(update: .sgd, normConstraints: limits))
    let columns = try #require(after["dense1.W"]).squared().sum(axes: [0]).squareRoot()
    #expect(try columns.max().item() < 0.500001)
    let rows = try #require(after["dense2.W"]).squared().sum(axes: [1]).squareRoot()
    #expect(try rows.max().item() < 0.200001)
    #expect(try columns.values(as: Double.self).contains { abs($0 - 0.5) < 1e-5 })
    let free = try step(Recipe(update: .sgd)).after
    let (kept, moved) = (try #require(after["dense1.b"]), try #require(free["dense1.b"]))
    #expect(try kept.values(as: Float.self) == moved.values(as: Float.self))
  }

  @Test func `a training in bfloat16 keeps float32 weights and learns as well`() throws {
    var recipe = Fixture.recipe(epochs: 15)
    recipe.precision = .bfloat16
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    try script.run(trainer)
    #expect(try #require(script.values("test/accuracy").last) > 0.9)
    #expect(trainer.weights.tensors.allSatisfy { $0.dataType == .float32 })
    // The gradients differ by the rounding of bfloat16, but they are not those of float32.
    let (exact, rounded) = (
      try change(Recipe(update: .sgd)), try change(Recipe(update: .sgd, precision: .bfloat16))
    )
    #expect(exact != rounded)
    for (name, values) in exact {
      let scale = try #require(values.map(abs).max())
      for (index, value) in values.enumerated() {
        #expect(abs((rounded[name]?[index] ?? .nan) - value) < 0.03 * scale, "\(name)")
      }
    }
  }

  @Test func `batch statistics stay float32 in bfloat16`() throws {
    var recipe = Fixture.recipe(update: .adam(), learningRate: 0.01, epochs: 12)
    recipe.precision = .bfloat16
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe)
    try script.run(trainer)
    #expect(try #require(script.values("train/epochAccuracy").last) > 0.85)
    let mean = try #require(trainer.weights["batchNorm1.mean"])
    #expect(mean.dataType == .float32)
    let short = try mean.converted(to: .bfloat16).converted(to: .float32)
    #expect(try mean.values(as: Float.self) != short.values(as: Float.self))
  }

  @Test func `what a recipe chooses by name must be there`() throws {
    func text(_ change: (inout Recipe) -> Void) -> String {
      sentence {
        var recipe = Fixture.recipe()
        change(&recipe)
        _ = try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
      }
    }
    #expect(text { $0.penalties = [PenaltyTerm(layers: ["dense1.W"])] } == "")
    #expect(
      text { $0.penalties = [PenaltyTerm(layers: ["dense3"])] }
        == "The recipe's penalties name 'dense3', but the network has no layer with parameters and "
        + "no parameter of this name: did you mean 'dense1'?")
    #expect(
      text { $0.penalties = [PenaltyTerm(tags: [.batchNormStatistic])] }
        .hasPrefix("The recipe's penalties choose no parameter"))
    #expect(
      text { $0.normConstraints = [NormLimit(layers: ["dense1.b"])] }
        .hasPrefix("The recipe's normConstraints choose no parameter"))
  }
}
