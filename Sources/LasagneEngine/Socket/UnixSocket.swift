import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connected or listening Unix socket; closes itself.
///
/// Used by one thread at a time; `close` may be called from any.
final class UnixSocket: Sendable {
  /// The longest path the kernel takes, with its closing zero.
  static let longestPath = 107

  let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Listens at a path that only this user can reach.
  static func listening(at path: String) throws -> UnixSocket {
    let socket = try open()
    unlink(path)
    let mask = umask(0o177)
    let bound = try withAddress(path) { bind(socket.descriptor, $0, $1) }
    umask(mask)
    guard bound == 0, listen(socket.descriptor, 16) == 0 else {
      throw failure("The engine cannot listen at '\(path)'")
    }
    return socket
  }

  /// Connects to a listener; `nil` if nobody listens there.
  static func connected(to path: String) throws -> UnixSocket? {
    let socket = try open()
    let result = try withAddress(path) { connect(socket.descriptor, $0, $1) }
    if result == 0 { return socket }
    switch errno {
    case ENOENT, ECONNREFUSED: return nil
    default: throw failure("The engine at '\(path)' cannot be reached")
    }
  }

  /// Waits for the next connection; `nil` when the socket was shut down.
  func accepted() -> UnixSocket? {
    while true {
      let result = accept(descriptor, nil, nil)
      if result >= 0 {
        _ = fcntl(result, F_SETFD, FD_CLOEXEC)
        return UnixSocket(descriptor: result)
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  /// Wakes whoever waits on this socket.
  func shutDown() {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Writes all bytes.
  func write(_ data: Data) throws {
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw Self.failure("The connection broke")
      }
    }
  }

  /// Reads some bytes; empty at the end.
  func read() throws -> Data {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 { return Data(buffer[..<count]) }
      guard errno == EINTR else { throw Self.failure("The connection broke") }
    }
  }

  private static func open() throws -> UnixSocket {
    #if canImport(Glibc)
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw failure("No socket could be opened") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return UnixSocket(descriptor: descriptor)
  }

  private static func withAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws -> Result {
    guard path.utf8.count <= longestPath else {
      throw EngineError(.failed, "The path '\(path)' is too long for a socket.")
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func failure(_ what: String) -> EngineError {
    EngineError(.failed, "\(what): \(String(cString: strerror(errno))).")
  }
}

#if canImport(Glibc)
  private let noSignal = Int32(MSG_NOSIGNAL)
#else
  private let noSignal: Int32 = 0
#endif

/// One JSON value a line over a socket.
struct LineChannel {
  /// Longer lines are refused: nobody who means well sends them.
  static let longestLine = 64 << 20

  private let socket: UnixSocket
  private var pending = Data()

  init(_ socket: UnixSocket) {
    self.socket = socket
  }

  func send(_ value: some Encodable) throws {
    var line = try JSONEncoder().encode(value)
    line.append(UInt8(ascii: "\n"))
    try socket.write(line)
  }

  /// The next line; `nil` at the end.
  mutating func receive() throws -> Data? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(pending[..<end])
        pending = Data(pending[(end + 1)...])
        return line
      }
      guard pending.count <= Self.longestLine else {
        throw EngineError(.invalid, "A line on the engine's socket was longer than 64 MB.")
      }
      let more = try socket.read()
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }
}
