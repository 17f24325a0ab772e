import Foundation
import Testing

@testable import Dashboard

/// H1, H2, H5, H8 and H10: requests that are not what they seem.
@Suite struct AttackParsingTests {
  private static let control = "/api/v1/sessions/\(RecordedSource.running)/control"

  private func lines(_ server: LiveServer) -> String {
    "Host: 127.0.0.1:\(server.port)\r\nContent-Type: application/json\r\n"
      + "Authorization: Bearer \(LiveServer.secret)\r\n"
  }

  @Test(arguments: [
    "GET http://evil.example/api/v1/sessions HTTP/1.1", "GET //evil.example/ HTTP/1.1",
    "GET api/v1/sessions HTTP/1.1", "CONNECT evil.example:80 HTTP/1.1", "OPTIONS * HTTP/1.1",
    "GET /api/v1/sessions HTTP/9.9", "GET  /api/v1/sessions", "\u{1}\u{2}\u{3}",
  ])
  func `H1: a request line that names another place is refused`(line: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.send(
        "\(line)\r\n\(lines(server))Connection: close\r\n\r\n")
      #expect([0, 400, 404, 405, 421, 505].contains(answer.status), "\(answer.status)")
      #expect(!answer.body.contains(RecordedSource.running))
    }
  }

  @Test func `H1: no host name at all is refused`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.send(
        "GET /api/v1/sessions HTTP/1.1\r\nAuthorization: Bearer \(LiveServer.secret)\r\n"
          + "Connection: close\r\n\r\n")
      #expect([400, 421].contains(answer.status))
    }
  }

  @Test func `H2: the token opens nothing from where it does not belong`() async throws {
    try await LiveServer.run { server in
      let secret = LiveServer.secret
      let path = "/api/v1/sessions"
      let inAddress = try await server.ask("GET", "\(path)?token=\(secret)", token: nil)
      #expect(inAddress.status == 401)
      for headers in [
        ["Authorization": "Basic \(secret)"], ["Authorization": secret], ["X-Token": secret],
        ["Cookie": "token=\(secret)"], ["Cookie": "lasagne_1=\(secret)"],
      ] {
        let answer = try await server.ask("GET", path, headers: headers, token: nil)
        #expect(answer.status == 401)
      }
    }
  }

  @Test(arguments: [
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n\r\n",
    "Content-Length: -5\r\n\r\nhello", "Content-Length: +5\r\n\r\nhello",
    "Content-Length: 5, 5\r\n\r\nhello", "Content-Length : 5\r\n\r\nhello",
    "Content-Length: 5\r\n X: folded\r\n\r\nhello", "X: a\nContent-Length: 5\r\n\r\nhello",
    "X: a\u{0}b\r\nContent-Length: 5\r\n\r\nhello", "X: a\rY: b\r\nContent-Length: 5\r\n\r\nhello",
    ": empty\r\nContent-Length: 5\r\n\r\nhello", "no colon\r\nContent-Length: 5\r\n\r\nhello",
  ])
  func `H8: no request hides in another`(rest: String) async throws {
    try await LiveServer.run { server in
      let body = "{\"action\":\"stop\"}"
      let hidden =
        "POST \(Self.control) HTTP/1.1\r\n\(lines(server))Content-Length: \(body.utf8.count)\r\n"
        + "Connection: close\r\n\r\n\(body)"
      let answer = try await server.send(
        "POST /api/v1/params/undo HTTP/1.1\r\n\(lines(server))\(rest)\(hidden)")
      #expect([0, 400, 409, 413, 422, 501].contains(answer.status), "\(answer.status)")
      // The second request came over a connection whose first one was broken: it never happened.
      #expect(await server.source.commands.isEmpty, "\(answer.status) \(answer.body)")
    }
  }

  @Test(arguments: ["GET /\u{1} HTTP/1.1", "GET / HTTP/1.1\r\nno colon", "nothing"])
  func `H8: what is no request is told so like any other`(head: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.send("\(head)\r\n\(lines(server))\r\n")
      #expect(answer.status == 400)
      #expect(answer.headers["connection"] == "close")
      #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
      #expect(answer.headers["content-security-policy"] == Reply.contentSecurityPolicy)
      #expect(answer.body.hasPrefix("{\"error\":"))
    }
  }

  @Test func `H8: an endless extension of a chunk ends`() async throws {
    try await LiveServer.run { server in
      let extension_ = String(repeating: "x", count: 3_000_000)
      let answer = try await server.send(
        "POST \(Self.control) HTTP/1.1\r\n\(lines(server))Transfer-Encoding: chunked\r\n"
          + "Connection: close\r\n\r\n1;\(extension_)\r\n{\r\n0\r\n\r\n")
      #expect([0, 400, 413, 422].contains(answer.status))
      #expect(try await server.ask("GET", "/api/v1/sessions").status == 200)
    }
  }

  @Test func `H10: what is too large to take is refused before it comes`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.send(
        "POST \(Self.control) HTTP/1.1\r\n\(lines(server))Content-Length: 10000000000\r\n\r\n")
      #expect(answer.status == 413)
      #expect(answer.headers["connection"] == "close")
      let line = String(repeating: "a", count: 9000)
      let long = try await server.ask("GET", "/\(line)")
      #expect([0, 400, 414, 431].contains(long.status))
      let endless = String(repeating: "a", count: 2_000_000)
      let longest = try await server.ask("GET", "/\(endless)")
      #expect([0, 400, 414, 431].contains(longest.status))
      let header = ["X-Long": String(repeating: "b", count: 200_000)]
      let wide = try await server.ask("GET", "/api/v1/sessions", headers: header)
      #expect([0, 400, 431].contains(wide.status))
      var many: [String: String] = [:]
      for number in 0..<200 { many["X-\(number)"] = "c" }
      let lots = try await server.ask("GET", "/api/v1/sessions", headers: many)
      #expect([0, 400, 431].contains(lots.status))
      #expect(try await server.ask("GET", "/api/v1/sessions").status == 200)
    }
  }

  @Test func `H10: a packed body is not unpacked`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask(
        "POST", Self.control,
        headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"],
        body: "{\"action\":\"stop\"}")
      #expect(answer.status == 415)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
    "{\"action\":\"stop\",\"value\":1e400}", "{\"action\":\"stop\",\"value\":NaN}",
    "{\"action\":\"stop\",\"value\":\"\\ud800\"}", "{\"action\":\"pause\",\"action\":\"stop\"}",
    "{\"action\":\"pause\",\"acti\\u006fn\":\"stop\"}", "{\"action\":\"stop\"} {}",
    "{\"action\":\"stop\",}", "{'action':'stop'}", "{\"action\":\"stop\"/**/}",
    "{\"action\":\"stop\",\"value\":01}", "\u{FEFF}{\"action\":\"stop\"}",
    "{\"action\":\"stop\",\"value\":\"a\nb\"}",
  ])
  func `H10: only one reading of the JSON is possible`(body: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.post(Self.control, body)
      #expect(answer.status == 422)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `H10: many keys and long texts stay within the limit of a body`() async throws {
    try await LiveServer.run { server in
      let keys = (0..<60_000).map { "\"k\($0)\":0" }.joined(separator: ",")
      let wide = try await server.post(Self.control, "{\(keys)}")
      #expect(wide.status == 422)
      let text = String(repeating: "x", count: 1_000_000)
      let long = try await server.post(Self.control, "{\"action\":\"\(text)\"}")
      #expect(long.status == 422)
      let longer = try await server.post(Self.control, "{\"a\":\"\(text)\(text)\"}")
      #expect(longer.status == 413)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `H10: a text of nothing but escapes costs no more than its length`() throws {
    // As long as a body may be; a copy for each escape would move a hundred gigabytes.
    let text = "{\"text\":\"" + String(repeating: "\\n", count: 500_000) + "\"}"
    #expect(throws: Never.self) { try StrictJSON.check(Array(text.utf8)) }
    let key = "{\"a\\n\":1,\"a\\u000a\":2}"
    #expect(throws: DashboardError.self) { try StrictJSON.check(Array(key.utf8)) }
  }

  @Test func `JSON that is plain is taken, whatever stands in its texts`() throws {
    for text in [
      "{}", " [1, -0.5e+3, true, false, null] ", "\"\\u00e9\\ud83d\\ude00\\n\"",
      "{\"a\":{\"a\":1}}",
    ] {
      #expect(throws: Never.self) { try StrictJSON.check(Array(text.utf8)) }
    }
    #expect(throws: DashboardError.self) { try StrictJSON.check([0x22, 0xC0, 0xAE, 0x22]) }
  }
}
