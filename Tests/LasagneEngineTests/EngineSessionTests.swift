import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

/// One suite, one session at a time: their threads would only wait for each other.
@Suite(.serialized)
struct EngineSessionTests {
  @Test func `a session trains, saves its weights and is found in the index`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let started = try await engine.start(bench.request())
    let end = try await engine.sessionOver(started.request.id)
    #expect(end.state == .finished)
    #expect(end.message == nil)
    #expect(end.step == 27)
    #expect((end.latest["valid/accuracy"] ?? 0) > 0.5)
    let params = try Params.find(started.request.saveParams, model: "tiny", in: bench.workspace)
    #expect(params.version.session == started.request.id)
    #expect(params.version.step == 27)
    #expect(try params.load(for: Bench.network()).count == 4)
    let curve = try engine.index.series(
      session: started.request.id, key: "train/epochLoss", pixels: 100)
    #expect(curve.totalCount == 3)
    await engine.close()
  }

  @Test func `a paused session gives its threads to the next in the queue`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(cores: 1)
    let first = try await engine.start(bench.request(epochs: 100_000, name: "first")).request.id
    _ = try await engine.wait(for: first) { $0.step > 0 }
    let second = try await engine.start(bench.request(epochs: 2, name: "second")).request.id
    #expect(try await engine.session(second).state == .queued)
    try await engine.pauseSession(first)
    let end = try await engine.sessionOver(second)
    #expect(end.state == .finished)
    let paused = try await engine.session(first)
    #expect(paused.state == .paused)
    #expect(paused.checkpointStep != nil)
    try await engine.resumeSession(first)
    let step = paused.step
    let going = try await engine.wait(for: first) { $0.state == .running && $0.step > step }
    #expect(going.state == .running)
    try await engine.stopSession(first)
    #expect(try await engine.sessionOver(first).state == .stopped)
    await engine.close()
  }

  @Test func `a stopped session goes on from its checkpoint in a new attempt`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let recipe: [String: JSONValue] = ["reportEverySteps": .number(1)]
    let id = try await engine.start(bench.request(epochs: 100_000, recipe: recipe)).request.id
    _ = try await engine.wait(for: id) { $0.step > 5 }
    try await engine.stopSession(id)
    let stopped = try await engine.sessionOver(id)
    #expect(stopped.state == .stopped)
    try await engine.resumeSession(id)
    let going = try await engine.wait(for: id) { $0.attempt == 2 && $0.state == .running }
    #expect(going.attempt == 2)
    try await engine.control(id, .set(field: "epochs", value: .number(2e5)), origin: "test")
    try await engine.stopSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.state == .stopped)
    #expect(end.step >= stopped.step)
    await engine.close()
  }

  @Test func `changes of the recipe are acknowledged with their step`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(epochs: 100_000)).request.id
    _ = try await engine.wait(for: id) { $0.state == .running }
    let command = try await engine.control(
      id, .set(field: "learningRate", value: .number(0.01)), origin: "test")
    try await engine.stopSession(id)
    _ = try await engine.sessionOver(id)
    let answers = try engine.timeline(ofSession: id).compactMap { entry -> String?? in
      if case .acknowledged(command.number, let refusal) = entry.event {
        .some(refusal)
      } else {
        nil
      }
    }
    #expect(answers == [nil])
    await engine.close()
  }

  @Test func `a recipe that diverges fails with a sentence`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let recipe: [String: JSONValue] = [
      "learningRate": .number(1e38), "update": .string("sgd"),
    ]
    let id = try await engine.start(bench.request(epochs: 50, recipe: recipe)).request.id
    let end = try await engine.sessionOver(id)
    #expect(end.state == .failed)
    #expect(end.message?.contains("not a number") == true)
    await engine.close()
  }

  @Test func `listeners hear of a session in order, and late ones hear what was kept`() async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request()).request.id
    _ = try await engine.sessionOver(id)
    await engine.close()
    var sequences: [Int] = []
    var sawMetrics = false
    for await event in engine.events(after: 0) {
      sequences.append(event.sequence)
      if case .metrics = event.content { sawMetrics = true }
      if event.sequence == engine.hub.newestSequence { break }
    }
    #expect(sawMetrics)
    #expect(sequences == Array(1...sequences.count))
  }
}
