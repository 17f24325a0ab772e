import NIOCore

/// Where a connection is between two requests, and since when; lives on its event loop.
final class ConnectionClock {
  enum Phase {
    /// No byte of the next request has come.
    case waiting(since: NIODeadline)
    /// A request's head is coming in.
    case head(since: NIODeadline, bytes: Int)
    /// A request's body is coming in.
    case body(since: NIODeadline, bytes: Int)
    /// Everything has been read; the answer is due.
    case answering
  }

  let table: ConnectionTable
  var limits: ConnectionLimits { table.limits }
  private(set) var phase = Phase.waiting(since: .now())
  private var answersDue = 0
  private var hadRequest = false
  /// Since when the client reads nothing although there is something to read.
  var stuckSince: NIODeadline?

  init(table: ConnectionTable) { self.table = table }

  /// Whether the request whose answer is being written has not been read to its end.
  var isReadingBody: Bool { if case .body = phase { true } else { false } }

  /// Notes bytes as they come in; whether that is still a head one can read.
  func take(bytes: Int) -> Bool {
    switch phase {
    case .waiting: phase = .head(since: .now(), bytes: bytes)
    case .head(let since, let before):
      // What came with the last bytes was no whole head yet.
      if before > limits.headBytes { return false }
      phase = .head(since: since, bytes: before + bytes)
    case .body, .answering: break
    }
    return true
  }

  func beginBody() {
    phase = .body(since: .now(), bytes: 0)
    answersDue += 1
    hadRequest = true
  }

  func takeBody(bytes: Int) {
    if case .body(let since, let before) = phase {
      phase = .body(since: since, bytes: before + bytes)
    }
  }

  func endRequest() { phase = .answering }

  /// Whether nothing is due any more.
  func endAnswer() -> Bool {
    answersDue = max(0, answersDue - 1)
    guard answersDue == 0 else { return false }
    if case .answering = phase { phase = .waiting(since: .now()) }
    return true
  }

  /// Whether the client has taken longer than it may.
  func isOverdue(at now: NIODeadline) -> Bool {
    if let stuckSince, now - stuckSince > limits.readTime { return true }
    switch phase {
    case .waiting(let since): return now - since > (hadRequest ? limits.idleTime : limits.headTime)
    case .head(let since, _): return now - since > limits.headTime
    case .body(let since, let bytes):
      let earned = TimeAmount.milliseconds(Int64(bytes) * 1000 / Int64(limits.bodyBytesPerSecond))
      return now - since > limits.bodyTime + earned
    case .answering: return false
    }
  }
}
