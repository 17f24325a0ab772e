import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

/// What a person reads of an engine.
@Suite(.serialized)
struct DisplayerTests {
  /// Waits until a session's process, or thread, has let go of it.
  private func released(_ id: String, _ bench: Bench) async throws {
    for _ in 0..<2_400 {
      let session = try bench.workspace.session(id)
      if try session.record().state.isOver, try !session.isHeld() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("the session \(id) was still held after two minutes")
  }

  @Test func `the displayer shows sessions, models, params, data, devices and curves`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let displayer = Displayer(engine)
    #expect(await displayer.sessions() == "No sessions yet.")
    #expect(await displayer.runningSessions() == "No session runs.")
    let first = try await engine.start(bench.request(name: "first")).request.id
    let end = try await engine.sessionOver(first)
    let second = try await engine.start(bench.request(epochs: 100_000, name: "second")).request.id
    _ = try await engine.wait(for: second) { $0.step > 0 }

    let table = await displayer.sessions().split(separator: "\n").map(String.init)
    #expect(table.count == 4)
    #expect(table[0].hasPrefix("session") && table[2].contains("second"))
    #expect(table[3].contains("first") && table[3].contains("finished"))
    let running = await displayer.runningSessions(deep: true)
    #expect(running.hasPrefix("second  running  \(second)"))
    #expect(!running.contains("first"))
    let lines = try await displayer.session("first").split(separator: "\n").map(String.init)
    #expect(lines[0] == "first  finished  \(first)")
    #expect(lines.contains("  model     tiny on bars"))
    #expect(lines.contains { $0.hasPrefix("  progress  step 27 of 27, epoch 3 of 3") })
    #expect(lines.contains { $0.hasPrefix("  device    cpu, 1 thread") })
    #expect(lines.contains("  params    saved as first"))
    let loss = try #require(end.latest["valid/accuracy"])
    let percent = String(format: "%.2f %%", 100 * loss)
    #expect(lines.contains { $0.contains("valid/accuracy \(percent)") })
    #expect(await displayer.sessions(ofModel: "tiny").contains("first"))
    #expect(await displayer.sessions(ofModel: "huge") == "No session has trained huge yet.")

    // 16 × 8 + 8 and 8 × 3 + 3.
    let models = try displayer.models().split(separator: "\n")
    #expect(models.last?.split(separator: " ") == ["tiny", "3", "163", "first"])
    #expect(try displayer.models(deep: true).contains("DenseLayer"))
    #expect(try displayer.params(ofModel: "tiny").contains("first@1"))
    #expect(try displayer.data().contains("90×4×4 uint8"))
    #expect(try displayer.data().contains("bars/inputs"))
    #expect(await displayer.devices().contains("1 of 2"))
    #expect(await displayer.queue() == "No session waits.")
    let curve = try await displayer.curve("train/epochLoss", ofSession: "first", height: 5)
    #expect(curve.split(separator: "\n").count { $0.contains("┤") } == 5)
    let nothing = try await displayer.curve("train/none", ofSession: "first")
    #expect(nothing == "train/none: no points yet")
    try await engine.stopSession(second)
    try await released(second, bench)
    #expect(try !displayer.data().contains("bars/inputs"))
    await engine.close()
  }

  @Test func `a line is cut to the width that is there`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let request = bench.request(name: "a-session-with-quite-a-long-name")
    let id = try await engine.start(request).request.id
    _ = try await engine.sessionOver(id)
    let narrow = await Displayer(engine, width: 90).sessions()
    #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 90 })
    #expect(narrow.contains("…"))
    #expect(await Displayer(engine).sessions().contains("a-session-with-quite-a-long-name"))
    await engine.close()
  }

  @Test func `a renamed model keeps its sessions and its params, and can have its name back`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    let id = try await engine.start(bench.request(epochs: 100_000, name: "run")).request.id
    _ = try await engine.wait(for: id) { $0.step > 20 }
    #expect(throws: StorageError.self) { try engine.renameModel("tiny", to: "small") }
    try await engine.stopSession(id)
    try await released(id, bench)
    try engine.renameModel("tiny", to: "small")
    #expect(engine.models() == ["small"])
    #expect(try engine.model("tiny").name == "small")
    #expect(await engine.sessions(ofModel: "small").map(\.request.id) == [id])
    #expect(try Params.find("run@1", model: "small", in: bench.workspace).version.session == id)
    // What was asked for under the old name goes on under the new one.
    let branch = try await engine.branch(id, BranchRequest(name: "branch")).request
    #expect(branch.model == "small")
    try await engine.stopSession(branch.id)
    try await released(branch.id, bench)
    let made = try Params.find("branch", model: "small", in: bench.workspace)
    #expect(made.parent?.hasPrefix("run@") == true)
    #expect(try engine.undoModelChange().summary == "rename the model tiny to small")
    #expect(engine.models() == ["tiny"])
    #expect(try Params.find("branch", model: "tiny", in: bench.workspace).name == "branch")
    await engine.close()
  }
}
