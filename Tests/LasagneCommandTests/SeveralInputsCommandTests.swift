import Datasets
import Foundation
import Records
import Tensors
import Testing

/// A network with two inputs, by commands alone.
@Suite struct SeveralInputsCommandTests {
  private static let model = """
    lasagne: 1
    name: pair
    layers:
      - {name: picture, type: InputLayer, shape: [null, 1, 4, 4]}
      - {name: hint, type: InputLayer, shape: [null, 3]}
      - {name: pixels, type: FlattenLayer, incoming: picture}
      - {name: both, type: ConcatLayer, incomings: [pixels, hint]}
      - {name: hidden, type: DenseLayer, numUnits: 8}
      - {name: out, type: DenseLayer, numUnits: 3, nonlinearity: softmax}
    output: out
    """

  private func program() throws -> Program {
    let program = try Program()
    try Data(Self.model.utf8).write(to: program.file("pair.yaml"))
    // The class itself, which the pictures only resemble.
    var hints = [Float](repeating: 0, count: 270)
    for row in 0..<90 { hints[3 * row + row % 3] = 1 }
    try Npy.write(HostArray(hints, shape: [90, 3]), to: program.file("hint.npy"))
    return program
  }

  @Test func `arrays are added by name, learned, measured and predicted from`() throws {
    let program = try program()
    defer { program.remove() }
    let added = try program.run(
      "data", "add", "pairs", "x.npy", "y.npy", "--test-inputs", "x.npy", "--test-targets", "y.npy",
      "--array", "hint=hint.npy", "--array", "testHint=hint.npy")
    #expect(added.code == 0, "\(added.complaint)")
    #expect(added.output.contains("hint 90×3 float32"), "\(added.output)")
    let train = try program.run(
      "train", "pair.yaml", "pairs", "--name", "pair", "--save", "pair", "--epochs", "20",
      "--batch-size", "10", "--update", "adam", "--learning-rate", "0.02")
    #expect(train.code == 0, "\(train.complaint)")
    let measured = try program.run(
      "evaluate", "pair", "pairs", "--params", "pair", "--json")
    #expect(measured.code == 0, "\(measured.complaint)")
    for line in measured.output.split(separator: "\n") {
      let record = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
      #expect(record["values"]?["accuracy"]?.number == 1)
    }
    let pictures = try Npy.read(program.file("x.npy")).converted(to: .float32)
    let scaled = try HostArray(
      pictures.values(as: Float.self).map { $0 / 256 }, shape: [90, 1, 4, 4])
    try Npz.write(
      [("picture", scaled), ("hint", try Npy.read(program.file("hint.npy")))],
      to: program.file("given.npz"))
    let predicted = try program.run(
      "predict", "--model", "pair", "--params", "pair", "--input", "given.npz", "--json")
    let classes = try predicted.output.split(separator: "\n").map { line in
      try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))["best"]?.number
    }
    #expect(classes == (0..<90).map { Double($0 % 3) }, "\(predicted.complaint)")
    let look = try program.run("look", "confusion", "pair")
    #expect(look.complaint.contains("has the inputs picture, hint; only samples of one input"))
  }

  @Test func `wrong arrays are refused in one sentence`() throws {
    let program = try program()
    defer { program.remove() }
    #expect(
      try program.refusal("data", "add", "p", "x.npy", "y.npy", "--array", "hint")
        == "lasagne: 'hint' names no array; write --array name=file, once for each name.")
    #expect(
      try program.refusal("data", "add", "p", "x.npy", "--array", "hint=hint.npy")
        == "lasagne: --array adds to .npy files with inputs and targets; name the targets too, or put "
        + "all arrays into an .npz file by their names.")
    try Npy.write(
      HostArray([Float](repeating: 0, count: 6), shape: [2, 3]), to: program.file("s.npy"))
    #expect(
      try program.refusal("data", "add", "p", "x.npy", "y.npy", "--array", "hint=s.npy")
        == "lasagne: p: has 90 inputs but 2 hint, expected as many")
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    #expect(
      try program.refusal("train", "pair.yaml", "bars")
        == "lasagne: The network 'pair' has the inputs picture, hint, of which the first takes the "
        + "inputs of the data, and the data have no array 'hint' for 'hint'; add them with one of this "
        + "name.")
  }
}
