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
