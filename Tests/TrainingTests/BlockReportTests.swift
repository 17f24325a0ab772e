import Foundation
import Lasagne
import Records
import Testing

@testable import Training

/// The means of steps, told many at a time.
struct BlockReportTests {
  private func trainer(_ change: (inout Recipe) -> Void = { _ in }) throws -> Trainer {
    var recipe = Fixture.recipe(epochs: 3)
    recipe.reportEverySteps = 1
    change(&recipe)
    return try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
  }

  /// What does not depend on time.
  private func fixed(_ points: MetricPoints) -> MetricPoints {
    MetricPoints(
      step: points.step, epoch: points.epoch, time: 0,
      values: points.values.filter { !["rate/samples", "rate/observation"].contains($0.key) })
  }

  private func reports(_ events: [TrainingEvent]) -> [MetricPoints] {
    events.compactMap {
      if case .metrics(let points) = $0, points.values["train/loss"] != nil { points } else { nil }
    }
  }

  @Test(arguments: [0.0, 0.001])
  func `blocks hold what the observer would have been told`(penalty: Double) throws {
    let alone = try trainer { $0.l2 = penalty }
    var expected: [TrainingEvent] = []
    try alone.run { expected.append($0) }
    let gathering = try trainer { $0.l2 = penalty }
    var blocks: [MetricBlock] = []
    var told: [TrainingEvent] = []
    gathering.blockObserver = { blocks.append($0) }
    try gathering.run { told.append($0) }
    #expect(reports(told).isEmpty)
    #expect(blocks.allSatisfy { $0.isWhole && $0.count > 0 })
    let rows = blocks.flatMap { block in (0..<block.count).map { fixed(block.points(at: $0)) } }
    #expect(rows == reports(expected).map(fixed))
    #expect(rows.count == gathering.step)
    #expect(rows.allSatisfy { ($0.values["train/penalty"] != nil) == (penalty > 0) })
  }

  @Test func `nothing is told before what was measured before it`() throws {
    let trainer = try trainer {
      $0.checkpointEverySteps = 3
      $0.observeEverySteps = 4
    }
    var seen: [Int] = []
    trainer.blockObserver = { seen += $0.steps }
    var kept: [Int] = []
    try trainer.run(save: { checkpoint in
      kept.append(checkpoint.step)
      // A checkpoint at a step must not be on the disk before what was measured at that step.
      #expect(seen.last == checkpoint.step)
    }) { event in
      switch event {
      case .metrics(let points), .epochEnded(_, let points): #expect(seen.last == points.step)
      case .ended(let step, _): #expect(seen.last == step)
      default: break
      }
    }
    #expect(kept.count > 3)
    #expect(seen == Array(1...trainer.step))
  }

  @Test func `a run that fails tells what it measured before`() throws {
    let trainer = try trainer()
    var seen: [Int] = []
    trainer.blockObserver = { seen += $0.steps }
    #expect(throws: Problem.self) {
      try trainer.run(save: { _ in throw Problem() }) { _ in }
    }
    #expect(!seen.isEmpty)
    #expect(seen == Array(1...(seen.last ?? 0)))
  }

  private struct Problem: Error {}

  @Test func `a callback sees each report when its step is done`() throws {
    let trainer = try trainer()
    var seen: [Int] = []
    trainer.blockObserver = { _ in Issue.record("a block, where a callback waits for each step") }
    trainer.onEvent { event, trainer in
      if case .metrics(let points) = event, points.values["train/loss"] != nil {
        #expect(points.step == trainer.step)
        seen.append(points.step)
      }
      return .goOn
    }
    try trainer.run { _ in }
    #expect(seen == Array(1...trainer.step))
  }

  @Test func `steps wait for a moment, or until there are many`() throws {
    let gathered = GatheredReports(clock: WorkClock(), trainingCount: 100)
    var totals = Totals()
    (totals.loss, totals.count) = (3, 2)
    func add(_ step: Int, at milliseconds: Int, samples: Int = 1) -> MetricBlock? {
      gathered.add(
        totals, hasAccuracy: false,
        span: WorkClock.Span(nanoseconds: 100_000_000, samples: samples), learningRate: 0.5,
        at: Position(step: step, epoch: 2, sample: 50), end: milliseconds * 1_000_000)
    }
    func isDue(at milliseconds: Int) -> Bool { gathered.isDue(at: milliseconds * 1_000_000) }
    #expect(add(1, at: 100) == nil)
    // The first is told at once, as nothing was for long.
    #expect(isDue(at: 100))
    let first = try #require(gathered.take())
    #expect(first.values == [1.5, 10, 0.5])
    #expect(first.epochs == [2.5])
    #expect(add(2, at: 110) == nil)
    #expect(!isDue(at: 110))
    #expect(isDue(at: 130))
    // Another set of metrics ends the block.
    #expect(add(3, at: 111, samples: 0)?.steps == [2])
    #expect(gathered.take()?.keys == ["train/loss", "rate/learning"])
    for step in 4..<4100 { #expect(add(step, at: 112, samples: 0) == nil) }
    #expect(isDue(at: 112))
    #expect(gathered.take()?.steps == Array(4..<4100))
    #expect(gathered.take() == nil)
  }

  @Test func `the clock tells the time of moments that it has measured`() throws {
    let clock = WorkClock()
    let before = Date().timeIntervalSince1970
    clock.work(samples: 4) {}
    let first = clock.end
    let time = clock.time(at: first)
    let after = Date().timeIntervalSince1970
    // Whoever sets the machine's clock meanwhile does so by less than a second, or is not here.
    #expect(time > before - 1 && time < after + 1)
    // Between two looks at the time of day the moments keep their distance.
    #expect(abs(clock.time(at: first + 1_000_000) - time - 0.001) < 1e-5)
    let span = clock.spanSinceReport()
    #expect(span.samples == 4)
    #expect(clock.spanSinceReport().rate == nil)
    #expect(WorkClock.Span(nanoseconds: 4_000_000, samples: 1).rate == 250)
  }
}
