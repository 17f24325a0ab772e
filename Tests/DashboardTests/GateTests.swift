import Records
import Testing

@testable import Dashboard

@Suite struct GateTests {
  @Test func `every route of the table asks for the token`() async throws {
    try await LiveServer.run { server in
      let table = server.routes.table
      #expect(table.count > 40)
      for route in table {
        let path = RouteTableTests.example(of: route.path)
        let headers = ["Content-Type": "application/json"]
        let body = route.method == .post ? "{\"action\":\"stop\"}" : nil
        for token in [nil, "wrong-wrong-wrong-wrong-wrong", LiveServer.secret.uppercased()] {
          let answer = try await server.ask(
            route.method.rawValue, path, headers: headers, body: body, token: token)
          // Wrong tokens are counted, and soon not even looked at.
          #expect([401, 429].contains(answer.status), "\(route.method) \(path)")
        }
      }
      let record = try await server.source.session(RecordedSource.running)
      #expect(record.state == .running)
    }
  }

  @Test func `the address that was printed becomes a cookie and a clean address`() async throws {
    try await LiveServer.run { server in
      let welcome = try await server.ask("GET", "/?token=\(LiveServer.secret)", token: nil)
      #expect(welcome.status == 303)
      #expect(welcome.headers["location"] == "/")
      let cookie = try #require(welcome.headers["set-cookie"])
      #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
      let pair = try #require(cookie.split(separator: ";").first)
      let page = try await server.ask("GET", "/", headers: ["Cookie": "a=b; \(pair)"], token: nil)
      #expect(page.status == 200)
      #expect(page.body.contains("<title>LasagneEngine</title>"))
      let wrong = try await server.ask("GET", "/?token=nonsense", token: nil)
      #expect(wrong.status == 401)
    }
  }

  @Test func `a program may send the token as a header`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "/api/v1/sessions")
      #expect(answer.status == 200)
    }
  }

  @Test(arguments: [
    "evil.example", "127.0.0.1.evil.example", "localhost.", "", "0.0.0.0", "127.0.0.1",
    "127.0.0.1:1",
  ])
  func `other host names are refused before anything else`(host: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "/api/v1/sessions", headers: ["Host": host])
      #expect([400, 421].contains(answer.status))
      #expect(!answer.body.contains(RecordedSource.running))
    }
  }

  @Test func `two host names are refused`() async throws {
    try await LiveServer.run { server in
      let rest = "Authorization: Bearer \(LiveServer.secret)\r\nConnection: close\r\n\r\n"
      let host = "Host: 127.0.0.1:\(server.port)\r\n"
      let two = try await server.send(
        "GET /api/v1/sessions HTTP/1.1\r\n\(host)Host: evil.example\r\n\(rest)")
      #expect([400, 421].contains(two.status))
    }
  }

  @Test(arguments: [
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n\r\n",
    "Content-Length : 5\r\n\r\nhello",
  ])
  func `no request hides in another`(rest: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.send(
        "POST \(control(RecordedSource.running)) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
          + "Content-Type: application/json\r\nAuthorization: Bearer \(LiveServer.secret)\r\n"
          + "Connection: close\r\n" + rest)
      #expect([0, 400, 422, 501].contains(answer.status))
      #expect(!answer.body.contains("HTTP/1.1"))
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `a name that the page did not ask for gets no more than a sentence`() async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask("GET", "/nowhere?secret=\(LiveServer.secret)")
      #expect(answer.status == 404)
      #expect(answer.body == "{\"error\":\"There is nothing at this address.\"}")
    }
  }

  @Test(arguments: [
    ["Origin": "http://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
    ["Sec-Fetch-Site": "same-site"],
  ])
  func `other sites can neither steer nor listen`(headers: [String: String]) async throws {
    try await LiveServer.run { server in
      var headers = headers
      #expect(try await server.ask("GET", "/api/v1/events", headers: headers).status == 403)
      headers["Content-Type"] = "application/json"
      let answer = try await server.ask(
        "POST", control(RecordedSource.running), headers: headers, body: "{\"action\":\"stop\"}")
      #expect(answer.status == 403)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
  func `only JSON is taken`(type: String) async throws {
    try await LiveServer.run { server in
      let answer = try await server.ask(
        "POST", control(RecordedSource.running), headers: ["Content-Type": type],
        body: "{\"action\":\"stop\"}")
      #expect(answer.status == 415)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `reading never changes anything`() async throws {
    try await LiveServer.run { server in
      for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = try await server.ask(
          method, control(RecordedSource.running),
          headers: ["X-HTTP-Method-Override": "POST"])
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "POST")
      }
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `every answer carries the security headers`() async throws {
    try await LiveServer.run { server in
      for path in ["/", "/web/app.js", "/api/v1/sessions", "/nowhere"] {
        let answer = try await server.ask("GET", path)
        #expect(answer.headers["content-security-policy"] == Reply.contentSecurityPolicy)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["referrer-policy"] == "no-referrer")
        #expect(answer.headers["access-control-allow-origin"] == nil)
      }
      let records = try await server.ask("GET", "/api/v1/sessions")
      #expect(records.headers["cache-control"] == "no-store")
    }
  }

  @Test func `wrong tokens are counted, the right one still opens`() async throws {
    try await LiveServer.run { server in
      var statuses: [Int] = []
      for _ in 0..<12 {
        statuses.append(try await server.ask("GET", "/", token: "wrong-wrong-wrong-wrong").status)
      }
      #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
      #expect(try await server.ask("GET", "/").status == 200)
    }
  }

  private func control(_ id: String) -> String { "/api/v1/sessions/\(id)/control" }
}

@Suite struct TokenTests {
  @Test func `tokens are long, different and hidden from logs`() {
    let token = Token()
    #expect(token.value.count == 43)
    #expect(token != Token())
    #expect(!"\(token)".contains(token.value))
  }

  @Test func `only the whole secret matches`() throws {
    let token = try #require(Token("abcdefghijklmnopqrstuvwxyz"))
    #expect(token.matches("abcdefghijklmnopqrstuvwxyz"))
    for other in ["", "abcdefghijklmnopqrstuvwxy", "abcdefghijklmnopqrstuvwxyzz", "ABC"] {
      #expect(!token.matches(other))
    }
    #expect(Token("short") == nil)
    #expect(Token("with spaces and = that is long enough") == nil)
  }
}
