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

  /// A network that is planned, and data of which one sample gives an infinite gradient.
  private func overflowing(
    _ policy: NonFinitePolicy, observeEverySteps: Int, planning: StepPlanning = StepPlanning()
  ) throws -> Trainer {
    let run = try OverflowingRun()
    var recipe = Fixture.recipe(learningRate: 0.02, epochs: 2)
    recipe.objective = .squaredError
    recipe.validationFraction = 0
    recipe.observeEverySteps = observeEverySteps
    recipe.nonFinite = policy
    return try Trainer(
      network: run.network, weights: run.weights, data: run.data,
      recipe: recipe, planning: planning)
  }

  /// All that a step may change: weights with running averages, and what the update rule remembers,
  /// where zeros are as good as nothing.
  private func changeable(_ trainer: Trainer) throws -> [[String: HostArray]] {
    let checkpoint = try trainer.checkpoint()
    let state = checkpoint.updateState.filter {
      !$0.value.values(as: Float.self).allSatisfy { $0 == 0 }
    }
    return [checkpoint.weights, state]
  }

  @Test(arguments: [.stop, .skip(), .rollback(factor: 0.5)] as [NonFinitePolicy], [0, 1])
  func `a planned step with an infinite gradient changes nothing`(
    policy: NonFinitePolicy, observeEverySteps: Int
  ) throws {
    let trainer = try overflowing(policy, observeEverySteps: observeEverySteps)
    #expect(trainer.planRefusal == nil)
    var warnings: [String] = []
    // After the last step that was made, and at the beginning of the epoch.
    var last = try changeable(trainer)
    var start = last
    let error = sentence {
      try trainer.run { event in
        guard let now = try? changeable(trainer) else { return }
        switch event {
        case .warning(_, let message):
          warnings.append(message)
          let expected = if case .rollback = policy { start } else { last }
          #expect(now == expected)
          last = now
        case .epochEnded: start = now
        case .metrics: last = now
        default: break
        }
      }
    }
    #expect(try areFinite(trainer))
    if policy == .stop {
      #expect(error.hasPrefix("The gradient of dense1.W of step "))
      #expect(try changeable(trainer) == last)
    } else {
      #expect(error.isEmpty)
      #expect(warnings.count == 2)
      #expect(warnings.allSatisfy { $0.hasPrefix("The gradient of dense1.W of step ") })
      #expect(trainer.step == 8)
    }
    // The steps around it are those that are made without plans, running averages included.
    let plain = try overflowing(
      policy, observeEverySteps: observeEverySteps, planning: .off)
    #expect(sentence { try plain.run { _ in } } == error)
    for (ours, theirs) in zip(try changeable(trainer), try changeable(plain)) {
      #expect(ours.keys.sorted() == theirs.keys.sorted())
      for (name, expected) in theirs {
        let numbers = zip(
          ours[name]?.values(as: Double.self) ?? [], expected.values(as: Double.self))
        #expect(numbers.allSatisfy { abs($0 - $1) <= 2e-4 * (1 + abs($1)) }, "\(name)")
      }
    }
  }
}

/// sqrt(x - x): 0, with a slope that is no number.
private struct RootLayer: Layer {
  var name: String?

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try (inputs[0] - inputs[0]).squareRoot()
  }
}
