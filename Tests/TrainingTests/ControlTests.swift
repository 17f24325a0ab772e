import Lasagne
import Records
import Testing

@testable import Training

struct ControlTests {
  private func run(
    _ planned: [(step: Int, action: ControlAction)], epochs: Int = 2
  ) throws -> (Script, Trainer, SessionState) {
    let script = Script(planned)
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(),
      recipe: Fixture.recipe(epochs: epochs))
    let state = try script.run(trainer)
    return (script, trainer, state)
  }

  @Test func `a run that is told to stop stops at that step with a checkpoint`() throws {
    let (script, trainer, state) = try run([(5, .stop)])
    #expect(state == .stopped)
    #expect(trainer.step == 5)
    #expect(script.checkpoints.map(\.step) == [5])
    #expect(script.events.last == .ended(step: 5, state: .stopped))
    #expect(script.values("test/accuracy").isEmpty)
  }

  @Test func `a pause keeps a checkpoint and gives the thread back`() throws {
    let (script, trainer, state) = try run([(3, .pause)])
    #expect(state == .paused)
    #expect(trainer.step == 3)
    #expect(script.checkpoints.map(\.step) == [3])
    #expect(script.events.last == .ended(step: 3, state: .paused))
    #expect(script.answers == [nil])
  }

  @Test func `what comes together with a pause is still carried out`() throws {
    let script = Together(
      at: 2, [.pause, .set(field: "learningRate", value: .number(0.5)), .snapshot, .resume, .pause])
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 2))
    var checkpoints: [Checkpoint] = []
    let state = try trainer.run(control: script, save: { checkpoints.append($0) }) { _ in }
    #expect(state == .paused)
    #expect(checkpoints.last?.recipe.learningRate == 0.5)
    #expect(checkpoints.last?.obeyed == [2])
    let stop = Together(at: 2, [.pause, .stop])
    let resumed = try Trainer.resume(
      from: try #require(checkpoints.last), network: try Fixture.mlp(), data: try Fixture.blobs())
    #expect(try resumed.run(control: stop) { _ in } == .stopped)
  }

  @Test func `fields of the recipe change at the step that acknowledges them`() throws {
    let (script, trainer, _) = try run([
      (4, .set(field: "learningRate", value: .number(0))),
      (6, .set(field: "momentum", value: .number(0.5))),
      (8, .set(field: "batchSize", value: .number(54))),
      (9, .set(field: "epochs", value: .number(1))),
    ])
    #expect(script.answers == [nil, nil, nil, nil])
    #expect(trainer.recipe.update == .nesterovMomentum(momentum: 0.5))
    #expect(trainer.recipe.learningRate == 0)
    // 8 batches of 16, then 88 samples in batches of 54 and 34.
    #expect(trainer.step == 10)
    let steps = script.events.compactMap { event -> Int? in
      if case .acknowledged(_, let step, _) = event { step } else { nil }
    }
    #expect(steps == [4, 6, 8, 9])
  }

  @Test func `what cannot be changed is refused with a sentence and the run goes on`() throws {
    let (script, _, state) = try run([
      (1, .set(field: "seed", value: .number(2))),
      (1, .set(field: "learningrte", value: .number(2))),
      (1, .set(field: "learningRate", value: .number(-1))),
      (1, .set(field: "learningRate", value: .string("fast"))),
      (1, .set(field: "batchSize", value: .number(1000))),
      (1, .set(field: "epochs", value: .number(0))),
      (1, .set(field: "momentum", value: .number(1))),
    ])
    #expect(state == .finished)
    let answers = script.answers.map { $0 ?? "" }
    let beginnings = [
      "The field 'seed' cannot change while a session runs;",
      "A recipe has no field 'learningrte': did you mean 'learningRate'?",
      "The recipe's learningRate is -1.0; it must be a number that is not negative.",
      "The recipe's learningRate must be a number.",
      "The recipe's batchSize is 1000, but there are only 216 training samples;",
      "The recipe's epochs is 0; it must be at least 1.",
      "The momentum must be a number from 0 up to, but not, 1.",
    ]
    #expect(answers.count == beginnings.count)
    for (answer, beginning) in zip(answers, beginnings) {
      #expect(answer.hasPrefix(beginning), "\(answer)")
    }
  }

  @Test func `a snapshot is a checkpoint without an end`() throws {
    let (script, _, state) = try run([(7, .snapshot)])
    #expect(state == .finished)
    #expect(script.checkpoints.map(\.step) == [7, 14, 28])
  }
}

/// Several commands that arrive between the same two steps.
private struct Together: ControlSource {
  let step: Int
  let actions: [ControlAction]

  init(at step: Int, _ actions: [ControlAction]) {
    self.step = step
    self.actions = actions
  }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    guard step == self.step else { return [] }
    return actions.enumerated().map {
      ControlCommand(number: $0.offset + 1, time: 0, origin: "test", action: $0.element)
    }
  }
}
