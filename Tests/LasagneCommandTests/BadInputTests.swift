import Foundation
import Testing

/// Requests that are wrong: one sentence on standard error, exit code 2.
@Suite(.serialized)
struct BadInputTests {
  private func expectRefusal(
    _ arguments: [String], _ fragment: String, prepare: (Program) throws -> Void = { _ in }
  ) throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    try prepare(program)
    let output = program.file("refusal.txt")
    let process = try program.start(arguments, output: output)
    process.waitUntilExit()
    let complaint = try String(contentsOf: output.appendingPathExtension("err"), encoding: .utf8)
    #expect(process.terminationStatus == 2, "\(complaint)")
    #expect(complaint.contains(fragment), "\(complaint)")
    #expect(complaint.split(separator: "\n").count == 1, "\(complaint)")
  }

  @Test func `a model file that is not there`() throws {
    try expectRefusal(["train", "lenet.yaml", "bars"], "no model file 'lenet.yaml'")
  }

  @Test func `data that are not there`() throws {
    try expectRefusal(["train", "tiny.yaml", "bar"], "did you mean 'bars'?")
  }

  @Test func `a layer nobody knows names the closest one`() throws {
    try expectRefusal(["summary", "wrong.yaml"], "'DenseLayer'") { program in
      let text = Program.model.replacing("DenseLayer, numUnits: 8", with: "DenzeLayer, numUnits: 8")
      try Data(text.utf8).write(to: program.file("wrong.yaml"))
    }
  }

  @Test func `inputs of another shape`() throws {
    try expectRefusal(["train", "other.yaml", "bars"], "takes 1×5×5") { program in
      let text = Program.model.replacing("[null, 1, 4, 4]", with: "[null, 1, 5, 5]")
      try Data(text.utf8).write(to: program.file("other.yaml"))
    }
  }

  @Test func `labels beyond the classes`() throws {
    try expectRefusal(["train", "tiny.yaml", "wrong"], "has 3 classes, 0 to 2") { program in
      _ = try program.run("data", "add", "wrong", "x.npy", "wrong.npy")
    }
  }

  @Test func `a truncated archive of weights`() throws {
    let arguments = ["predict", "--model", "tiny.yaml", "--params", "cut.npz", "--input", "x.npy"]
    try expectRefusal(arguments, "cut.npz") { program in
      try Data([0x50, 0x4b, 3, 4, 0, 0]).write(to: program.file("cut.npz"))
    }
  }

  @Test func `an option nobody knows names the closest one`() throws {
    try expectRefusal(["train", "tiny.yaml", "bars", "--epoch", "3"], "--epochs")
  }

  @Test func `a session nobody knows`() throws {
    try expectRefusal(["show", "nothing"], "There is no session 'nothing'")
  }
}
