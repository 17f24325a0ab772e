import Dispatch
import Synchronization

/// Work that takes a while and computes: one at a time, on a thread of its own, its results kept.
///
/// The tasks that answer other requests go on meanwhile.
final class LookQueue: Sendable {
  private let queue = DispatchQueue(label: "dashboard.looks")
  /// The newest results, the oldest first.
  private let results = Mutex<[(key: String, value: any Sendable)]>([])
  private let limit = 16

  /// Does the work, unless its result is known under this key already.
  func result<Value: Sendable>(
    _ key: String, _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await run {
      let known = self.results.withLock { results in results.last { $0.key == key }?.value }
      if let known = known as? Value { return known }
      let value = try work()
      self.results.withLock { results in
        results.append((key, value))
        if results.count > self.limit { results.removeFirst() }
      }
      return value
    }
  }

  /// Does the work anew.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
