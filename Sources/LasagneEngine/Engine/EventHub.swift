import Records
import Synchronization

/// Tells any number of listeners what happens, in order, without ever waiting for one of them.
///
/// A listener that does not keep up loses the oldest events it has not read; it sees the gap in
/// the sequence numbers and can fetch what it missed from the workspace.
public final class EventHub: Sendable {
  private struct State {
    var sequence = 0
    var recent: [EngineEvent] = []
    var listeners: [Int: AsyncStream<EngineEvent>.Continuation] = [:]
    var nextListener = 0
  }

  private let state: Mutex<State>
  private let capacity: Int

  /// Makes a hub that keeps the newest `capacity` events for those who reconnect.
  public init(capacity: Int = 256) {
    self.capacity = capacity
    self.state = Mutex(State())
  }

  /// The number of the newest event; 0 before the first.
  public var newestSequence: Int { state.withLock { $0.sequence } }

  /// Numbers an event and hands it to all listeners.
  @discardableResult
  public func publish(_ content: EngineEvent.Content) -> EngineEvent {
    state.withLock { state in
      state.sequence += 1
      let event = EngineEvent(sequence: state.sequence, content: content)
      state.recent.append(event)
      if state.recent.count > capacity {
        state.recent.removeFirst(state.recent.count - capacity)
      }
      for listener in state.listeners.values { listener.yield(event) }
      return event
    }
  }

  /// All events from now on, after those kept that are newer than `sequence`.
  public func events(after sequence: Int? = nil) -> AsyncStream<EngineEvent> {
    AsyncStream(bufferingPolicy: .bufferingNewest(capacity)) { continuation in
      let listener = state.withLock { state in
        if let sequence {
          for event in state.recent where event.sequence > sequence { continuation.yield(event) }
        }
        let listener = state.nextListener
        state.nextListener += 1
        state.listeners[listener] = continuation
        return listener
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
      }
    }
  }

  /// Ends every listener's stream.
  public func finish() {
    let listeners = state.withLock { state in
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
