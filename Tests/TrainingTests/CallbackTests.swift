import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct CallbackTests {
  private func trainer(epochs: Int = 3) throws -> Trainer {
    try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: epochs))
  }

  @Test func `callbacks see every event in order, after the observer`() throws {
    let trainer = try trainer(epochs: 1)
    var seen: [TrainingEvent] = []
    var told: [TrainingEvent] = []
    trainer.onEvent { event, _ in
      #expect(told.last == event)
      seen.append(event)
      return .goOn
    }
    try trainer.run { told.append($0) }
    #expect(seen == told)
    guard case .started? = seen.first else {
      Issue.record("the first event is \(String(describing: seen.first))")
      return
    }
    #expect(seen.last == .ended(step: 14, state: .finished))
  }

  @Test func `a callback can end the run, with a checkpoint, and change live fields`() throws {
    let trainer = try trainer()
    trainer.onEvent { event, trainer in
      guard case .metrics(let points) = event, points.values["train/loss"] != nil else {
        return .goOn
      }
      if points.step == 4 { try trainer.set("learningRate", to: .number(0.001)) }
      return points.step == 9 ? .stop : .goOn
    }
    let script = Script()
    #expect(try script.run(trainer) == .stopped)
    #expect(trainer.step == 9)
    #expect(script.checkpoints.map(\.step) == [9])
    let rates = script.values("rate/learning")
    #expect(rates.prefix(3) == [0.05, 0.05, 0.05])
    #expect(rates.suffix(5) == [0.001, 0.001, 0.001, 0.001, 0.001])
  }

  @Test func `what a callback throws ends the run before the next update`() throws {
    let trainer = try trainer()
    trainer.onEvent { event, trainer in
      if case .metrics = event, trainer.step == 6 {
        throw TrainingError(.data, "The callback has seen enough.")
      }
      return .goOn
    }
    #expect(sentence { try trainer.run { _ in } } == "The callback has seen enough.")
    #expect(trainer.step == 6)
  }

  /// A callback that multiplies the learning rate at every so many-th report, and counts them.
  private static let falling = CustomCallback("fallingForTest") { arguments in
    guard let every = arguments["every"]?.number, every >= 1 else {
      throw TrainingError(.recipe, "It needs 'every', like {every: 3}.")
    }
    return { event, trainer in
      guard case .metrics(let points) = event, points.values["train/loss"] != nil else {
        return .goOn
      }
      let count = (trainer.remembered("reports")?.number ?? 0) + 1
      try trainer.remember("reports", .number(count))
      if count.truncatingRemainder(dividingBy: every) == 0 {
        try trainer.set("learningRate", to: .number(trainer.recipe.learningRate * 0.7))
      }
      return .goOn
    }
  }

  @Test func `a recipe names callbacks, and a run with them goes on bitwise`() throws {
    CallbackRegistry.shared.register([Self.falling])
    var recipe = ResumeHarness.recipe()
    recipe.reportEverySteps = 1
    recipe.callbacks = [CallbackChoice("fallingForTest", .object(["every": .number(3)]))]
    #expect(try Recipe(json: recipe.json) == recipe)
    let harness = ResumeHarness(
      network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe)
    try harness.check()
    let script = Script()
    try script.run(
      try Trainer(network: harness.network, data: harness.data, recipe: recipe))
    #expect(Set(script.values("rate/learning")).count == 4)
  }

  @Test func `callbacks that are unknown or refuse their arguments are told at the start`() throws {
    CallbackRegistry.shared.register([Self.falling])
    func text(_ callbacks: String) -> String {
      sentence {
        let json = Data(#"{"callbacks": \#(callbacks)}"#.utf8)
        _ = try Recipe(json: JSONDecoder().decode(JSONValue.self, from: json))
      }
    }
    #expect(
      text(#"["falingForTest"]"#)
        == "There is no callback called 'falingForTest': did you mean 'fallingForTest'?")
    let unknown = text(#"["nobodyHasThisOne"]"#)
    #expect(unknown.hasPrefix("There is no callback called 'nobodyHasThisOne': this program"))
    #expect(
      text(#"["fallingForTest"]"#)
        == "The callback 'fallingForTest' refuses its arguments: It needs 'every', like {every: 3}."
    )
    #expect(text("[{}]").hasPrefix("A callback is a name or one name with its arguments"))
    // A program that lacks it can read the recipe, and says why it cannot go on.
    var checkpoint = try trainer().checkpoint()
    checkpoint.recipe.callbacks = [CallbackChoice("nobodyHasThisOne")]
    #expect(
      sentence {
        _ = try Trainer.resume(
          from: checkpoint, network: try Fixture.mlp(), data: try Fixture.blobs())
      } == unknown)
  }

  @Test func `a callback changes nothing that the newest checkpoint would not know of`() throws {
    let trainer = try trainer(epochs: 1)
    trainer.onEvent { event, trainer in
      if case .checkpointed = event { try trainer.set("learningRate", to: .number(0.1)) }
      return .goOn
    }
    #expect(
      sentence { try trainer.run { _ in } }
        == "A callback cannot change the run at the event 'checkpointed', as a checkpoint would not "
        + "know of it; change it at 'metrics', 'epochEnded' or 'warning'.")
    #expect(trainer.recipe.learningRate == 0.05)
  }

  @Test func `a wish to stop outlives a process that was killed before it came true`() throws {
    let stopped = try trainer()
    stopped.onEvent { event, _ in
      if case .epochEnded = event { .stop } else { .goOn }
    }
    let script = Script()
    #expect(try script.run(stopped) == .stopped)
    #expect(script.checkpoints.map(\.step) == [14, 14])
    func resumed(_ checkpoint: Checkpoint) throws -> SessionState {
      try Script().run(
        try Trainer.resume(
          from: checkpoint, network: try Fixture.mlp(), data: try Fixture.blobs()))
    }
    #expect(try resumed(script.checkpoints[0]) == .stopped)
    #expect(try resumed(script.checkpoints[1]) == .finished)
    var first = script.checkpoints[0]
    first.forgetWishToStop()
    #expect(first == script.checkpoints[1])
  }
}
