import Foundation
import LasagneEngine
import Records
import Storage
import Testing

struct EngineSocketTests {
  /// Runs what waits for another thread's answer on a thread that may wait.
  private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }

  @Test func `another program asks for sessions and is refused in a sentence`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let socket = try EngineSocket(engine)
    try await onThread {
      let client = try #require(try EngineClient(workspace: bench.workspace.url))
      #expect(try client.call(.sessions) == .sessions([]))
      #expect(throws: EngineError.self) { try client.start(bench.request(model: "other")) }
      let missing = Names.newSessionID()
      #expect(throws: EngineError.self) { try client.control(missing, .stop, origin: "test") }
    }
    socket.close()
    #expect(try EngineClient(workspace: bench.workspace.url) == nil)
    await engine.close()
  }

  @Test func `another program orders the queue, branches and plays again`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine(cores: 1)
    let socket = try EngineSocket(engine)
    let (first, second) = (bench.request(name: "first"), bench.request(name: "second"))
    let long = bench.request(epochs: 100_000, name: "long")
    try await onThread {
      let client = try #require(try EngineClient(workspace: bench.workspace.url))
      func names(_ call: EngineCall) throws -> [String] {
        guard case .sessions(let records) = try client.call(call) else { return [] }
        return records.map(\.request.name)
      }
      func wait(for name: String, until isFine: (SessionRecord) -> Bool) throws {
        for _ in 0..<600 where try !isFine(client.session(name)) { usleep(50_000) }
        #expect(try isFine(client.session(name)), "\(name)")
      }
      let running = try client.start(long).request.id
      _ = try client.start(first)
      _ = try client.start(second)
      #expect(try names(.queue) == ["first", "second"])
      _ = try client.call(.moveInQueue(session: "second", place: 1))
      #expect(try names(.queue) == ["second", "first"])
      _ = try client.call(.prioritize(session: "first", priority: 3))
      #expect(try names(.queue) == ["first", "second"])
      #expect(try client.devices().map(\.threadsHeld) == [1])
      _ = try client.call(.limit(cores: 2, gpus: nil))
      #expect(try client.devices().map(\.cores) == [2])
      try wait(for: "second") { $0.state == .finished }
      try wait(for: "long") { $0.step > 0 }
      let branch = try client.branch(
        running, BranchRequest(name: "side", changes: ["l2": .number(0.5)]), origin: "test")
      #expect(branch.request.origin?.session == running)
      #expect(branch.request.recipe["l2"]?.number == 0.5)
      #expect(throws: EngineError.self) {
        try client.branch(running, BranchRequest(changes: ["seed": .number(2)]), origin: "test")
      }
      #expect(throws: EngineError.self) { try client.reproduce("long", name: nil) }
      #expect(try client.reproduce("second", name: "again").request.reproduces != nil)
      for name in ["long", "side"] { try client.control(name, .stop, origin: "test") }
      for name in ["long", "side"] { try wait(for: name) { $0.state == .stopped } }
      try wait(for: "again") { $0.state == .finished && $0.process == nil }
      #expect(try client.session("again").weights == client.session("second").weights)
    }
    socket.close()
    await engine.close()
  }

  @Test func `a workspace with a long path is reached through a short one`() async throws {
    let long = FileManager.default.temporaryDirectory
      .appendingPathComponent("lasagne-\(UUID().uuidString)")
      .appendingPathComponent(String(repeating: "deep", count: 30))
    defer { try? FileManager.default.removeItem(at: long.deletingLastPathComponent()) }
    let engine = try Engine(Workspace.create(at: long), purpose: "test", cores: 1)
    let socket = try EngineSocket(engine)
    try await onThread {
      let client = try #require(try EngineClient(workspace: long))
      #expect(try client.call(.sessions) == .sessions([]))
    }
    socket.close()
    await engine.close()
  }
}
