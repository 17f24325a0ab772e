import Foundation
import Logging
import ServiceLifecycle
import Synchronization

@testable import Dashboard

#if canImport(Glibc)
  import Glibc
#endif

/// A server on a free port, for as long as a test's body runs.
struct LiveServer: Sendable {
  static let secret = "test-test-test-test-test-test"

  let port: Int
  let source: RecordedSource
  let routes: Routes

  static func run(
    source: RecordedSource = RecordedSource(), _ body: @Sendable (LiveServer) async throws -> Void
  ) async throws {
    var configuration = DashboardConfiguration()
    configuration.token = Token(secret) ?? Token()
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try DashboardServer(source: source, configuration: configuration, logger: logger) {
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
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { return [] }
    defer { close(handle) }
    var wait = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard isConnected == 0 else { return [] }
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes {
      Glibc.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while result.count < limit {
      let count = recv(handle, &buffer, buffer.count, 0)
      if count <= 0 { break }
      result += buffer[..<count]
    }
    return result
  }
}

/// An answer as it came over the wire.
struct Answer {
  let status: Int
  let headers: [String: String]
  let body: String

  init(_ bytes: [UInt8]) {
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
