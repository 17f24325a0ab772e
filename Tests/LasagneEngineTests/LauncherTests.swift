import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

/// What every launcher has to do, asked of each of them.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct LauncherTests {
  /// Where sessions live.
  enum Place: CaseIterable {
    case thread
    case process

    var launcher: any Launcher {
      switch self {
      case .thread: InProcessLauncher()
      case .process: Bench.workers
      }
    }
  }

  private let recipe: [String: JSONValue] = [
    "observeEverySteps": .number(0), "reportEverySteps": .number(1),
  ]

  @Test(arguments: Place.allCases)
  func `a session trains, and says where its weights are and what they are`(place: Place)
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: place.launcher)
    let id = try await engine.start(bench.request(recipe: recipe)).request.id
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished)
    #expect(end.weights == (try Bench.undisturbed(Bench.network(), end.request.recipe)))
    #expect(end.threads == 1)
    #expect((end.memoryBytes != nil) == (place == .process))
    let estimate = try #require(end.request.memory)
    // 4·4 → 8 → 3: (16·8 + 8 + 8·3 + 3) numbers of 4 bytes; 16 + 8 + 3 outputs for 10 samples, twice.
    #expect(estimate.parameters == 163 * 4)
    #expect(estimate.gradients == 163 * 4)
    #expect(estimate.optimizer == 163 * 4)
    #expect(estimate.activations == 2 * 27 * 10 * 4)
    #expect(estimate.data == 90 * 16 + 90 * 8)
    await engine.close()
  }

  @Test(arguments: Place.allCases)
  func `a pause ends the process, and resuming is bitwise`(place: Place) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: place.launcher)
    let id = try await engine.start(bench.request(epochs: 100_000, recipe: recipe)).request.id
    _ = try await engine.wait(for: id) { $0.step > 20 }
    try await engine.pauseSession(id)
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    #expect(paused.checkpointStep == paused.step)
    #expect(await engine.cores.free == 2)
    try await engine.resumeSession(id)
    try await engine.finishSoon(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished && end.attempt == 2)
    let history = try bench.workspace.session(id).history()
    #expect(
      end.weights == (try Bench.undisturbed(Bench.network(), end.request.recipe, history)))
    let timeline = try engine.timeline(ofSession: id)
    let answered = timeline.compactMap { entry in
      if case .acknowledged(let number, nil) = entry.event { number } else { nil }
    }
    #expect(answered == [1, 2, 3])
    await engine.close()
  }

  @Test(arguments: Place.allCases)
  func `a paused session is stopped without a process, with its weights saved`(place: Place)
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: place.launcher)
    let id = try await engine.start(bench.request(epochs: 100_000, recipe: recipe)).request.id
    _ = try await engine.wait(for: id) { $0.step > 5 }
    try await engine.pauseSession(id)
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    try await engine.stopSession(id)
    let end = try await engine.session(id)
    #expect(end.state == .stopped && end.step == paused.step)
    let params = try Params.find(end.request.saveParams, model: "tiny", in: bench.workspace)
    #expect(params.version.step == end.step)
    let arrays = try params.load(for: Bench.network())
    #expect(WeightDigest.sha256(of: arrays, in: try Bench.network()) == end.weights)
    await engine.close()
  }

  @Test(arguments: Place.allCases)
  func `what is asked of a paused session is done first when it goes on`(place: Place) async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(launcher: place.launcher)
    let id = try await engine.start(bench.request(epochs: 100_000, recipe: recipe)).request.id
    _ = try await engine.wait(for: id) { $0.step > 5 }
    try await engine.pauseSession(id)
    let paused = try await engine.wait(for: id) { $0.state == .paused && $0.process == nil }
    try await engine.control(id, .freeze(pattern: "dense1"), origin: "test")
    await #expect(throws: (any Error).self) {
      try await engine.control(id, .freeze(pattern: "conv"), origin: "test")
    }
    try await engine.resumeSession(id)
    _ = try await engine.wait(for: id) { $0.step > paused.step + 5 }
    try await engine.stopSession(id)
    let end = try await engine.sessionOver(id)
    let history = try bench.workspace.session(id).history()
    #expect(history.map(\.step) == [paused.step])
    let stop = PlannedCommand(
      step: end.step, command: ControlCommand(number: 9, time: 0, origin: "test", action: .stop))
    let expected = try Bench.undisturbed(Bench.network(), end.request.recipe, history + [stop])
    #expect(end.weights == expected)
    await engine.close()
  }

  @Test(arguments: Place.allCases)
  func `cores are shared out anew when sessions come and go, and that is played again`(
    place: Place
  ) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(cores: 2, launcher: place.launcher)
    let request = bench.request(epochs: 100_000, recipe: recipe, threads: nil)
    let first = try await engine.start(request).request.id
    let alone = try await engine.wait(for: first) { $0.step > 5 }
    #expect(alone.threads == 2)
    let second = try await engine.start(request).request.id
    _ = try await engine.wait(for: second) { $0.step > 5 }
    #expect(try await engine.session(first).threads == 1)
    #expect(try await engine.session(second).threads == 1)
    try await engine.stopSession(first)
    let grown = try await engine.wait(for: second) { $0.threads == 2 }
    #expect(grown.threads == 2)
    try await engine.stopSession(second)
    for id in [first, second] {
      _ = try await engine.sessionOver(id)
      let history = try bench.workspace.session(id).history()
      #expect(history.contains { if case .threads = $0.command.action { true } else { false } })
      let again = try await engine.reproduce(id).request.id
      _ = try await engine.sessionOver(again)
      let report = try Reproduction(of: bench.workspace.session(again), in: bench.workspace)
      #expect(report.isEqual, "\(report.difference ?? "")")
    }
    await engine.close()
  }

  @Test(arguments: Place.allCases)
  func `a queued session can be paused, resumed, moved and stopped`(place: Place) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(cores: 1, launcher: place.launcher)
    let running = try await engine.start(bench.request(epochs: 100_000)).request.id
    var ids: [String] = []
    for name in ["a", "b", "c"] {
      ids.append(try await engine.start(bench.request(name: name)).request.id)
    }
    try await engine.moveInQueue("c", to: 1)
    #expect(await engine.waitingSessions().map(\.request.name) == ["c", "a", "b"])
    try await engine.prioritize("b", 5)
    #expect(await engine.waitingSessions().map(\.request.name) == ["b", "c", "a"])
    #expect(try await engine.session("b").queuePlace == 1)
    try await engine.pauseSession("b")
    #expect(try await engine.session("b").state == .paused)
    try await engine.stopSession("c")
    #expect(try await engine.session("c").state == .stopped)
    #expect(await engine.waitingSessions().map(\.request.name) == ["a"])
    try await engine.resumeSession("b")
    #expect(await engine.waitingSessions().map(\.request.name) == ["b", "a"])
    await #expect(throws: EngineError.self) { try await engine.moveInQueue(running, to: 1) }
    try await engine.stopSession(running)
    for id in [ids[0], ids[1]] {
      #expect(try await engine.sessionOver(id).state == .finished)
    }
    await engine.close()
  }
}
