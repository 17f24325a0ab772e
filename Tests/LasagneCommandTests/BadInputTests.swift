import Datasets
import Foundation
import Tensors
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

  @Test(arguments: [
    (["--recipe", "key.yaml"], "did you mean 'learningRate'?"),
    (["--recipe", "type.yaml"], "epochs must be a whole number"),
    (["--recipe", "broken.yaml"], "neither YAML nor JSON"),
    (["--recipe", "nothing.yaml"], "no recipe file 'nothing.yaml'"),
    (["--learning-rate", "-1"], "learningRate is -1.0"),
    (["--learning-rate", "nan"], "learningRate is nan"),
    (["--epochs", "0"], "epochs is 0"),
    (["--batch-size", "1000000000"], "only 90"),
    (["--threads", "0"], "--threads is 0"),
    (["--update", "adm"], "did you mean 'adam'?"),
    (["--params", "nothing"], "no params"),
  ])
  func `a recipe that cannot be carried out`(options: [String], fragment: String) throws {
    try expectRefusal(["train", "tiny.yaml", "bars", "--batch-size", "10"] + options, fragment) {
      try Data("learnRate: 0.1".utf8).write(to: $0.file("key.yaml"))
      try Data("epochs: many".utf8).write(to: $0.file("type.yaml"))
      try Data("epochs: [1".utf8).write(to: $0.file("broken.yaml"))
    }
  }

  @Test(arguments: [
    (["--params", "short.npz"], "holds 3 arrays"),
    (["--params", "shape.npz"], "'hidden.W' with shape [16, 9]"),
    (["--params", "nothing.npz"], "no file of weights"),
    (["--params", "./folder"], "is a folder"),
    (["--model", "./folder"], "is a folder"),
    (["--input", "nothing.npy"], "no input file"),
    (["--input", "folder"], "is a folder"),
    (["--input", "other.npy"], "needs an input of shape"),
    (["--output", "nowhere/y.npy"], "there is no folder"),
    (["--batch-size", "0"], "--batch-size is 0"),
    (["--device", "cuda:99"], "no device 'cuda:99'"),
  ])
  func `a prediction that cannot be made`(options: [String], fragment: String) throws {
    let arguments = [
      "predict", "--model", "tiny.yaml", "--params", "good.npz", "--input", "x.npy",
    ]
    try expectRefusal(arguments + options, fragment) { program in
      let shapes = [[16, 8], [8], [8, 3], [3]]
      func write(_ shapes: [[Int]], _ name: String) throws {
        let arrays = try shapes.map { shape in
          let values = [Float](repeating: 0, count: shape.reduce(1, *))
          return try HostArray(values, shape: shape)
        }
        try Npz.write(numbered: arrays, to: program.file(name))
      }
      try write(shapes, "good.npz")
      try write(Array(shapes.prefix(3)), "short.npz")
      try write([[16, 9]] + shapes.dropFirst(), "shape.npz")
      let other = try HostArray([Float](repeating: 0, count: 50), shape: [2, 5, 5])
      try Npy.write(other, to: program.file("other.npy"))
      try FileManager.default.createDirectory(
        at: program.file("folder"), withIntermediateDirectories: false)
    }
  }

  @Test func `a refused training leaves nothing behind`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "wrong", "x.npy", "wrong.npy")
    #expect(try program.run("train", "tiny.yaml", "wrong").code == 2)
    #expect(try program.run("models", "--json").output.isEmpty)
    #expect(try program.run("sessions", "--json").output.isEmpty)
  }

  @Test func `a name of data that is taken`() throws {
    try expectRefusal(["data", "add", "bars", "x.npy", "y.npy"], "already")
  }

  @Test func `a workspace that is a file`() throws {
    try expectRefusal(["sessions", "--workspace", "x.npy"], "is a file")
  }

  @Test func `a command nobody knows names the closest one`() throws {
    try expectRefusal(["sumary", "tiny.yaml"], "did you mean 'summary'?")
  }

  @Test func `one objective beside several`() throws {
    try expectRefusal(
      [
        "evaluate", "tiny.yaml", "bars", "--params", "p", "--objective", "squaredError",
        "--objectives", "{out: {weight: 1}}",
      ], "give one of them")
  }

  @Test func `an option nobody knows names the closest one`() throws {
    try expectRefusal(["train", "tiny.yaml", "bars", "--epoch", "3"], "--epochs")
  }

  @Test func `a session nobody knows`() throws {
    try expectRefusal(["show", "nothing"], "There is no session 'nothing'")
  }
}
