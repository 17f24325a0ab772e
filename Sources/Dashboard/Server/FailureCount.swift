import Synchronization

/// Counts wrong tokens, so that guessing is slow: ten a minute, then none is looked at.
final class FailureCount: Sendable {
  private let failures = Mutex<[ContinuousClock.Instant]>([])
  private let limit = 10

  /// Notes a failure; whether the asker has to wait.
  func note(at now: ContinuousClock.Instant = .now) -> Bool {
    failures.withLock { failures in
      failures.removeAll { $0.duration(to: now) > .seconds(60) }
      // What is refused for its number is not counted again: the list stays short.
      if failures.count >= limit { return true }
      failures.append(now)
      return false
    }
  }
}
