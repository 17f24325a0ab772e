import NIOCore
import Synchronization

/// The connections of a server, so that there are never more than it can bear.
///
/// Who connects when all places are taken gets that of the connection that has waited longest
/// without a request; those who ask something keep theirs.
final class ConnectionTable: Sendable {
  private struct Entry {
    let channel: any Channel
    var isBusy = false
    var order: Int
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var counter = 0
    var streams = 0
  }

  private let state = Mutex(State())
  let limits: ConnectionLimits

  init(limits: ConnectionLimits) { self.limits = limits }

  /// How many connections there are.
  var count: Int { state.withLock { $0.entries.count } }

  /// How many streams of events there are.
  var streams: Int { state.withLock { $0.streams } }

  /// Notes a new connection; closes the one that has to make room for it, which can be itself.
  func open(_ channel: any Channel) {
    let victim: (any Channel)? = state.withLock { state in
      state.counter += 1
      let own = ObjectIdentifier(channel)
      guard state.entries.count >= limits.connections else {
        state.entries[own] = Entry(channel: channel, order: state.counter)
        return nil
      }
      let idle = state.entries.filter { !$0.value.isBusy }.min { $0.value.order < $1.value.order }
      guard let idle else { return channel }
      state.entries[idle.key] = nil
      state.entries[own] = Entry(channel: channel, order: state.counter)
      return idle.value.channel
    }
    victim?.close(promise: nil)
  }

  /// Notes whether a connection is at work for a request.
  func set(_ channel: any Channel, isBusy: Bool) {
    state.withLock { state in
      state.counter += 1
      state.entries[ObjectIdentifier(channel)]?.isBusy = isBusy
      state.entries[ObjectIdentifier(channel)]?.order = state.counter
    }
  }

  /// Forgets a connection that is closed.
  func close(_ channel: any Channel) {
    state.withLock { $0.entries[ObjectIdentifier(channel)] = nil }
  }

  /// Counts a stream of events for as long as the work takes.
  func countingStream(_ work: () async throws -> Void) async throws {
    state.withLock { $0.streams += 1 }
    defer { state.withLock { $0.streams -= 1 } }
    try await work()
  }
}
