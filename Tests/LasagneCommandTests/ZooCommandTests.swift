import Foundation
import Lasagne
import Testing

/// `lasagne zoo` and `lasagne check-gradients` as real processes.
@Suite(.serialized)
struct ZooCommandTests {
  private struct Listed: Decodable {
    var name: String
    var parameters: Int
    var inputs: [String]
  }

  private struct Checked: Decodable {
    var isTraining: Bool
    var passes: Bool
  }

  private func lines<Record: Decodable>(_ type: Record.Type, _ text: String) throws -> [Record] {
    try text.split(separator: "\n").map {
      try JSONDecoder().decode(Record.self, from: Data($0.utf8))
    }
  }

  @Test func `the zoo is listed with inputs, sizes and arguments`() throws {
    let program = try Program()
    defer { program.remove() }
    let listed = try lines(Listed.self, program.run("zoo", "list", "--json").output)
    #expect(listed.map(\.name) == Zoo.entries.map(\.name))
    let lenet = try #require(listed.first { $0.name == "lenet" })
    #expect(lenet.parameters == 160_362 && lenet.inputs == ["1×28×28"])
    let table = try program.run("zoo").output
    #expect(table.contains("lasagne zoo write resnet --input 3x32x32 --depth 20"))
    #expect(try program.run("zoo", "list", "unet").output.contains("how often the image is halved"))
  }

  @Test func `a network is written with its arguments, and read by other commands`() throws {
    let program = try Program()
    defer { program.remove() }
    let arguments = ["lenet", "--input", "1x16x16", "--filters", "2,3", "--units=4"]
    let network = try Zoo.lenet(input: [1, 16, 16], filters: [2, 3], units: 4)
    let written = try program.run(
      through: [], ["zoo", "write"] + arguments + ["-o", "small.yaml"])
    #expect(written.code == 0, "\(written.complaint)")
    let text = try String(contentsOf: program.file("small.yaml"), encoding: .utf8)
    #expect(try Network(modelFile: text) == network)
    #expect(try program.run(through: [], ["zoo", "write"] + arguments).output == text)
    #expect(
      try program.run("zoo", "write", "mlp", "--input-dropout", "0.1", "-o", "m.json").code == 0)
    let json = try String(contentsOf: program.file("m.json"), encoding: .utf8)
    #expect(json.hasPrefix("{"))
    #expect(try Network(modelFile: json) == Zoo.mlp(inputDropout: 0.1))
    #expect(try program.run("summary", "small.yaml").output.contains("conv2"))
    #expect(try program.run("summary", "zoo:unet").output.contains("481,745 parameters"))
  }

  @Test func `gradients are checked in both modes, and the exit code tells the result`() throws {
    let program = try Program()
    defer { program.remove() }
    let passed = try program.run("check-gradients", "tiny.yaml")
    #expect(passed.code == 0, "\(passed.complaint)")
    #expect(passed.output.contains("hidden.W"))
    #expect(passed.output.contains("tiny in training mode: the gradients of 5 tensors agree"))
    let reports = try lines(
      Checked.self, program.run("check-gradients", "tiny.yaml", "--json").output)
    #expect(reports.map(\.isTraining) == [false, true])
    #expect(reports.map(\.passes) == [true, true])
    // No two computations agree as closely as this.
    let failed = try program.run(
      "check-gradients", "tiny.yaml", "--training", "--tolerance", "1e-300")
    #expect(failed.code == 1)
    #expect(failed.output.contains("DIFFERS"))
    #expect(!failed.output.contains("deterministic mode"))
  }

  @Test(arguments: [
    (["zoo", "write", "lenett"], "did you mean 'lenet'?"),
    (["zoo", "write", "lenet", "--clases", "3"], "did you mean 'classes'?"),
    (["zoo", "write", "lenet", "--classes"], "has no value"),
    (["zoo", "write", "lenet", "classes=3"], "is no argument of a network"),
    (["zoo", "write", "lenet", "--units", "3", "--units", "4"], "is given twice"),
    (["zoo", "write", "vgg", "--depth", "12"], "a depth of 11, 13, 16 or 19"),
    (["zoo", "write", "lenet", "-o", "lenet.txt"], "end it in .yaml or .json"),
    (["zoo", "write", "lenet", "-o", "tiny.yaml"], "is there already"),
    (["zoo", "write", "lenet", "-o", "nowhere/lenet.yaml"], "there is no folder"),
    (["summary", "zoo:lennet"], "did you mean 'lenet'?"),
    (["summary", "lenet"], "did you mean 'zoo:lenet'?"),
    (["check-gradients", "nothing.yaml"], "no model file 'nothing.yaml'"),
    (["check-gradients", "tiny.yaml", "--batch", "0"], "--batch is 0"),
    (["check-gradients", "tiny.yaml", "--tolerance", "-1"], "--tolerance is -1.0"),
  ])
  func `wrong requests are refused in one sentence`(arguments: [String], fragment: String) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program.run(through: [], arguments)
    #expect(outcome.code == 2)
    #expect(outcome.complaint.contains(fragment), "\(outcome.complaint)")
    #expect(outcome.complaint.split(separator: "\n").count == 1, "\(outcome.complaint)")
    #expect(try String(contentsOf: program.file("tiny.yaml"), encoding: .utf8) == Program.model)
  }
}
