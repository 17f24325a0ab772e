import Foundation
import Records
import Testing

/// A language model from a text file to written text, by commands alone.
@Suite struct TextCommandTests {
  /// A network that can count up to the length of a word: the text repeats.
  private static let model = """
    lasagne: 1
    name: writer
    layers:
      - {name: text, type: InputLayer, shape: [null, null]}
      - {name: embedding, type: EmbeddingLayer, inputSize: 7, outputSize: 8}
      - {name: memory, type: GRULayer, numUnits: 24}
      - {name: next, type: DenseLayer, numUnits: 7, nonlinearity: softmax, numLeadingAxes: 2}
    output: next
    """

  private func program() throws -> Program {
    let program = try Program()
    try Data(Self.model.utf8).write(to: program.file("writer.yaml"))
    try Data(String(repeating: "one two\n", count: 120).utf8).write(to: program.file("t.txt"))
    return program
  }

  private func record(_ outcome: Program.Outcome) throws -> JSONValue {
    try JSONDecoder().decode(
      JSONValue.self, from: Data(try #require(outcome.output.split(separator: "\n").last).utf8))
  }

  @Test func `a text is added, learned, measured, continued and shown`() throws {
    let program = try program()
    defer { program.remove() }
    let added = try program.run("data", "add", "words", "t.txt", "--text", "--window", "16")
    #expect(added.code == 0, "\(added.complaint)")
    let train = try program.run(
      "train", "writer.yaml", "words", "--name", "writer", "--save", "writer", "--epochs", "60",
      "--batch-size", "9", "--update", "adam", "--learning-rate", "0.02", "--set",
      "metrics=[perplexity, confusion]")
    #expect(train.code == 0, "\(train.complaint)")

    let measured = try program.run(
      "evaluate", "writer", "words", "--params", "writer", "--metrics", "perplexity", "--json")
    #expect(measured.code == 0, "\(measured.complaint)")
    let values = try #require(try record(measured)["values"])
    let (loss, perplexity) = (values["loss"]?.number, values["perplexity"]?.number)
    #expect(abs(exp(try #require(loss)) - (try #require(perplexity))) < 1e-6)
    // What follows is certain but for the first characters of a row.
    #expect(try #require(perplexity) < 1.5)

    let written = try program.run(
      "generate", "writer", "words", "--params", "writer", "--start", "one t", "--length", "18",
      "--temperature", "0")
    #expect(written.output == "one two\none two\none two\n", "\(written.complaint)")
    let json = try program.run(
      "generate", "writer", "words", "--params", "writer", "--length", "4", "--temperature", "0",
      "--json")
    #expect(try record(json)["text"]?.string == "one ")

    let samples = try program.run("data", "samples", "words", "--count", "1")
    #expect(samples.output.contains("one two⏎one two⏎"))
    let shown = try program.run("data", "show", "words")
    #expect(shown.output.contains("classes: ⏎, ␣, e, n, o, t, w"))
    let confusion = try program.run("look", "confusion", "writer")
    #expect(confusion.code != 0 && confusion.complaint.contains("have no classes"))
    let report = try program.run("report", "writer", "-o", "report.html")
    #expect(report.code == 0, "\(report.complaint)")

    let predicted = try program.run(
      "predict", "--model", "writer", "--params", "writer", "--input",
      program.workspace.appending(path: "data/words/testInputs.npy").path)
    #expect(predicted.output.contains("class of each step"), "\(predicted.complaint)")
  }

  @Test func `wrong requests are refused in one sentence`() throws {
    let program = try program()
    defer { program.remove() }
    _ = try program.run("data", "add", "words", "t.txt", "--text", "--window", "16")
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    _ = try program.run(
      "train", "writer.yaml", "words", "--name", "writer", "--save", "writer", "--epochs", "1",
      "--batch-size", "9")
    #expect(
      try program.refusal("data", "add", "w", "t.txt", "--window", "16").contains(
        "--window and --test-fraction cut texts; add --text."))
    #expect(
      try program.refusal("data", "add", "w", "t.txt", "y.npy", "--text").contains(
        "A text has its targets in itself; leave them out."))
    #expect(
      try program.refusal("generate", "writer", "words", "--params", "writer", "--start", "x")
        == "lasagne: The start has the character 'x', which is not among the 7 of the data 'words'; "
        + "write it with others.")
    #expect(
      try program.refusal("generate", "writer", "words", "--params", "writer", "--start", "")
        == "lasagne: The start is empty; give at least one character, or leave it out.")
    try Data("another text".utf8).write(to: program.file("other.txt"))
    _ = try program.run("data", "add", "other", "other.txt", "--text", "--window", "2")
    #expect(
      try program.refusal("generate", "writer", "other", "--params", "writer")
        == "lasagne: The network 'writer' knows 7 characters, but the data 'other' have 9; name the "
        + "data it learned from.")
    #expect(
      try program.refusal(
        "evaluate", "writer", "words", "--params", "writer", "--objective", "multiclassHingeLoss",
        "--metrics", "perplexity"
      ).contains("is the exponential of categoricalCrossentropy"))
  }
}
