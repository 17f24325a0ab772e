import Foundation
import Records
import Storage
import Testing

/// What the command line shows of a session that goes on after an earlier attempt.
@Suite(.serialized)
struct ResumeDisplayTests {
  /// A session that was stopped, and would have gone on for long.
  private func stopped() throws -> (Program, SessionRecord) {
    let program = try Program()
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let training = try program.start([
      "train", "tiny.yaml", "bars", "--name", "long", "--epochs", "100000", "--batch-size", "10",
      "--threads", "1",
    ])
    _ = try #require(try program.session { $0.state == .running && $0.step > 20 })
    #expect(try program.run("session", "stop", "long").code == 0)
    training.waitUntilExit()
    let record = try #require(try program.session { $0.state == .stopped })
    return (program, record)
  }

  /// Lets a session that goes on come to its end soon.
  private func finish(_ program: Program, after step: Int) throws {
    let record = try #require(
      try program.session { $0.state == .running && $0.step > step && $0.attempt == 2 })
    let epochs = record.step / 9 + 300
    #expect(try program.run("session", "set", "long", "epochs=\(epochs)").code == 0)
  }

  private func check(_ output: URL, _ before: SessionRecord) throws {
    let text = try String(contentsOf: output, encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(!text.contains("Stopped"), "\(text)")
    #expect(lines.filter { $0.hasPrefix("Finished at step") }.count == 1, "\(text)")
    #expect(lines.filter { $0.contains("The weights are the params") }.count == 1, "\(text)")
    #expect(!lines.contains { $0.hasPrefix("epoch 1/") }, "\(text)")
    let first = before.step / 9 + 1
    #expect(lines.contains { $0.hasPrefix("epoch \(first + 1)/") }, "\(first): \(text)")
  }

  @Test func `resume shows the new attempt only`() throws {
    let (program, before) = try stopped()
    defer { program.remove() }
    let output = program.file("resumed.txt")
    let process = try program.start(["session", "resume", "long"], output: output)
    try finish(program, after: before.step)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try check(output, before)
  }

  @Test func `watch shows a session that waits to go on as that, and not as stopped`() throws {
    let (program, before) = try stopped()
    defer { program.remove() }
    let serving = try program.start(["serve", "--port", "0"])
    defer {
      serving.interrupt()
      serving.waitUntilExit()
    }
    #expect(try program.wait { try program.run("devices").code == 0 })
    // Nothing is free, so the session has to wait.
    let cores = "\(ProcessInfo.processInfo.activeProcessorCount)"
    #expect(
      try program.run(
        "session", "start", "tiny.yaml", "bars", "--name", "other", "--epochs", "100000",
        "--batch-size", "10", "--threads", cores
      ).code == 0)
    #expect(try program.run("session", "resume", "long").code == 0)
    let output = program.file("watched.txt")
    let process = try program.start(["session", "watch", "long"], output: output)
    #expect(try program.wait { try Data(contentsOf: output).count > 0 })
    #expect(process.isRunning)
    #expect(try program.run("session", "stop", "other").code == 0)
    let workspace = try Workspace.open(at: program.workspace)
    let folder = try workspace.session(before.request.id)
    #expect(
      try program.wait {
        let record = try folder.record()
        return record.state == .running && record.attempt == 2 && record.step > before.step
      })
    let epochs = try folder.record().step / 9 + 300
    #expect(try program.run("session", "set", "long", "epochs=\(epochs)").code == 0)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try check(output, before)
  }
}
