import Foundation
import Records
import Storage
import Testing

@testable import LasagneEngine

/// What an engine finds when it opens a workspace, and who meets one that is ending.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct EngineOpeningTests {
  @Test func `what processes that died left is removed and named`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let draft = bench.folder.appendingPathComponent("data/.tmp-half")
    try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: false)
    try Data(count: 12).write(to: draft.appendingPathComponent("inputs.npy"))
    let engine = try await bench.engine()
    #expect(engine.leftovers == [Leftover(path: "data/.tmp-half", byteCount: 12)])
    #expect(!FileManager.default.fileExists(atPath: draft.path))
    #expect(try bench.workspace.data.list().map(\.name) == ["bars"])
    await engine.close()
  }

  @Test func `a session that is asked for once more under its id is started once`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    var request = bench.request()
    request.id = Names.newSessionID()
    let first = try await engine.start(request)
    #expect(first.request.id == request.id)
    let second = try await engine.start(request)
    #expect(second.request == first.request)
    #expect(await engine.sessions().count == 1)
    request.id = "../x"
    await #expect(throws: EngineError.self) { try await engine.start(request) }
    _ = try await engine.sessionOver(first.request.id)
    await engine.close()
  }

  @Test func `whoever meets an engine that drops every call is told who has the workspace`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let lock = try bench.workspace.lockEngine(purpose: "serve")
    let path = try SocketPath.fresh(in: bench.folder)
    let listener = try UnixSocket.listening(at: path)
    Thread.detachNewThread { while listener.accepted() != nil {} }
    let error = await #expect(throws: EngineError.self) {
      _ = try await EngineLink(bench.workspace, purpose: "train", patience: .seconds(1))
    }
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(error?.kind == .busy)
    let who = "in use by process \(process), lasagne serve, which has not answered for 1 s"
    #expect(error?.message.contains(who) == true, "\(error?.message ?? "")")
    listener.shutDown()
    SocketPath.remove(path, in: bench.folder)
    withExtendedLifetime(lock) {}
  }

  @Test func `epochs that are changed while a session runs are those it shows`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(epochs: 100_000)).request.id
    _ = try await engine.wait(for: id) { $0.step > 0 }
    try await engine.control(id, .set(field: "epochs", value: .number(200_000)), origin: "test")
    let longer = try await engine.wait(for: id) { $0.epochs == 200_000 }
    #expect(longer.epochs == 200_000 && longer.totalSteps == 9 * 200_000)
    try await engine.control(id, .set(field: "batchSize", value: .number(45)), origin: "test")
    let wider = try await engine.wait(for: id) { $0.totalSteps == 2 * 200_000 }
    #expect(wider.totalSteps == 2 * 200_000)
    try await engine.stopSession(id)
    let end = try await engine.sessionOver(id)
    #expect(end.epochs == 200_000)
    await engine.close()
  }

  @Test func `a branch that is stopped before it begins shows where it left and what was asked`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(cores: 1)
    let id = try await engine.start(bench.request(epochs: 100_000)).request.id
    _ = try await engine.wait(for: id) { $0.step > 9 }
    let epochs = JSONValue.number(300_000)
    let branch = try await engine.branch(id, BranchRequest(changes: ["epochs": epochs]))
    let origin = try #require(branch.request.origin)
    #expect(branch.state == .queued)
    for _ in 0..<2 {
      let waiting = try await engine.session(branch.request.id)
      #expect(waiting.step == origin.step && waiting.epochs == 300_000)
      #expect(abs(waiting.epoch - Double(origin.step) / 9) < 1e-9)
      await engine.look()
    }
    try await engine.stopSession(branch.request.id)
    let end = try await engine.sessionOver(branch.request.id)
    #expect(end.state == .stopped && end.epochs == 300_000 && end.step == origin.step)
    #expect(abs(end.epoch - Double(origin.step) / 9) < 1e-9)
    try await engine.stopSession(id)
    _ = try await engine.sessionOver(id)
    await engine.close()
  }
}
