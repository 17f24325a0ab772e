import Foundation
import Records
import Synchronization
import Testing

@testable import Dashboard

#if canImport(Glibc)
  import Glibc
#endif

/// Pages that listen, some of which never read.
@Suite struct ListenerTests {
  /// The numbers of the events that one page has read, and whether it was told of a gap.
  private final class Reader: Sendable {
    let numbers = Mutex<[Int]>([])
    let hasGap = Mutex(false)

    func read(_ wire: Wire) {
      var rest: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = recv(wire.handle, &buffer, buffer.count, 0)
        if count <= 0 { return }
        rest += buffer[..<count]
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = lines.popLast().map(Array.init) ?? []
        for line in lines {
          let text = String(decoding: line.prefix(40), as: UTF8.self)
          if text.hasPrefix("id: "), let number = Int(text.dropFirst(4)) {
            numbers.withLock { $0.append(number) }
          }
          if text.hasPrefix("event: resync") { hasGap.withLock { $0 = true } }
        }
      }
    }
  }

  private func head(_ server: LiveServer, _ rest: String = "") -> String {
    "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
      + "Authorization: Bearer \(LiveServer.secret)\r\n\(rest)\r\n"
  }

  /// Waits until something is so, for two minutes at most.
  private func wait(_ what: String, until isSo: () -> Bool) async throws {
    for _ in 0..<12_000 {
      if isSo() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("After two minutes there is still no \(what).")
  }

  /// Whether the system knows that the other side has ended this connection.
  private func isEnded(_ wire: Wire) -> Bool {
    var state = pollfd(fd: wire.handle, events: 0, revents: 0)
    return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLHUP | POLLERR) != 0
  }

  @Test func `those who never read are dropped, the others miss nothing`() async throws {
    try await LiveServer.run(configure: { $0.limits.streamTime = .milliseconds(400) }) { server in
      let connections = server.routes.connections
      let text = head(server)
      let port = server.port
      let readers = (0..<15).map { _ in Reader() }
      let wires = await LiveServer.apart { (0..<20).compactMap { _ in Wire(port: port) } }
      #expect(wires.count == 20)
      for wire in wires[15...] {
        var size = Int32(4096)
        setsockopt(
          wire.handle, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
      }
      for wire in wires { #expect(wire.send(text)) }
      for (wire, reader) in zip(wires, readers) {
        Thread.detachNewThread { reader.read(wire) }
      }
      try await wait("stream for each page") { connections.streams == 20 }
      // Enough to fill what lies between the server and those that do not read; never more at a time
      // than a page that does read can have in its queue.
      let message = String(repeating: "x", count: 4000)
      var count = 0
      for _ in 0..<40 {
        for _ in 0..<20 {
          await server.source.note(RecordedSource.running, .warning, message)
          count += 1
        }
        let sent = count
        try await wait("reader of all") {
          readers.allSatisfy { $0.numbers.withLock { $0.count } == sent }
        }
      }
      try await wait("end of those that do not read") { connections.streams == 15 }
      // They are told, though they read nothing: what lies before them is forgotten.
      try await wait("word to those that do not read") { wires[15...].allSatisfy(isEnded) }
      for reader in readers {
        #expect(reader.numbers.withLock { $0 } == Array(1...count))
        #expect(!reader.hasGap.withLock { $0 })
      }
      // Who was dropped and comes back is told what is still known, and of the gap before it.
      let last = count
      let back = await LiveServer.apart { () -> Bool in
        guard let wire = Wire(port: port) else { return false }
        defer { wire.close() }
        wire.send(text.replacing("\r\n\r\n", with: "\r\nLast-Event-ID: \(last - 3)\r\n\r\n"))
        return wire.read(until: "id: \(last)\n")
      }
      #expect(back)
      await LiveServer.apart { for wire in wires { shutdown(wire.handle, Int32(SHUT_RDWR)) } }
      try await wait("end of all streams") {
        if connections.streams > 0 { Task { await server.source.note("x", .warning) } }
        return connections.streams == 0
      }
      for wire in wires { wire.close() }
    }
  }
}
