import Foundation
import LasagneEngine
import Records
import Storage
import Testing

/// Names that sessions are given later, the trash, and the way back, through the engine.
struct SessionTrashTests {
  @Test func `a session that trains keeps training under its new name, and is not removed`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(epochs: 100_000, name: "first")).request.id
    _ = try await engine.wait(for: id) { $0.step > 0 }
    #expect(try await engine.rename(id, to: "second").request.name == "second")
    let step = try await engine.session(id).step
    let record = try await engine.wait(for: "second") { $0.step > step }
    #expect(record.request.id == id && record.request.name == "second")
    await #expect(throws: EngineError.self) { try await engine.remove(id) }
    await #expect(throws: EngineError.self) { try await engine.rename(id, to: "") }
    try await engine.control(id, .stop, origin: "test")
    _ = try await engine.wait(for: id) { $0.state == .stopped }
    // What it saved has the name that it had.
    let saved = try bench.workspace.params.list(model: "tiny").map(\.name)
    #expect(saved == ["first"])
    await engine.close()
  }

  @Test func `a removed session is gone for everybody, and undo brings it back with its curves`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(name: "only")).request.id
    let before = try await engine.wait(for: id) { $0.state.isOver }
    let stream = engine.events()
    // Its process gives the session back a moment after its last word.
    var removed: WorkspaceChange?
    for _ in 0..<2_400 where removed == nil {
      removed = try? await engine.remove("only")
      if removed == nil { try await Task.sleep(for: .milliseconds(50)) }
    }
    let change = try #require(removed)
    #expect(change.summary == "remove the session only")
    #expect(await engine.sessions().isEmpty)
    let heard = Task { () -> Bool in
      for await event in stream where event.content == .removed(session: id) { return true }
      return false
    }
    #expect(await heard.value)
    #expect(bench.workspace.sessionIDs().isEmpty)
    #expect(try await engine.undoSessionChange().state == .undone)
    let after = try await engine.session(id)
    #expect(after.state == .finished && after.step == before.step)
    #expect(after.latest["train/loss"] == before.latest["train/loss"])
    await #expect(throws: EngineError.self) { try await engine.undoSessionChange() }
    await engine.close()
  }
}
