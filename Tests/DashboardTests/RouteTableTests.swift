import Foundation
import HTTPTypes
import Records
import Testing

@testable import Dashboard

@Suite struct RouteTableTests {
  /// The document as it is kept in Documentation/; `LASAGNE_WRITE_NAMES=1` writes it anew.
  static let kept = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Documentation/openapi.json")

  private var routes: Routes { get throws { try RouteTableTests.routes() } }

  static func routes() throws -> Routes {
    try DashboardServer(source: RecordedSource()) { _ in }.routes
  }

  @Test func `every route says what it is for, and only POST changes something`() throws {
    let table = try routes.table
    #expect(table.count > 40)
    for route in table {
      #expect(route.summary.hasSuffix("."), "\(route.method) \(route.path) needs a summary")
      #expect([.get, .post].contains(route.method), "\(route.path)")
      #expect(!route.changes || route.method == .post)
      #expect(!route.changes || !route.commands.isEmpty, "\(route.path) is no command")
      #expect(route.method == .get || route.body != nil, "\(route.path) takes no body")
    }
    let addresses = table.map { "\($0.method) \($0.path)" }
    #expect(Set(addresses).count == addresses.count)
  }

  @Test func `the OpenAPI document is that of the route table and of the records`() throws {
    let routes = try routes
    let document = try routes.openAPI()
    for route in routes.table {
      let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
      #expect(operation?["responses"]?["\(route.status.code)"] != nil, "\(route.path)")
      #expect(operation?["responses"]?["401"] != nil)
    }
    // Every reference leads somewhere.
    let schemas = try #require(document["components"]?["schemas"])
    for name in Self.references(in: document) { #expect(schemas[name] != nil, "\(name)") }
    // A record's own optional fields, lists and choices are in its schema.
    let record = try #require(schemas["SessionRecord"]?["properties"])
    #expect(record["state"]?["enum"] == .array(SessionState.allCases.map { .string($0.rawValue) }))
    #expect(record["step"] == .object(["type": .string("integer")]))
    #expect(record["request"]?["$ref"]?.string == "#/components/schemas/SessionRequest")
    let required = try #require(schemas["SessionRecord"]?["required"])
    guard case .array(let names) = required else { throw DashboardError.invalid("no list") }
    #expect(names.contains(.string("state")) && !names.contains(.string("message")))
    #expect(record["message"]?["anyOf"] != nil)
  }

  @Test func `the document in Documentation is the server's`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(routes.openAPI()), as: UTF8.self) + "\n"
    if ProcessInfo.processInfo.environment["LASAGNE_WRITE_NAMES"] != nil {
      try Data(text.utf8).write(to: Self.kept)
    }
    #expect(
      try String(contentsOf: Self.kept, encoding: .utf8) == text,
      "run LASAGNE_WRITE_NAMES=1 swift test --filter RouteTableTests")
  }

  @Test func `the server gives its document away`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "/api/openapi.json")
      #expect(answer.status == 200)
      let document = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8))
      let own = try server.routes.openAPI()
      #expect(document == own)
      #expect(document["openapi"]?.string == "3.1.0")
    }
  }

  @Test func `known addresses asked in another way name the ways they answer`() async throws {
    try await LiveServer.run { server in
      let paths = Dictionary(grouping: server.routes.table, by: \.path)
      for (path, routes) in paths {
        let known = Set(routes.map(\.method.rawValue))
        let others = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"]
        for method in others where !known.contains(method) {
          let answer = try await server.ask(method, Self.example(of: path))
          #expect(answer.status == 405, "\(method) \(path)")
          let allowed = routes.map(\.method.rawValue).sorted().joined(separator: ", ")
          #expect(answer.headers["allow"] == allowed, "\(method) \(path)")
        }
      }
    }
  }

  /// A path with something in the place of each name in braces.
  static func example(of path: String) -> String {
    path.replacing("{id}", with: RecordedSource.running).replacing("{key}", with: "conv1.W")
      .replacing("{file}", with: "app.js").replacing("{name}", with: "first")
      .replacing("{model}", with: "lenet").replacing("{version}", with: "0")
  }

  private static func references(in value: JSONValue) -> Set<String> {
    switch value {
    case .object(let members):
      var found = members.values.reduce(into: Set<String>()) { $0.formUnion(references(in: $1)) }
      if let name = members["$ref"]?.string?.split(separator: "/").last { found.insert("\(name)") }
      return found
    case .array(let values):
      return values.reduce(into: []) { $0.formUnion(references(in: $1)) }
    default: return []
    }
  }
}
