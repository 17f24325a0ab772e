import Lasagne
import Records
import Tensors
import Testing

@testable import Training

// Checkpoints that are kept while the run goes on.
struct KeepingTests {
  private func run(
    _ keeper: SlowKeeper, _ planned: [(step: Int, action: ControlAction)] = [],
    change: (inout Recipe) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var recipe = Fixture.recipe(epochs: 2)
    recipe.checkpointEveryEpochs = 0
    change(&recipe)
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
    var events: [TrainingEvent] = []
    let script = PlannedSteps(planned)
    _ = try trainer.run(control: script, checkpoints: keeper) { events.append($0) }
    return events
  }

  private func step(of event: TrainingEvent) -> Int? {
    if case .metrics(let points) = event { points.step } else { nil }
  }

  @Test func `a snapshot is acknowledged when it is there, and the run does not wait for it`()
    throws
  {
    let keeper = SlowKeeper(questions: 3)
    let events = try run(keeper, [(3, .snapshot)])
    let answer = try #require(
      events.firstIndex {
        if case .acknowledged(_, 3, nil) = $0 { true } else { false }
      })
    #expect(events[answer + 1] == .checkpointed(step: 3))
    let before = events[..<answer].compactMap(step).max()
    #expect(before == 6)
    #expect(keeper.taken.map(\.step) == [3])
    // What is kept is the run at that step, not at the one it has come to.
    let other = SlowKeeper(questions: 0)
    _ = try run(other, [(3, .snapshot)])
    #expect(keeper.taken == other.taken)
  }

  @Test func `one at a time is kept, and the last is there when the run ends`() throws {
    let keeper = SlowKeeper(questions: 1_000)
    let events = try run(keeper) { $0.checkpointEverySteps = 4 }
    let steps = events.compactMap { event -> Int? in
      if case .checkpointed(let step) = event { step } else { nil }
    }
    #expect(steps == [4, 8, 12, 16, 20, 24, 28])
    #expect(keeper.mostAtOnce == 1)
    #expect(events.last == .ended(step: 28, state: .finished))
  }

  @Test func `a snapshot at the end of an epoch and the checkpoint of that epoch are one`() throws {
    let keeper = SlowKeeper(questions: 2)
    let events = try run(keeper, [(14, .snapshot)]) { $0.checkpointEveryEpochs = 1 }
    #expect(keeper.taken.map(\.step) == [14, 28])
    #expect(events.filter { $0 == .checkpointed(step: 14) }.count == 1)
    let answers = events.filter {
      if case .acknowledged(_, 14, nil) = $0 { true } else { false }
    }
    #expect(answers.count == 1)
    // Who goes on from it ends with the same bits, and has measured the epoch.
    var weights: [[HostArray]] = []
    for checkpoint in [nil, keeper.taken.first] {
      let trainer =
        try checkpoint.map {
          try Trainer.resume(from: $0, network: Fixture.mlp(), data: Fixture.blobs())
        }
        ?? Trainer(
          network: Fixture.mlp(), data: Fixture.blobs(),
          recipe: Fixture.recipe(epochs: 2))
      var ended: [Int] = []
      try trainer.run { if case .epochEnded(let epoch, _) = $0 { ended.append(epoch) } }
      #expect(ended == [1, 2])
      weights.append(try trainer.weights.hostArrays())
    }
    #expect(weights.count == 2 && weights[0] == weights[1])
  }

  @Test func `snapshots of one step are one checkpoint, unless something changed between`() throws {
    for questions in [0, 2] {
      let keeper = SlowKeeper(questions: questions)
      let events = try run(keeper, [(4, .snapshot), (4, .snapshot)]) {
        $0.checkpointEverySteps = 4
      }
      #expect(keeper.taken.map(\.step) == [4, 8, 12, 16, 20, 24, 28])
      let answers = events.filter {
        if case .acknowledged(_, 4, nil) = $0 { true } else { false }
      }
      #expect(answers.count == 2)
    }
    let change = ControlAction.set(field: "learningRate", value: .number(0.01))
    let keeper = SlowKeeper(questions: 2)
    _ = try run(keeper, [(4, .snapshot), (4, change), (4, .snapshot)])
    #expect(keeper.taken.map(\.step) == [4, 4])
    #expect(keeper.taken.map(\.recipe.learningRate).last == 0.01)
  }

  @Test func `a snapshot that fails is refused and the run goes on`() throws {
    let keeper = SlowKeeper(questions: 2, failing: true)
    let events = try run(keeper, [(3, .snapshot)])
    let refusals = events.compactMap { event -> String? in
      if case .acknowledged(_, 3, let refusal) = event { refusal } else { nil }
    }
    #expect(refusals == ["The checkpoint could not be written: the disk is on fire"])
    #expect(events.last == .ended(step: 28, state: .finished))
    #expect(!events.contains { if case .checkpointed = $0 { true } else { false } })
  }

  @Test func `a checkpoint of the recipe that fails ends the run`() throws {
    let keeper = SlowKeeper(questions: 2, failing: true)
    #expect(throws: SlowKeeper.Fire.self) {
      try run(keeper) { $0.checkpointEverySteps = 4 }
    }
    #expect(keeper.taken.map(\.step) == [4])
  }
}

/// Keeps checkpoints, each until it has been asked about so often.
private final class SlowKeeper: CheckpointKeeping {
  struct Fire: Error, CustomStringConvertible {
    var description: String { "the disk is on fire" }
  }

  private let questions: Int
  private let failing: Bool
  private var left: Int?
  private(set) var taken: [Checkpoint] = []
  private(set) var mostAtOnce = 0

  init(questions: Int, failing: Bool = false) {
    self.questions = questions
    self.failing = failing
  }

  func keep(_ checkpoint: Checkpoint) {
    mostAtOnce = max(mostAtOnce, left == nil ? 1 : 2)
    taken.append(checkpoint)
    left = questions
  }

  func outcome(waits: Bool) -> CheckpointOutcome? {
    guard let left else { return nil }
    guard waits || left == 0 else {
      self.left = left - 1
      return nil
    }
    self.left = nil
    return failing ? .failed(Fire()) : .kept(warning: nil)
  }
}

/// Commands at their steps, each once.
private final class PlannedSteps: ControlSource {
  private var planned: [(step: Int, action: ControlAction)]

  init(_ planned: [(step: Int, action: ControlAction)]) { self.planned = planned }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    let due = planned.filter { $0.step <= step }
    planned.removeAll { $0.step <= step }
    return due.map { ControlCommand(number: 1, time: 0, origin: "test", action: $0.action) }
  }
}
