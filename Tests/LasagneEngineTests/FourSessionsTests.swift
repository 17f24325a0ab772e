import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sessions side by side in worker processes, disturbed in every way a person can think of.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct FourSessionsTests {
  private let recipe: [String: JSONValue] = [
    "checkpointEveryEpochs": .number(100), "observeEverySteps": .number(0),
    "reportEverySteps": .number(5), "schedule": .string("cosine"),
  ]

  @Test func `finished, paused, steered and killed sessions end as if nothing had happened`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let network = try Bench.randomNetwork()
    try Model.save(network, as: "random", in: bench.workspace)
    let engine = try await bench.engine(cores: 2, launcher: Bench.workers)
    func start(_ name: String) async throws -> String {
      let request = bench.request(epochs: 100_000, model: "random", recipe: recipe, name: name)
      return try await engine.start(request).request.id
    }
    let (paused, killed) = (try await start("paused"), try await start("killed"))
    let (steered, finished) = (
      try await start("steered"),
      try await engine.start(
        bench.request(epochs: 200, model: "random", recipe: recipe, name: "finished")
      )
      .request.id
    )
    #expect(try await engine.session(finished).queuePlace == 2)

    let begun = try await engine.wait(for: killed) { ($0.checkpointStep ?? 0) > 100 }
    kill(pid_t(try #require(begun.process)), SIGKILL)
    _ = try await engine.wait(for: paused) { $0.step > 100 }
    try await engine.pauseSession(paused)
    let asleep = try await engine.wait(for: paused) { $0.state == .paused && $0.process == nil }
    #expect(asleep.process == nil)
    #expect(try await engine.sessionOver(killed).state == .crashed)

    _ = try await engine.wait(for: steered) { $0.step > 60 }
    try await engine.control(
      steered, .set(field: "learningRate", value: .number(0.03)), origin: "test")
    _ = try await engine.wait(for: steered) { $0.step > 300 }
    let branch = try await engine.branch(
      steered, BranchRequest(name: "branch", changes: ["momentum": .number(0.5)]))
    try await engine.control(
      steered, .set(field: "learningRate", value: .number(0.2)), origin: "test")
    try await engine.resumeSession(paused)
    try await engine.resumeSession(killed)

    let disturbed = [paused, steered, killed, branch.request.id]
    for id in disturbed { try await engine.finishSoon(id) }
    let all = [finished] + disturbed
    for id in all {
      let end = try await engine.sessionOver(id)
      #expect(end.state == .finished, "\(end.request.name): \(end.message ?? "")")
    }
    #expect(try await engine.session(killed).attempt == 2)
    #expect(try await engine.session(paused).attempt == 2)

    // The trainer alone, on this thread, with the recorded changes at the recorded steps.
    for id in [finished, paused, killed, steered] {
      let end = try await engine.session(id)
      let history = try bench.workspace.session(id).history()
      #expect(history.count == [finished: 0, steered: 3][id, default: 1], "\(end.request.name)")
      let alone = try Bench.undisturbed(network, end.request.recipe, history)
      #expect(end.weights == alone, "\(end.request.name)")
    }

    // Every one of them played again, in processes of their own.
    var again: [String] = []
    for id in all { again.append(try await engine.reproduce(id).request.id) }
    for id in again {
      let end = try await engine.sessionOver(id)
      let report = try Reproduction(of: bench.workspace.session(id), in: bench.workspace)
      #expect(report.isEqual, "\(end.request.name): \(report.difference ?? "")")
    }
    let weights = try await engine.session(steered).weights
    #expect(try await engine.session(branch.request.id).weights != weights)
    let origin = try #require(branch.request.origin)
    #expect(origin.session == steered && origin.step > 300)
    let made = try Params.find("branch", model: "random", in: bench.workspace)
    let parent = try Params.find(
      try #require(made.parent), model: "random", in: bench.workspace)
    #expect(parent.version.session == steered && parent.version.step == origin.step)
    await engine.close()
  }
}
