import Datasets
import Foundation
import LasagneEngine
import Records
import Storage
import Tensors
import Testing

@testable import Dashboard

@Suite struct ViewSourceTests {
  /// A workspace with data and a session that waits, and its engine, which launches nothing.
  private func withSource(_ body: (EngineSource, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dashboard-views-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let workspace = try Workspace.create(at: folder)
    try Dataset(
      name: "pairs", inputs: HostArray([1, 2, 3, 4] as [Float], shape: [2, 2]),
      targets: HostArray([0, 1] as [Int64], shape: [2])
    ).add(to: workspace, as: "pairs")
    let request = RecordedSource.record(RecordedSource.running, name: "waits", state: .queued)
      .request
    _ = try workspace.createSession(request)
    let engine = try Engine(workspace, purpose: "test", cores: 1)
    try await body(EngineSource(engine), request.id)
    await engine.close()
  }

  @Test func `what is not there is not found, in every view`() async throws {
    try await withSource { source, _ in
      func expectNotFound(_ work: () async throws -> Void) async {
        do {
          try await work()
          Issue.record("There is no such thing, but it was found.")
        } catch {
          guard case DashboardError.notFound = error else {
            Issue.record("Not the expected error: \(error)")
            return
          }
        }
      }
      let missing = RecordedSource.finished
      await expectNotFound { _ = try await source.settings(ofSession: missing) }
      await expectNotFound { _ = try await source.histogramKeys(ofSession: missing) }
      await expectNotFound { _ = try await source.examination(ofSession: missing, part: nil) }
      await expectNotFound { _ = try await source.paramsTree(ofModel: "a", includesArchived: true) }
      await expectNotFound {
        _ = try await source.paramsDifference(ofModel: "../a", from: "b@1", to: "b@2")
      }
      await expectNotFound { _ = try await source.paramsFile(ofModel: "a", "b", as: .npz) }
      await expectNotFound { _ = try await source.statistics(ofData: "../pairs") }
      await expectNotFound {
        _ = try await source.samples(ofData: "pairs", array: "x", label: nil, from: 0, count: 1)
      }
      await expectNotFound {
        _ = try await source.sampleImages(ofData: "pairs", array: "inputs", at: [2])
      }
    }
  }

  @Test func `rows of a table are listed with their numbers and classes`() async throws {
    try await withSource { source, _ in
      let found = try await source.samples(
        ofData: "pairs", array: "inputs", label: 1, from: 0, count: 5)
      #expect(found.isTable)
      #expect(found.samples.map(\.index) == [1])
      #expect(found.samples.first?.values == [3, 4])
      let figures = try await source.statistics(ofData: "pairs")
      #expect(figures.arrays.first { $0.name == "inputs" }?.channels.first?.mean == 2.5)
      // The second time from what is kept, and the same.
      #expect(try await source.statistics(ofData: "pairs") == figures)
    }
  }

  @Test func `a session that waits is noted and stands in the queue`() async throws {
    try await withSource { source, id in
      let notes = try await source.annotate(id, SessionNotesChange(tags: ["later"]))
      #expect(notes.tags == ["later"])
      #expect(try await source.notes()[id] == notes)
      guard case .sessions(let waiting) = try await source.ask(.queue) else {
        Issue.record("The engine answered something else than its queue.")
        return
      }
      #expect(waiting.map(\.request.id) == [id])
    }
  }
}
