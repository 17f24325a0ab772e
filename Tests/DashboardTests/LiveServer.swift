import Foundation
import Logging
import ServiceLifecycle
import Synchronization

@testable import Dashboard

/// A server on a free port, for as long as a test's body runs.
struct LiveServer: Sendable {
  static let secret = "test-test-test-test-test-test"

  let port: Int
  let source: RecordedSource
  let routes: Routes

  /// Runs a server of `source`, or of what is given in its place, with a configuration changed.
  static func run(
    source: RecordedSource = RecordedSource(), in place: (any DashboardSource)? = nil,
    configure: (inout DashboardConfiguration) -> Void = { _ in },
    _ body: @Sendable (LiveServer) async throws -> Void
  ) async throws {
    var configuration = DashboardConfiguration()
    configuration.token = Token(secret) ?? Token()
    configure(&configuration)
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let shown: any DashboardSource = place ?? source
    let server = try DashboardServer(source: shown, configuration: configuration, logger: logger) {
      continuation.yield($0)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.run()
        continuation.finish()
      }
      for await url in urls {
        let port = URLComponents(string: url)?.port ?? 0
        try await body(LiveServer(port: port, source: source, routes: server.routes))
        break
      }
      group.cancelAll()
    }
  }

  /// Sends a request with the token unless `headers` say otherwise, and reads the answer.
  func ask(
    _ method: String = "GET", _ path: String, headers: [String: String] = [:], body: String? = nil,
    token: String? = secret
  ) async throws -> Answer {
    var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"]
    var headers = headers
    if headers["Host"] == nil { headers["Host"] = "127.0.0.1:\(port)" }
    if let token { headers["Authorization"] = "Bearer \(token)" }
    if let body { headers["Content-Length"] = "\(body.utf8.count)" }
    lines += headers.map { "\($0.key): \($0.value)" }
    return try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
  }

  /// Sends bytes as they are and reads until the server closes, or `limit` bytes have come.
  func send(_ text: String, limit: Int = .max) async throws -> Answer {
    let port = port
    // A thread of its own: waiting in the shared pool would keep the server from answering.
    let received: [UInt8] = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: Self.exchange(port: port, text, limit: limit))
      }
    }
    return Answer(received)
  }

  private static func exchange(port: Int, _ text: String, limit: Int) -> [UInt8] {
    guard let wire = Wire(port: port) else { return [] }
    defer { wire.close() }
    wire.send(text)
    return wire.read(limit: limit)
  }
}

/// An answer as it came over the wire.
struct Answer {
  let status: Int
  let headers: [String: String]
  let body: String
  /// The body as it came, whether it is text or not.
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
    self.bytes = end.map { Array(bytes[$0...]) } ?? []
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let lines = (parts.first ?? "").split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    status = words.count > 1 ? Int(words[1]) ?? 0 : 0
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      guard pair.count == 2 else { continue }
      headers[pair[0].lowercased()] = pair[1].drop { $0 == " " }.description
    }
    self.headers = headers
    body = parts.count > 1 ? String(parts[1]) : ""
  }
}
