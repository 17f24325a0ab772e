import Foundation
import Records
import Testing

/// Every command that shows something shows it as records, too.
@Suite struct ReadingCommandTests {
  @Test func `with --json each line is a record, and nothing else is printed`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    for name in ["first", "second"] {
      let train = try program.run(
        "train", "tiny.yaml", "bars", "--name", name, "--save", name, "--epochs", "2",
        "--batch-size", "10")
      #expect(train.code == 0, "\(train.complaint)")
    }
    let commands = [
      ["sessions"], ["show", "first"], ["show", "first", "--metrics"], ["session", "log", "first"],
      ["session", "watch", "first"], ["top"], ["plot", "first", "second"], ["doctor"],
      ["summary", "tiny.yaml"], ["summary", "tiny.yaml", "--capacity"],
      ["look", "confusion", "first"], ["look", "cases", "first", "--label", "1"],
      ["look", "sample", "first", "0"], ["look", "projection", "first", "hidden"],
      ["look", "strongest", "first", "hidden"], ["data", "statistics", "bars"],
      ["data", "samples", "bars"], ["check-gradients", "tiny.yaml"], ["zoo", "list"],
      ["data", "list"], ["data", "show", "bars"], ["models", "list"], ["models", "show", "tiny"],
      ["params", "list"], ["params", "tree"], ["params", "show", "tiny", "first"],
      ["params", "diff", "tiny", "first", "second"],
      ["evaluate", "tiny", "bars", "--params", "first"],
    ]
    for command in commands {
      let outcome = try program.run(through: [], command + ["--json"])
      // Doctor says with its code whether something is wrong with the machine.
      #expect(outcome.code == 0 || command == ["doctor"], "\(command): \(outcome.complaint)")
      let lines = outcome.output.split(separator: "\n")
      #expect(!lines.isEmpty, "\(command) printed nothing.")
      for line in lines {
        let record = try? JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
        guard case .object = record else {
          Issue.record("\(command) printed a line that is no record: \(line.prefix(200))")
          continue
        }
      }
    }
  }
}
