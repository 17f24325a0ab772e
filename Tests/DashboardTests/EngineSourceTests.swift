import Foundation
import LasagneEngine
import Records
import Storage
import Testing

@testable import Dashboard

@Suite struct EngineSourceTests {
  private func withEngine(
    sessions: [SessionRequest], _ body: (EngineSource, Engine) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dashboard-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let workspace = try Workspace.create(at: folder)
    for request in sessions { _ = try workspace.createSession(request) }
    // Never told to run, so that it launches nothing.
    let engine = try Engine(workspace, purpose: "test", cores: 1)
    try await body(EngineSource(engine), engine)
    await engine.close()
  }

  @Test func `an engine without sessions is an empty page`() async throws {
    try await withEngine(sessions: []) { source, _ in
      #expect(try await source.sessions().isEmpty)
      #expect(try await source.models().isEmpty)
      #expect(try await source.params().isEmpty)
      #expect(try await source.data().isEmpty)
      let processor = try #require(try await source.devices().first)
      #expect(processor.name == "cpu" && processor.cores == 1 && processor.totalBytes > 0)
    }
  }

  @Test func `what is not there is not found, in every question`() async throws {
    try await withEngine(sessions: []) { source, _ in
      let id = RecordedSource.running
      func expectNotFound(_ work: () async throws -> Void) async {
        do {
          try await work()
          Issue.record("There is no such session, but it was found.")
        } catch {
          guard case DashboardError.notFound = error else {
            Issue.record("Not the expected error: \(error)")
            return
          }
        }
      }
      await expectNotFound { _ = try await source.session(id) }
      await expectNotFound { _ = try await source.network(ofSession: id) }
      await expectNotFound { _ = try await source.seriesKeys(ofSession: id) }
      await expectNotFound {
        _ = try await source.series(sessions: [id], keys: ["a"], from: nil, to: nil, pixels: 10)
      }
      await expectNotFound { _ = try await source.imageKeys(ofSession: id) }
      await expectNotFound { _ = try await source.images(ofSession: id, key: "a") }
      await expectNotFound { _ = try await source.timeline(ofSession: id) }
      await expectNotFound { _ = try await source.control(id, .stop, origin: "page") }
    }
  }

  @Test func `a session that waits can be stopped once`() async throws {
    let request = RecordedSource.record(RecordedSource.running, name: "waits", state: .queued)
      .request
    try await withEngine(sessions: [request]) { source, _ in
      let id = request.id
      #expect(try await source.session(id).state == .queued)
      #expect(try await source.seriesKeys(ofSession: id).isEmpty)
      #expect(try await source.imageKeys(ofSession: id).isEmpty)
      _ = try await source.control(id, .stop, origin: "page")
      #expect(try await source.session(id).state == .stopped)
      await #expect(throws: DashboardError.self) {
        _ = try await source.control(id, .pause, origin: "page")
      }
    }
  }
}
