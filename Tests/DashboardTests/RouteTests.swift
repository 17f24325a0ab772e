import Foundation
import Records
import Testing

@testable import Dashboard

@Suite struct RouteTests {
  private let base = "/api/v1/sessions/\(RecordedSource.running)"

  @Test func `sessions, network and series are records as JSON`() async throws {
    try await LiveServer.run { server in
      let list = try await server.ask("GET", "/api/v1/sessions")
      let records = try decode([SessionRecord].self, list)
      #expect(records.map(\.request.id) == [RecordedSource.running, RecordedSource.finished])
      let network = try await server.ask("GET", "\(base)/network")
      #expect(try decode(NetworkSummary.self, network) == RecordedSource.lenet)
      let path = "/api/v1/sessions/\(RecordedSource.finished)/series?keys=train%2Floss&pixels=60"
      let series = try decode([Series].self, try await server.ask("GET", path))
      #expect(series.first?.totalCount == 200)
      #expect(series.first?.buckets.isEmpty == false)
    }
  }

  @Test func `of many sessions those that are not over come first where few are wanted`()
    async throws
  {
    try await LiveServer.run { server in
      let all = try await server.ask("GET", "/api/v1/sessions")
      let records = try decode([SessionRecord].self, all)
      let live = records.filter { !$0.state.isOver }
      #expect(live.count > 0 && live.count < records.count)
      let few = try await server.ask("GET", "/api/v1/sessions?count=\(live.count)")
      #expect(try decode([SessionRecord].self, few) == live)
      let many = try await server.ask("GET", "/api/v1/sessions?count=1000")
      #expect(many.body == all.body)
      for count in ["0", "-1", "1e9", "x"] {
        #expect(try await server.ask("GET", "/api/v1/sessions?count=\(count)").status == 422)
      }
    }
  }

  @Test func `the network's picture and the filters are drawn`() async throws {
    try await LiveServer.run { server in
      let picture = try await server.ask("GET", "\(base)/network.svg")
      #expect(picture.headers["content-type"] == "image/svg+xml")
      #expect(picture.body.contains("data-layer=\"conv1\""))
      await server.source.take(RecordedSource.filters(100), of: RecordedSource.running)
      let image = try await server.ask("GET", "\(base)/images/conv1.W.png")
      #expect(image.status == 200)
      #expect(image.headers["content-type"] == "image/png")
      #expect(image.headers["x-step"] == "100")
      #expect(try await server.ask("GET", "\(base)/images/conv9.W.png").status == 404)
    }
  }

  @Test func `a session is paused, resumed and stopped`() async throws {
    try await LiveServer.run { server in
      for (action, state) in [
        ("pause", SessionState.paused), ("resume", .running), ("stop", .stopped),
      ] {
        let answer = try await server.post("\(base)/control", "{\"action\":\"\(action)\"}")
        #expect(answer.status == 202)
        #expect(try await server.source.session(RecordedSource.running).state == state)
      }
      let tooLate = try await server.post("\(base)/control", "{\"action\":\"pause\"}")
      #expect(tooLate.status == 409)
      #expect(tooLate.body == "{\"error\":\"The session 'lenet on fashion' is stopped.\"}")
      #expect(await server.source.commands.allSatisfy { $0.2 == "page" })
    }
  }

  @Test(arguments: [
    "", "not json", "[]", "{}", "{\"action\":\"explode\"}", "{\"action\":\"set\"}",
    "{\"action\":\"set\",\"field\":\"\",\"value\":1}",
  ])
  func `a command that means nothing is refused with a sentence`(body: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.post("\(base)/control", body)
      #expect(answer.status == 422)
      #expect(answer.body.contains("\"error\":"))
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `deep and large bodies are refused`() async throws {
    try await LiveServer.run { server in
      let deep = String(repeating: "[", count: 100_000)
      #expect(try await server.post("\(base)/control", deep).status == 422)
      let rest = "Authorization: Bearer \(LiveServer.secret)\r\nContent-Type: application/json\r\n"
      let large = try await server.send(
        "POST \(base)/control HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\(rest)"
          + "Connection: close\r\nContent-Length: 2000000\r\n\r\n"
          + String(repeating: " ", count: 2_000_000))
      #expect([413, 0].contains(large.status))
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test(arguments: [
    "..", "%2e%2e%2f", "%252e", "..%5c", "%2Fetc%2Fpasswd", "file:%2F%2F%2F", "x%23%2F..%2F", "%00",
    "0123456789ABCDEFGHIJKLMNOP", "short", "%C0%AE%C0%AE",
  ])
  func `what is no id does not exist`(id: String) async throws {
    try await LiveServer.run { server in
      for path in ["/api/v1/sessions/\(id)", "/api/v1/sessions/\(id)/timeline", "/web/\(id)"] {
        let answer = try await server.ask("GET", path)
        #expect([400, 404].contains(answer.status), "\(path)")
        #expect(!answer.body.contains("root:"))
      }
    }
  }

  @Test(arguments: ["from=-1", "to=x", "pixels=0", "pixels=1e9", "from=9223372036854775808"])
  func `numbers out of range are refused`(query: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "\(base)/series?keys=train%2Floss&\(query)")
      #expect(answer.status == 422)
    }
  }

  @Test func `hostile names stay text`() async throws {
    let name = "<img src=x onerror=alert(1)>\u{202E}"
    try await LiveServer.run(source: RecordedSource(name: name)) { server in
      let answer = try await server.ask("GET", base)
      #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
      #expect(try decode(SessionRecord.self, answer).request.name == name)
    }
  }

  @Test func `the page's files are all there, with a tag`() async throws {
    try await LiveServer.run { server in
      #expect(server.routes.files.names.filter { $0.hasPrefix("web/") }.count > 15)
      let first = try await server.ask("GET", "/web/app.js")
      #expect(first.headers["content-type"]?.hasPrefix("text/javascript") == true)
      let tag = try #require(first.headers["etag"])
      let again = try await server.ask("GET", "/web/app.js", headers: ["If-None-Match": tag])
      #expect(again.status == 304)
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ answer: Answer) throws -> Value {
    #expect(answer.status == 200)
    return try JSONDecoder().decode(type, from: Data(answer.body.utf8))
  }
}

extension LiveServer {
  func post(_ path: String, _ body: String) async throws -> Answer {
    try await ask("POST", path, headers: ["Content-Type": "application/json"], body: body)
  }
}
