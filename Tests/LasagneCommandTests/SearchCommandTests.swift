import Foundation
import Testing

/// `lasagne search` as a real process.
@Suite(.serialized)
struct SearchCommandTests {
  private struct Shown: Decodable {
    struct Result: Decodable {
      var number: Int
      var values: [String: Double]
      var state: String?
      var value: Double?
      var isBest: Bool
    }
    struct Decision: Decodable {
      var survivors: [Int]
    }
    var state: String
    var results: [Result]
    var decisions: [Decision]
  }

  private func shown(_ text: String) throws -> Shown {
    let last = try #require(text.split(separator: "\n").last)
    return try JSONDecoder().decode(Shown.self, from: Data(last.utf8))
  }

  private let common = ["--batch-size", "10", "--set", "observeEverySteps=0"]

  @Test func `a search is started, listed and shown with its best`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let start = [
      "search", "start", "rates", "tiny.yaml", "bars", "--epochs", "4", "--halving", "--over",
      "learningRate=0.00001,0.3,0.0001", "--over", "hidden.numUnits=int:4..6/3",
    ]
    let outcome = try program.run(through: [], start + common)
    #expect(outcome.code == 0, "\(outcome.complaint)")
    #expect(outcome.output.contains("After 1 epoch 3 of 9 go on."))
    #expect(outcome.output.contains("After 3 epochs 1 of 3 go on."))
    #expect(outcome.output.contains("* The best has valid/loss"))
    let listed = try program.run("search", "list").output
    #expect(listed.contains("rates") && listed.contains("finished"))

    let record = try shown(try program.run("search", "show", "rates", "--json").output)
    #expect(record.state == "finished")
    #expect(record.results.map(\.isBest) == [true] + Array(repeating: false, count: 8))
    #expect(record.results.count { $0.state == "finished" } == 1)
    #expect(record.results.first?.values["learningRate"] == 0.3)
    #expect(Set(record.results.map { $0.values["hidden.numUnits"] }) == [4, 5, 6])
    #expect(record.decisions.map(\.survivors.count) == [3, 1])
    let values = record.results.compactMap(\.value)
    #expect(values.count == 9 && values == values.sorted())
    let table = try program.run("search", "show", "rates").output
    #expect(table.split(separator: "\n").filter { $0.hasPrefix("*") }.count == 2)
    // The sessions are sessions as any other.
    #expect(try program.run("sessions").output.contains("rates-9"))
    #expect(try program.run("search", "resume", "rates").code == 2)
    #expect(try program.run("search", "stop", "rates").code == 2)
  }

  @Test func `random values of a ready network are tried, and JSON is one record`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let start = [
      "search", "start", "zoo", "zoo:mlp", "bars", "--epochs", "1", "--trials", "2",
      "--search-seed", "5", "--over", #"input=["1x4x4"]"#, "--over", "classes=3", "--over",
      "hidden=[[4],[5,6]]", "--over", "learningRate=log:0.001..0.1", "--json",
    ]
    let outcome = try program.run(through: [], start + common)
    #expect(outcome.code == 0, "\(outcome.complaint)")
    #expect(outcome.output.split(separator: "\n").count == 1)
    #expect(outcome.output.contains(#""state":"finished""#))
    #expect(try program.run("models", "list").output.contains("zoo-net-"))
  }

  @Test(arguments: [
    (["--over", "learningRate"], "write field=values"),
    (["--over", "learningRate=log:1"], "cannot be read"),
    (["--over", "learningRate=0..1"], "number of points"),
    (["--over", "learningRate=0..1/x"], "cannot be read"),
    (["--over", "learningRate=[1"], "no JSON list"),
    (["--over", "learningRate=1", "--over", "learningRate=2"], "given twice"),
    (["--over", "learningRte=1"], "did you mean 'learningRate'"),
    (["--over", "learningRate=1", "--search-seed", "1"], "no seed"),
    (["--over", "learningRate=1", "--reduction", "2"], "belong to --halving"),
    (["--over", "learningRate=1", "--goal", "up"], "lower or higher"),
    ([], "nothing to try"),
  ])
  func `a search that makes no sense ends with code 2 and one sentence`(
    _ arguments: [String], _ phrase: String
  ) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let outcome = try program.run(
      through: [], ["search", "start", "s", "tiny.yaml", "bars"] + common + arguments)
    #expect(outcome.code == 2)
    #expect(outcome.complaint.contains(phrase), "\(outcome.complaint)")
    #expect(outcome.complaint.split(separator: "\n").count == 1)
    #expect(try program.run("search", "list").output.contains("No searches yet"))
    #expect(!(try program.run("models", "list").output.contains("tiny")))
  }
}
