import Foundation
import Records
import Testing

/// `lasagne plot` and `lasagne report` on a session that was trained for it.
@Suite struct DisplayCommandTests {
  @Test func `one session becomes a drawing, a picture, a table and a report`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let name = "</script><img src=x onerror=alert(1)>"
    let train = try program.run(
      "train", "tiny.yaml", "bars", "--name", name, "--save", "safe", "--epochs", "3",
      "--batch-size", "10")
    #expect(train.code == 0, "\(train.complaint)")

    let drawn = try program.run("plot", name, "train/*oss")
    #expect(drawn.code == 0, "\(drawn.complaint)")
    #expect(drawn.output.contains("┤") && drawn.output.contains("train/loss"))
    #expect(!drawn.output.contains("\u{1b}"))
    let records = try program.run("plot", "--json", "--x", "epoch", "--smooth", "0.5")
    let first = try #require(records.output.split(separator: "\n").first)
    let record = try JSONDecoder().decode(JSONValue.self, from: Data(first.utf8))
    #expect(record["metric"]?.string == "train/loss" && record["name"]?.string == name)

    for file in ["loss.svg", "loss.png", "loss.csv"] {
      let written = try program.run("plot", "train/loss", "valid/*", "-o", file, "--log")
      #expect(written.code == 0, "\(written.complaint)")
    }
    let table = try String(contentsOf: program.file("loss.csv"), encoding: .utf8)
    let shown = try program.run("show", name, "--metrics", "--metric", "train/loss", "--json")
    let points = shown.output.split(separator: "\n").count
    #expect(points > 0)
    #expect(table.split(separator: "\r\n").count { $0.contains(",train/loss,") } == points)
    let picture = try Data(contentsOf: program.file("loss.png"))
    #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))

    let reported = try program.run("report", "-o", "report.html")
    #expect(reported.code == 0, "\(reported.complaint)")
    let page = try String(contentsOf: program.file("report.html"), encoding: .utf8)
    #expect(!page.contains("<img src=x") && page.contains("&lt;img src=x"))
    let state = try #require(try program.session { $0.state == .finished })
    let accuracy = try #require(state.latest["valid/accuracy"])
    #expect(page.contains("data-newest=\"\(accuracy)\""))
  }

  @Test func `what cannot be drawn is said in a sentence`() throws {
    let program = try Program()
    defer { program.remove() }
    _ = try program.run("data", "add", "bars", "x.npy", "y.npy")
    let empty = try program.run("plot", "train/loss")
    #expect(empty.code == 2)
    #expect(empty.complaint.contains("There is no session yet"), "\(empty.complaint)")
    let kind = try program.run("plot", "-o", "loss.gif")
    #expect(kind.code == 2)
    #expect(kind.complaint.contains("use .svg, .png or .csv"), "\(kind.complaint)")
    let weight = try program.run("plot", "--smooth", "1")
    #expect(weight.code == 2)
    let report = try program.run("report", "-o", "nowhere/report.html")
    #expect(report.code == 2)
    #expect(report.complaint.contains("there is no folder"), "\(report.complaint)")
  }
}
