import Foundation
import Records
import Storage
import Testing

/// Sessions that the server starts from weights of which only a part fits.
@Suite(.serialized)
struct ServedPartialStartTests {
  @Test func `the server takes the part of the weights that the command takes`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    #expect(
      try program.run(
        "train", "tiny.yaml", "bars", "--name", "base", "--epochs", "1", "--batch-size", "30",
        "--threads", "1"
      ).code == 0)
    let wide = Program.model.replacing("numUnits: 3", with: "numUnits: 4")
      .replacing("name: tiny", with: "name: wide")
    try Data(wide.utf8).write(to: program.file("wide.yaml"))
    #expect(try program.run("models", "add", "wide.yaml").code == 0)
    let served = try ServedProgram(program)
    defer { served.stop() }
    func start(_ members: String) throws -> (status: Int, text: String) {
      let answer = try served.ask(
        "/api/v1/sessions",
        body: """
          {"model": "wide", "data": "bars", "threads": 1,
           "recipe": {"epochs": 1, "batchSize": 30}, \(members)}
          """)
      return (answer.status, answer.text)
    }

    let answer = try start(
      #""startParams": "base", "partial": {"model": "tiny", "only": ["hidden*"]}"#)
    #expect(answer.status == 201, "\(answer.text)")
    let record = try RecordJSON.decode(SessionRecord.self, from: Data(answer.text.utf8))
    let outcome = try program.run(
      "session", "start", "wide", "bars", "--params", "base", "--params-model", "tiny", "--only",
      "hidden*", "--epochs", "1", "--batch-size", "30", "--threads", "1", "--json")
    #expect(outcome.code == 0, "\(outcome.complaint)")
    let asked = try RecordJSON.decode(SessionRecord.self, from: Data(outcome.output.utf8))
    let report = try #require(record.request.loaded)
    #expect(report.loaded.map(\.parameter) == ["hidden.W", "hidden.b"])
    #expect(report.skipped.sorted() == ["out.W", "out.b"])
    #expect(report == asked.request.loaded)

    for (members, sentence) in [
      (#""partial": {}"#, "name params"),
      (#""startParams": "base", "partial": {"model": "tiny", "only": ["x*"]}"#, "Nothing of"),
      (#""startParams": "base", "partial": {"only": [""]}"#, "partial.only"),
      (
        #""startParams": "base", "partial": {"map": ["#
          + Array(repeating: #""a=b""#, count: 101).joined(separator: ", ") + "]}", "partial.map"
      ),
    ] {
      let refusal = try start(members)
      #expect([400, 404, 422].contains(refusal.status), "\(members): \(refusal.text)")
      #expect(refusal.text.contains(sentence), "\(members): \(refusal.text)")
    }
  }
}
