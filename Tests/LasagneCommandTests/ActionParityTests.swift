import ArgumentParser
import Foundation
import LasagneEngine
import Records
import Storage
import Testing

@testable import Dashboard
@testable import LasagneCommand

/// Whatever the page can do, the command line can, under the same name; and the other way round.
@Suite struct ActionParityTests {
  /// Commands that have no address, and why.
  private static let commandLineOnly = [
    "train": "is 'session start' that stays to watch",
    "session watch": "the stream of events",
    "data add": "reads files of the person who runs it",
    "import": "reads files of the person who runs it",
    "export": "writes files of the person who runs it",
    "params export": "writes files of the person who runs it",
    "params load-report": "reads files of the person who runs it",
    "predict": "reads and writes files of the person who runs it",
    "evaluate": "computes in the process of the person who runs it",
    "check-gradients": "computes in the process of the person who runs it",
    "models list": "the page needs the names only, and asks for one model at a time",
    "params show": "the page has it in the list of params",
    "summary": "reads a model file of the person who runs it",
    "zoo": "writes model files", "doctor": "looks at the machine of the person who runs it",
    "find": "computes in the process of the person who runs it",
    "generate": "computes in the process of the person who runs it",
    "profile": "computes in the process of the person who runs it",
    "top": "draws what the page draws", "plot": "draws what the page draws",
    "report": "writes a file of the person who runs it",
    "reindex": "needs a workspace that no server has open",
    "serve": "is the server", "worker": "is a session's process",
    "help": "is help",
  ]

  /// The names of all commands that do something: `session pause`.
  private static func commands() -> Set<String> {
    func names(_ command: any ParsableCommand.Type, _ path: [String]) -> [String] {
      let below = command.configuration.subcommands
      guard !below.isEmpty else { return [path.joined(separator: " ")] }
      return below.flatMap { names($0, path + [$0._commandName]) }
    }
    return Set(names(RootCommand.self, []))
  }

  private func withTable(_ body: ([Route]) throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("parity-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let engine = try Engine(Workspace.create(at: folder), purpose: "test", cores: 1)
    let server = try DashboardServer(source: EngineSource(engine)) { _ in }
    try body(server.routes.table)
    await engine.close()
  }

  @Test func `every action of the server is a command`() async throws {
    let commands = Self.commands()
    try await withTable { table in
      for route in table {
        for command in route.commands {
          #expect(commands.contains(command), "\(route.path): there is no '\(command)'")
        }
        #expect(!route.changes || !route.commands.isEmpty, "\(route.path) has no command")
      }
    }
  }

  @Test func `every command is an action of the server, or there is a reason`() async throws {
    try await withTable { table in
      let known = Set(table.flatMap(\.commands))
      for command in Self.commands().sorted() where !known.contains(command) {
        let isExplained = Self.commandLineOnly.keys.contains {
          command == $0 || command.hasPrefix($0 + " ")
        }
        #expect(isExplained, "'\(command)' has no address and no reason")
      }
    }
  }

  @Test func `both give the same results`() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "points", "x.npy", "y.npy").code == 0)
    #expect(try program.run("models", "add", "tiny.yaml").code == 0)
    let served = try ServedProgram(program)
    defer { served.stop() }
    func lines(_ words: String...) throws -> [JSONValue] {
      let outcome = try program.run(through: [], words + ["--json"])
      #expect(outcome.code == 0, "\(words): \(outcome.complaint)")
      return try outcome.output.split(separator: "\n").map {
        try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
      }
    }
    func ask(_ path: String, _ body: String? = nil) throws -> JSONValue {
      let answer = try served.ask(path, body: body)
      #expect([200, 201, 202].contains(answer.status), "\(path): \(answer.text)")
      return try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
    }
    let start = try ask(
      "/api/v1/sessions",
      """
      {"model": "tiny", "data": "points", "name": "first", "threads": 1,
       "recipe": {"epochs": 2, "batchSize": 30}}
      """)
    let id = try #require(start["request"]?["id"]?.string)
    _ = try program.session { $0.state == .finished }

    #expect(try lines("data", "list") == (try items(ask("/api/v1/data"))))
    #expect(try lines("data", "show", "points").first == (try ask("/api/v1/data/points")))
    #expect(try lines("models", "show", "tiny").first == (try ask("/api/v1/models/tiny")))
    #expect(try lines("params", "list") == (try items(ask("/api/v1/params"))))
    #expect(try lines("queue", "list") == (try items(ask("/api/v1/queue"))))
    #expect(try lines("search", "list") == (try items(ask("/api/v1/searches"))))

    // What the network sees.
    let session = "/api/v1/sessions/\(id)"
    #expect(
      try lines("summary", "tiny", "--capacity").first == (try ask("\(session)/network/capacity")))
    #expect(
      try lines("data", "statistics", "points").first == (try ask("/api/v1/data/points/statistics"))
    )
    #expect(
      try lines("data", "samples", "points", "--count", "7").first
        == (try ask("/api/v1/data/points/samples?array=inputs&count=7")))
    let confusion = try ask("\(session)/examination")
    #expect(try lines("look", "confusion", "first").first == confusion)
    let part = try #require(confusion["part"]?.string)
    #expect(
      try lines("look", "cases", "first", "--predicted", "1")
        == (try items(ask("\(session)/examination/cases?part=\(part)&predicted=1"))))
    #expect(
      try lines("look", "projection", "first", "hidden", "--by", "tsne", "--samples", "12").first
        == (try ask("\(session)/projection?layer=hidden&by=tsne&samples=12")))
    #expect(
      try lines("look", "strongest", "first", "hidden", "--from", "2", "--count", "3").first
        == (try ask("\(session)/strongest?layer=hidden&from=2&count=3")))
    #expect(
      try lines("look", "sample", "first", "3").first
        == (try ask("\(session)/sample?part=\(part)&index=3")))

    // What changes something: once by the one, once by the other.
    #expect(
      try lines("data", "rename", "points", "dots").first == (try ask("/api/v1/data/dots")))
    #expect(
      try ask("/api/v1/data/dots/rename", "{\"name\":\"points\"}")
        == (try lines("data", "show", "points").first))
    #expect(
      try lines("params", "archive", "tiny", "first").first
        == .object(["versions": .array([.number(1)])]))
    #expect(
      try ask("/api/v1/params/tiny/first/restore", "{}")
        == .object(["versions": .array([.number(1)])]))
    let noted = try ask("/api/v1/params/tiny/first/note", "{\"tags\":[\"good\"]}")
    #expect(try lines("params", "note", "tiny", "first", "--tag", "good").first == noted)
    #expect(
      try lines("models", "remove", "tiny").first == .object(["removed": .string("tiny")]))
    let undone = try ask("/api/v1/models/undo", "{}")
    #expect(undone["summary"] != nil && undone["state"]?.string == "undone")
    #expect(
      try ask("/api/v1/models/tiny/remove", "{}") == .object(["removed": .string("tiny")]))
    let again = try #require(try lines("models", "undo").first)
    #expect(again["summary"] == undone["summary"] && again["state"] == undone["state"])
    let remarked = try ask("/api/v1/sessions/\(id)/notes", "{\"note\":\"good\",\"isPinned\":true}")
    #expect(try lines("session", "note", "first", "good", "--pin").first == remarked)
    // A name, a note and a removal are taken back in turn, by the one or the other.
    #expect(
      try ask("/api/v1/sessions/\(id)/rename", "{\"name\":\"one\"}")["request"]?["name"]?.string
        == "one")
    #expect(
      try lines("session", "rename", "one", "two").first?["request"]?["name"]?.string == "two")
    #expect(
      try lines("session", "undo").first?["summary"]?.string == "rename the session one to two")
    #expect(
      try ask("/api/v1/sessions/undo", "{}")["summary"]?.string
        == "rename the session first to one")
    #expect(
      try lines("session", "remove", "first").first?["summary"]?.string
        == "remove the session first")
    #expect(try served.ask("/api/v1/sessions/\(id)").status == 404)
    #expect(try lines("session", "undo").first?["state"]?.string == "undone")
    let removed = try ask("/api/v1/sessions/\(id)/remove", "{}")
    #expect(removed["summary"]?.string == "remove the session first")
    #expect(try ask("/api/v1/sessions/undo", "{}")["number"] == removed["number"])
    #expect(try ask("/api/v1/sessions/\(id)")["request"]?["name"]?.string == "first")
    #expect(try ask("/api/v1/notes")[id]?["note"]?.string == "good")
    let limits = try ask("/api/v1/devices", "{\"cores\":1}")
    #expect(try lines("devices", "--cores", "1") == items(limits))
    #expect(
      try served.ask("/api/v1/sessions/\(id)/branch", body: "{\"step\":999999}").status == 422)
  }

  private func items(_ value: JSONValue) -> [JSONValue] {
    if case .array(let items) = value { items } else { [] }
  }
}
