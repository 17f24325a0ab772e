import Foundation
import Storage
import Testing

/// `lasagne reindex` as a person uses it.
@Suite(.serialized)
struct ReindexTests {
  private func trained() throws -> Program {
    let program = try Program()
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let training = try program.run(
      "train", "tiny.yaml", "bars", "--epochs", "2", "--batch-size", "10", "--name", "short")
    #expect(training.code == 0, "\(training.complaint)")
    return program
  }

  @Test func `an index that is damaged is named, made again and used`() throws {
    let program = try trained()
    defer { program.remove() }
    let index = program.workspace.appendingPathComponent("index.sqlite")
    let before = try program.run("show", "short").output
    for suffix in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: index.path + suffix)
    }
    try Data(repeating: 7, count: 8192).write(to: index)
    let refusal = try program.run(
      "train", "tiny.yaml", "bars", "--epochs", "1", "--batch-size", "10")
    #expect(refusal.code == 1)
    #expect(refusal.complaint.contains("lasagne reindex"), "\(refusal.complaint)")
    let doctor = try program.run("doctor")
    #expect(doctor.code == 1 && doctor.output.contains("lasagne reindex"), "\(doctor.output)")

    let made = try program.run("reindex")
    #expect(made.code == 0, "\(made.complaint)")
    #expect(made.output.hasPrefix("Indexed 1 session: "), "\(made.output)")
    #expect(try program.run("show", "short").output == before)
    #expect(try program.run("doctor").output.contains(" points"))
    let next = try program.run("train", "tiny.yaml", "bars", "--epochs", "1", "--batch-size", "10")
    #expect(next.code == 0, "\(next.complaint)")
  }

  @Test func `the contents are one record, with a warning for what cannot be read`() throws {
    let program = try trained()
    defer { program.remove() }
    let sessions = program.workspace.appendingPathComponent("sessions")
    let broken = sessions.appendingPathComponent(String(repeating: "a", count: 26))
    try FileManager.default.createDirectory(at: broken, withIntermediateDirectories: false)
    try Data("{".utf8).write(to: broken.appendingPathComponent("session.json"))
    let made = try program.run("reindex", "--json")
    #expect(made.code == 0, "\(made.complaint)")
    #expect(made.output.split(separator: "\n").count == 1)
    let contents = try RecordJSON.decode(IndexContents.self, from: Data(made.output.utf8))
    let workspace = try Workspace.open(at: program.workspace)
    let journal = try SeriesReader(#require(workspace.sessions().first))
    #expect(contents.sessions == 1)
    #expect(contents.series == journal.keys.count)
    #expect(contents.points == journal.points.values.reduce(0) { $0 + $1.count })
    #expect(contents.warnings.count == 1)
    #expect(contents.warnings.first?.contains("left out") == true)
  }

  @Test func `while an engine has the workspace it is refused, and changes nothing`() throws {
    let program = try trained()
    defer { program.remove() }
    let workspace = try Workspace.open(at: program.workspace)
    let lock = try workspace.lockEngine(purpose: "serve")
    let before = try Data(contentsOf: workspace.indexURL)
    let refusal = try program.run("reindex")
    #expect(refusal.code == 2)
    #expect(refusal.complaint.contains("lasagne serve"), "\(refusal.complaint)")
    #expect(refusal.complaint.split(separator: "\n").count == 1)
    #expect(try Data(contentsOf: workspace.indexURL) == before)
    withExtendedLifetime(lock) {}
  }
}
