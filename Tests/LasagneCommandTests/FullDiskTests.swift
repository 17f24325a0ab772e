import Datasets
import Foundation
import Records
import Storage
import Tensors
import Testing

/// A limit on the size of files stands in for a disk without room: writes fail in the same way.
@Suite(.serialized)
struct FullDiskTests {
  /// Runs the program in a shell that lets no file grow beyond so many blocks of 512 or 1024 bytes.
  private func run(_ program: Program, blocks: Int, _ arguments: String...) throws
    -> Program.Outcome
  {
    try program.run(
      through: ["/bin/sh", "-c", "ulimit -f \(blocks); exec \"$0\" \"$@\""], arguments)
  }

  private func withLargeArrays(_ body: (Program) throws -> Void) throws {
    let program = try Program()
    defer { program.remove() }
    let values = [Float](repeating: 0, count: 64_000)
    try Npy.write(HostArray(values, shape: [4000, 1, 4, 4]), to: program.file("large.npy"))
    let labels = (0..<4000).map { Int64($0 % 3) }
    try Npy.write(HostArray(labels, shape: [4000]), to: program.file("labels.npy"))
    try body(program)
  }

  @Test func `data that do not fit on the disk leave nothing behind`() throws {
    try withLargeArrays { program in
      let outcome = try run(program, blocks: 8, "data", "add", "large", "large.npy", "labels.npy")
      #expect(outcome.code == 1)
      #expect(outcome.complaint.contains("free some space"), "\(outcome.complaint)")
      #expect(outcome.complaint.split(separator: "\n").count == 1)
      #expect(try program.run("data", "list", "--json").output.isEmpty)
      #expect(try program.run("data", "add", "large", "large.npy", "labels.npy").code == 0)
    }
  }

  @Test func `outputs that do not fit on the disk leave no half file`() throws {
    try withLargeArrays { program in
      let shapes = [[16, 8], [8], [8, 3], [3]]
      let arrays = try shapes.map { shape in
        let values = [Float](repeating: 0, count: shape.reduce(1, *))
        return try HostArray(values, shape: shape)
      }
      try Npz.write(numbered: arrays, to: program.file("good.npz"))
      let outcome = try run(
        program, blocks: 8, "predict", "--model", "tiny.yaml", "--params", "good.npz", "--input",
        "large.npy", "--output", "out.npy")
      #expect(outcome.code == 1)
      #expect(outcome.complaint.contains("out.npy: cannot be written"), "\(outcome.complaint)")
      #expect(!FileManager.default.fileExists(atPath: program.file("out.npy").path))
    }
  }

  @Test func `a session whose disk fills says so and keeps what it measured`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let outcome = try run(
      program, blocks: 200, "train", "tiny.yaml", "bars", "--epochs", "100000", "--batch-size",
      "10", "--name", "filler")
    #expect(outcome.code == 1)
    #expect(outcome.complaint.split(separator: "\n").count == 1, "\(outcome.complaint)")
    let record = try #require(try program.session { $0.state == .paused })
    #expect(record.message?.isEmpty == false)
    #expect((record.checkpointStep ?? 0) > 0)
    let points = try program.run("show", "filler", "--metrics", "--json").output
    #expect(points.split(separator: "\n").count > 10)
  }
}
