import Foundation
import NIOCore
import Testing

@testable import Dashboard

/// H9: those who take a place and give nothing for it.
///
/// The limits are those of the server, only shorter, so that nobody has to wait for them.
@Suite struct AttackConnectionTests {
  private static func hurry(_ configuration: inout DashboardConfiguration) {
    configuration.limits.headTime = .milliseconds(300)
    configuration.limits.bodyTime = .milliseconds(300)
    configuration.limits.idleTime = .milliseconds(600)
    configuration.limits.interval = .milliseconds(50)
  }

  private static func head(_ server: LiveServer, _ line: String, _ rest: String) -> String {
    "\(line) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
      + "Authorization: Bearer \(LiveServer.secret)\r\n\(rest)\r\n"
  }

  @Test func `H9: the limits are those that were promised`() {
    let limits = ConnectionLimits()
    #expect(limits.connections == 256 && limits.streams >= 200)
    #expect(limits.streams < limits.connections)
    #expect(limits.headTime == .seconds(10) && limits.bodyBytesPerSecond == 1024)
    #expect(limits.headBytes <= 40 * 1024)
  }

  @Test(arguments: ["", "GET / HTTP/1.1\r\nHost: 12", "GET /"])
  func `H9: who does not finish a request is let go`(begun: String) async throws {
    try await LiveServer.run(configure: Self.hurry) { server in
      let port = server.port
      let isClosed = await LiveServer.apart {
        guard let wire = Wire(port: port) else { return false }
        defer { wire.close() }
        wire.send(begun)
        return wire.isClosedByServer()
      }
      #expect(isClosed)
    }
  }

  @Test func `H9: headers that trickle in do not hold a place`() async throws {
    try await LiveServer.run(configure: Self.hurry) { server in
      let text = Self.head(server, "GET /api/v1/sessions", "")
      let port = server.port
      // A byte every 20 ms would take several seconds; the server ends it long before.
      let sent = await LiveServer.apart { () -> Int in
        guard let wire = Wire(port: port) else { return -1 }
        defer { wire.close() }
        for (number, letter) in text.dropLast(2).enumerated() {
          guard wire.send(String(letter)) else { return number }
          Thread.sleep(forTimeInterval: 0.02)
        }
        return wire.isClosedByServer() ? text.count - 2 : -1
      }
      #expect(sent > 0)
    }
  }

  @Test(arguments: ["", "Expect: 100-continue\r\n"])
  func `H9: a body that does not come is not waited for`(header: String) async throws {
    try await LiveServer.run(configure: Self.hurry) { server in
      let path = "POST /api/v1/sessions/\(RecordedSource.running)/control"
      let text = Self.head(
        server, path, "Content-Type: application/json\r\n\(header)Content-Length: 100\r\n")
      let port = server.port
      let isClosed = await LiveServer.apart {
        guard let wire = Wire(port: port) else { return false }
        defer { wire.close() }
        wire.send(text + "{")
        return wire.isClosedByServer()
      }
      #expect(isClosed)
      #expect(await server.source.commands.isEmpty)
    }
  }

  @Test func `H9: an idle connection is let go, a new request in time keeps it`() async throws {
    try await LiveServer.run(configure: Self.hurry) { server in
      let text = Self.head(server, "GET /api/v1/devices", "")
      let port = server.port
      let answers = await LiveServer.apart { () -> Int in
        guard let wire = Wire(port: port) else { return -1 }
        defer { wire.close() }
        var count = 0
        for _ in 0..<3 {
          wire.send(text)
          guard wire.read(until: "\"cpu\"") else { break }
          count += 1
        }
        return wire.isClosedByServer() ? count : -1
      }
      #expect(answers == 3)
    }
  }

  @Test func `H9: who asks much and reads nothing is let go`() async throws {
    let hurry: @Sendable (inout DashboardConfiguration) -> Void = {
      Self.hurry(&$0)
      $0.limits.readTime = .milliseconds(300)
    }
    try await LiveServer.run(configure: hurry) { server in
      let connections = server.routes.connections
      // Far more answers than fit between the two sides.
      let text = String(repeating: Self.head(server, "GET /api/openapi.json", ""), count: 2000)
      let port = server.port
      let wire = try #require(await LiveServer.apart { Wire(port: port) })
      defer { wire.close() }
      let isTaken = await LiveServer.apart { wire.send(text) }
      for _ in 0..<3 {
        #expect(try await server.ask("GET", "/api/v1/sessions").status == 200)
      }
      for _ in 0..<12_000 where connections.count > 0 {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(connections.count == 0, "sent everything: \(isTaken)")
    }
  }

  @Test func `H9: a crowd of idle connections leaves room for who asks`() async throws {
    try await LiveServer.run(configure: { $0.limits.connections = 20 }) { server in
      let port = server.port
      let crowd = await LiveServer.apart { (0..<100).compactMap { _ in Wire(port: port) } }
      for _ in 0..<10 {
        let answer = try await server.ask("GET", "/api/v1/sessions")
        #expect(answer.status == 200)
      }
      #expect(server.routes.connections.count <= 20)
      await LiveServer.apart { for wire in crowd { wire.close() } }
    }
  }

  @Test func `H9: a crowd of listeners leaves room for questions`() async throws {
    try await LiveServer.run(configure: { $0.limits.streams = 4 }) { server in
      let text = Self.head(server, "GET /api/v1/events", "")
      let port = server.port
      let listeners = await LiveServer.apart {
        (0..<4).compactMap { _ -> Wire? in
          guard let wire = Wire(port: port), wire.send(text), wire.read(until: "welcome") else {
            return nil
          }
          return wire
        }
      }
      #expect(listeners.count == 4)
      let fifth = try await server.ask("GET", "/api/v1/events")
      #expect(fifth.status == 429)
      #expect(try await server.ask("GET", "/api/v1/sessions").status == 200)
      await LiveServer.apart { for wire in listeners { wire.close() } }
    }
  }
}
