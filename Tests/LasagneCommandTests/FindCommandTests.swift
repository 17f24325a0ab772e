import Foundation
import Records
import Storage
import Testing
import Training

/// Trials before a session, and what a recipe's options say of themselves.
@Suite(.serialized)
struct FindCommandTests {
  private func program() throws -> Program {
    let program = try Program()
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    return program
  }

  @Test func `learning rates are tried, drawn and suggested`() throws {
    let program = try program()
    defer { program.remove() }
    let arguments = [
      "find", "learning-rate", "tiny.yaml", "bars", "--update", "sgd", "--batch-size", "20",
      "--lowest", "1e-3", "--highest", "100", "--steps", "40", "--threads", "1",
    ]
    let json = try program.run(through: [], arguments + ["--json"])
    #expect(json.code == 0, "\(json.complaint)")
    let result = try RecordJSON.decode(
      LearningRateFinder.Result.self, from: Data(json.output.utf8))
    let suggestion = try #require(result.suggestion)
    #expect((1e-3...100).contains(suggestion) && (3...40).contains(result.points.count))
    let text = try program.run(through: [], arguments).output
    let lines = text.split(separator: "\n").map(String.init)
    let last = lines.last ?? ""
    #expect(last.hasPrefix("Suggestion: --learning-rate "))
    #expect(last.contains(", where the loss fell fastest in \(result.points.count) steps."))
    let rate = Double(last.split(separator: " ")[2].dropLast()) ?? 0
    #expect(abs(rate / suggestion - 1) < 0.05, "\(last)")
    // A title, ten rows, the mark, the rates, the suggestion.
    #expect(lines.count == 14, "\(text)")
    #expect(lines[11].trimmingCharacters(in: .whitespaces) == "▲")
    #expect(lines[12].contains(" 0.001 "))
    // Nothing stays.
    #expect(try program.run("params", "list", "--json").output.isEmpty)
    #expect(try program.run("models", "list", "--json").output.isEmpty)
  }

  @Test func `batch sizes are tried up to the samples there are`() throws {
    let program = try program()
    defer { program.remove() }
    let arguments = [
      "find", "batch-size", "tiny.yaml", "bars", "--smallest", "10", "--steps", "1",
      "--threads", "1",
    ]
    let json = try program.run(through: [], arguments + ["--json"])
    #expect(json.code == 0, "\(json.complaint)")
    let result = try RecordJSON.decode(BatchSizeFinder.Result.self, from: Data(json.output.utf8))
    #expect(result.points.map(\.batchSize) == [10, 20, 40, 80] && result.limit == .samples)
    let text = try program.run(through: [], arguments + ["--largest", "20"]).output
    #expect(text.contains("Suggestion: --batch-size "), "\(text)")
    #expect(text.contains("no larger size was asked for"), "\(text)")
  }

  @Test func `the names of a recipe are in the help, and a wrong one gets the closest`() throws {
    let program = try program()
    defer { program.remove() }
    let help = try program.run("train", "--help").output
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for name in ["warmUp", "oneCycle", "adamw", "lookahead", "ctcLoss", "smoothedCrossentropy"] {
      #expect(help.contains(name), "\(name)")
    }
    for (option, wrong, right) in [
      ("--schedule", "cosin", "cosine"), ("--schedule", "{warmup: {epochs: 1}}", "warmUp"),
      ("--update", "adm", "adam"), ("--objective", "squareError", "squaredError"),
      ("--set", "metrics=[acuracy]", "accuracy"),
    ] {
      let outcome = try program.run("train", "tiny.yaml", "bars", option, wrong)
      #expect(outcome.code == 2)
      #expect(outcome.complaint.contains("did you mean '\(right)'?"), "\(outcome.complaint)")
    }
    let refused = try program.run("find", "learning-rate", "tiny.yaml", "bars", "--lowest", "20")
    #expect(refused.code == 2)
    #expect(refused.complaint.contains("A trial takes at least 2 steps"), "\(refused.complaint)")
  }

  @Test func `training starts from what fits, and keeps the average beside the weights`() throws {
    let program = try program()
    defer { program.remove() }
    let first = try program.run(
      "train", "tiny.yaml", "bars", "--epochs", "2", "--batch-size", "10", "--name", "first",
      "--set", "average={exponential: {decay: 0.9}}", "--schedule",
      "{warmUp: {epochs: 1, then: cosine}}")
    #expect(first.code == 0, "\(first.complaint)")
    #expect(
      first.output.contains("The averaged weights are the params first-ema@1 of the model tiny."),
      "\(first.output)")
    let tree = try program.run("params", "tree", "tiny").output
    #expect(tree.contains("first-ema@1") && tree.contains("first@1"), "\(tree)")

    let wide = Program.model.replacing("name: tiny", with: "name: wide")
      .replacing("numUnits: 3", with: "numUnits: 4")
    try Data(wide.utf8).write(to: program.file("wide.yaml"))
    let arguments = [
      "train", "wide.yaml", "bars", "--epochs", "1", "--batch-size", "10", "--name", "second",
      "--params-model", "tiny",
    ]
    let nameless = try program.run(through: [], arguments)
    #expect(nameless.code == 2)
    #expect(nameless.complaint.contains("name them by --params"), "\(nameless.complaint)")
    let second = try program.run(through: [], arguments + ["--params", "first-ema"])
    #expect(second.code == 0, "\(second.complaint)")
    #expect(
      second.output.contains(
        "Weights from tiny first-ema@1: 2 loaded, 2 of another shape, 0 missing, 0 unexpected."),
      "\(second.output)")
    #expect(second.output.contains("The weights are the params second@1 of the model wide."))
    #expect(try program.run("show", "second").output.contains("from tiny first-ema@1: 2 loaded"))
    let again = try program.run("session", "reproduce", "second")
    #expect(again.output.contains("equal, bit for bit"), "\(again.output)\(again.complaint)")
  }
}
