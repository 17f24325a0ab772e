import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A wish, from a signal or from another thread, that a session write a checkpoint and stop.
public final class StopFlag: Sendable {
  private let value = Atomic<Bool>(false)

  /// Makes a flag that is not set.
  public init() {}

  /// Whether stopping was asked for.
  public var isSet: Bool { value.load(ordering: .acquiring) }

  /// Asks for stopping.
  public func set() { value.store(true, ordering: .releasing) }

  /// Sets the flag when the process gets one of these signals; keep the result as long as wanted.
  public func set(on signals: [Int32]) -> [any DispatchSourceSignal] {
    signals.map { number in
      // A dispatch source only sees a signal that does not already end the process.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { self.set() }
      source.resume()
      return source
    }
  }
}
