import Foundation
import Lasagne
import LasagneEngine
import Records
import Storage
import Testing

/// Keeps Documentation/original-members.md true; `LASAGNE_WRITE_NAMES=1` writes it anew.
@Suite struct OriginalMemberTests {
  private static let package: URL = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    return package
  }()
  private static let document = package.appending(path: "Documentation/original-members.md")

  /// The text of all Swift files below a folder.
  private static func sources(in folder: String) throws -> String {
    let files = try #require(
      FileManager.default.enumerator(
        at: package.appending(path: folder), includingPropertiesForKeys: nil))
    var text = ""
    for case let file as URL in files where file.pathExtension == "swift" {
      text += try String(contentsOf: file, encoding: .utf8)
    }
    return text
  }

  @Test func `every original member is in the table`() throws {
    let rows = OriginalMember.all.map { member in
      let ours = member.ours.map { "`\($0)`" }.joined(separator: ", ")
      return "| `\(member.type)` | `\(member.member)` | \(ours) | \(member.test) |"
    }
    let text = """
      # The original members here

      What each member of the six classes of the original LasagneEngine is in Swift, and the test that
      uses it. Written by a test: `LASAGNE_WRITE_NAMES=1 swift test --filter OriginalMemberTests`.

      | class | original | here | test |
      | --- | --- | --- | --- |
      \(rows.joined(separator: "\n"))

      """
    if ProcessInfo.processInfo.environment["LASAGNE_WRITE_NAMES"] != nil {
      try text.write(to: Self.document, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Self.document, encoding: .utf8)
    #expect(written == text, "run this test with LASAGNE_WRITE_NAMES=1")
  }

  @Test func `what the table names is declared, and the tests are there`() throws {
    let sources = try Self.sources(in: "Sources")
    let tests = try Self.sources(in: "Tests")
    for member in OriginalMember.all {
      for name in member.ours {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        let isDeclared = ["func", "var", "let", "struct"].contains {
          sources.contains("\($0) \(last)")
        }
        #expect(isDeclared, "\(member.member): \(name)")
      }
      #expect(tests.contains("func `\(member.test)`"), "\(member.member): \(member.test)")
    }
  }

  @Test func `every member of the original has a counterpart that works`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let engine = try await bench.engine()
    await engine.useCores(1)
    await engine.useGPUs(0)
    await #expect(throws: (any Error).self) {
      var request = bench.request()
      request.device = "cuda:0"
      try await engine.start(request)
    }
    #expect(await engine.devices().map(\.cores) == [1])
    try engine.register(Bench.randomNetwork(), as: "second")
    #expect(engine.models() == ["second", "tiny"])
    #expect(try engine.model("second").summary.name == "random")
    #expect(try Model.load("tiny", from: bench.workspace).network == Bench.network())

    let recipe: [String: JSONValue] = ["objective": .string("multiclassHingeLoss")]
    let first = try await engine.start(bench.request(recipe: recipe, name: "first"))
    #expect(first.request.recipe["objective"] == .string("multiclassHingeLoss"))
    let session = try await engine.handle(of: "first")
    #expect(try await session.over().state == .finished)
    #expect(try await session.record.request.id == first.request.id)
    #expect(await engine.sessions(ofModel: "tiny").map(\.request.name) == ["first"])
    let training = try await session.curve("train/epochLoss")
    let validation = try await session.curve("valid/loss")
    #expect(training.totalCount == 3 && validation.totalCount == 3)
    let last = try await session.record.latest["valid/loss"]
    #expect(validation.buckets.last?.last == last)

    let params = try Params.find("first", model: "tiny", in: bench.workspace)
    var request = bench.request(epochs: 100_000, name: "second")
    request.startParams = "first"
    let second = try await engine.start(request).request.id
    _ = try await engine.wait(for: second) { $0.step > 0 }
    try await engine.stopSession(second)
    #expect(try await engine.sessionOver(second).state == .stopped)
    try await engine.resumeSession(second)
    _ = try await engine.wait(for: second) { $0.attempt == 2 && $0.state == .running }
    try await engine.stopSession(second)
    _ = try await engine.sessionOver(second)
    let child = try Params.find("second", model: "tiny", in: bench.workspace)
    #expect(child.parent == params.reference)
    let saved = try Params.save(
      params.load(for: Bench.network()), of: try engine.model("tiny"), as: "copy",
      in: bench.workspace)
    #expect(try saved.load(for: Bench.network()) == params.load(for: Bench.network()))
    await engine.close()
  }
}
