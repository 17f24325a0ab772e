import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A connection to a server on this machine, byte by byte; every call may wait, so that it belongs
/// on a thread of its own.
final class Wire: @unchecked Sendable {
  let handle: Int32

  /// Connects; `nil` where nobody listens.
  ///
  /// Reading waits for `patience` seconds at most.
  init?(port: Int, patience: Int = 60) {
    handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { return nil }
    var wait = timeval(tv_sec: patience, tv_usec: 0)
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
    if isConnected != 0 {
      close()
      return nil
    }
  }

  /// Sends as much as the other side takes; whether that was all.
  @discardableResult
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map {
          Glibc.send(handle, $0 + done, bytes.count - done, Int32(MSG_NOSIGNAL))
        } ?? 0
      }
      if count <= 0 { return false }
      done += count
    }
    return true
  }

  /// Reads until the other side closes, or `limit` bytes have come, or patience is at its end.
  func read(limit: Int = .max) -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while result.count < limit {
      let count = recv(handle, &buffer, min(buffer.count, limit - result.count), 0)
      if count <= 0 { break }
      result += buffer[..<count]
    }
    return result
  }

  /// Reads until a text has come; whether it has.
  func read(until text: String) -> Bool {
    let wanted = Array(text.utf8)
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(handle, &buffer, buffer.count, 0)
      if count <= 0 { return false }
      result += buffer[..<count]
      if result.firstRange(of: wanted) != nil { return true }
    }
  }

  /// Whether the other side ends the connection while we wait.
  func isClosedByServer() -> Bool {
    var byte: UInt8 = 0
    while true {
      let count = recv(handle, &byte, 1, 0)
      if count == 0 { return true }
      if count < 0 { return errno == ECONNRESET }
    }
  }

  func close() { _ = Glibc.close(handle) }
}

extension LiveServer {
  /// Does work that waits on a thread of its own: waiting in the shared pool would keep the server
  /// from answering.
  static func apart<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: work()) }
    }
  }
}
