import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Dropout as a field of the recipe, which can change while a run goes on.
struct DropoutChoiceTests {
  private func network(_ first: Double, _ second: Double) throws -> Network {
    try Network("dropping", input: [4]) {
      DenseLayer(16)
      DropoutLayer(p: first, name: "drop1")
      DenseLayer(8)
      DropoutLayer(p: second, name: "drop2")
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  private func recipe(_ dropout: DropoutChoice?) -> Recipe {
    var recipe = Fixture.recipe(epochs: 2)
    recipe.dropout = dropout
    return recipe
  }

  private func weights(
    _ network: Network, _ recipe: Recipe, planning: StepPlanning? = nil
  ) throws -> [HostArray] {
    let trainer = try Trainer(
      network: network, data: Fixture.blobs(), recipe: recipe, planning: planning)
    try trainer.run { _ in }
    return try trainer.weights.hostArrays()
  }

  @Test func `a recipe's dropout is that of a network which has it itself, bit for bit`() throws {
    let off = try StepPlanning(environment: ["LASAGNE_PLAN": "off"])
    for planning in [nil, off] {
      let plain = try weights(network(0.5, 0.1), recipe(nil), planning: planning)
      let all = try weights(network(0, 0.9), recipe(.all(0.3)), planning: planning)
      #expect(try all == weights(network(0.3, 0.3), recipe(nil), planning: planning))
      let one = try weights(
        network(0, 0.1), recipe(.layers(["drop1": 0.5])), planning: planning)
      #expect(one == plain)
      #expect(all != plain)
    }
  }

  @Test func `a recipe's dropout does not keep steps from being planned`() throws {
    let trainer = try Trainer(
      network: network(0.5, 0.5), data: Fixture.blobs(), recipe: recipe(.all(0.2)))
    let plain = try Trainer(
      network: network(0.5, 0.5), data: Fixture.blobs(), recipe: recipe(nil))
    #expect(trainer.planRefusal == plain.planRefusal)
  }

  @Test func `dropout that is changed between two steps is that of the steps after it`() throws {
    // The same by hand: the run up to that step, gone on with by a network that has it itself.
    let start = try Trainer(
      network: network(0.2, 0.4), data: Fixture.blobs(), recipe: recipe(nil))
    let stopping = Script([(5, .stop)])
    try stopping.run(start)
    let rest = try Trainer.resume(
      from: #require(stopping.checkpoints.last), network: network(0.6, 0.4), data: Fixture.blobs())
    try rest.run { _ in }

    let change = ControlAction.set(
      field: "dropout", value: .object(["drop1": .number(0.6)]))
    let trainer = try Trainer(
      network: network(0.2, 0.4), data: Fixture.blobs(), recipe: recipe(nil))
    let script = Script([(5, change), (9, .snapshot)])
    try script.run(trainer)
    #expect(script.answers == [nil, nil])
    let end = try trainer.weights.hostArrays()
    #expect(try end == rest.weights.hostArrays())
    #expect(try end != weights(network(0.2, 0.4), recipe(nil)))
    // Whoever goes on from a checkpoint has the change.
    let resumed = try Trainer.resume(
      from: #require(script.checkpoints.first { $0.step == 9 }), network: network(0.2, 0.4),
      data: Fixture.blobs())
    try resumed.run { _ in }
    #expect(try resumed.weights.hostArrays() == end)
    // And null brings the network's own back.
    try resumed.set("dropout", to: .null)
    #expect(resumed.recipe.dropout == nil && resumed.function.network == resumed.network)
  }

  @Test func `dropout that cannot be is refused in a sentence`() throws {
    let trainer = try Trainer(
      network: network(0.2, 0.4), data: Fixture.blobs(), recipe: recipe(nil))
    for (value, sentence) in [
      (JSONValue.number(1), "The recipe's dropout is 1.0; it must be a probability"),
      (.object(["drop2": .number(-0.1)]), "The recipe's dropout of drop2 is -0.1"),
      (.object(["drop3": .number(0.1)]), "names 'drop3', which is no DropoutLayer"),
      (.string("much"), "is a number, or numbers by layers"),
    ] {
      let error = #expect(throws: TrainingError.self) { try trainer.set("dropout", to: value) }
      #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
      #expect(trainer.recipe.dropout == nil)
    }
    let error = #expect(throws: TrainingError.self) {
      try Fixture.blobs().check(against: Fixture.mlp(), recipe: recipe(.all(0.5)))
    }
    #expect(error?.description.contains("has none; leave it out") == true)
  }

  @Test func `a recipe with dropout is written and read`() throws {
    for choice in [DropoutChoice.all(0.25), .layers(["drop1": 0.5, "drop2": 0])] {
      #expect(try Recipe(json: recipe(choice).json).dropout == choice)
    }
  }
}
