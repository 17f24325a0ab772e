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
}
