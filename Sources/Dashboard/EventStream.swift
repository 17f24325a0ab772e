import Foundation
import Hummingbird
import NIOCore
import Records
import ServiceLifecycle
import Synchronization

/// One page's stream of events, as `text/event-stream`.
///
/// The engine never waits for it: between the two lies a short queue that drops its oldest events.
/// The page is told of the gap and asks for the records again. A page that reads nothing is let go.
struct EventStream: Sendable {
  let source: any DashboardSource
  /// The last event that the page has seen.
  let lastSeen: Int?
  /// How long the stream may say nothing.
  var heartbeat: Duration = .seconds(15)
  /// How long one write may take.
  var patience: Duration = .seconds(10)
  /// Ends the connection of a page that does not read.
  let hangUp: @Sendable () -> Void

  private enum Tick: Sendable {
    case event(EngineEvent)
    case silence
  }

  /// Writes until the events end, the server stops or the page is gone.
  func write(to writer: inout any ResponseBodyWriter) async throws {
    let events = await source.events(after: lastSeen)
    let (ticks, continuation) = AsyncStream.makeStream(
      of: Tick.self, bufferingPolicy: .bufferingNewest(256))
    let clock = WriteClock()
    var previous = lastSeen
    try await writer.write(ByteBuffer(string: "retry: 1000\n: welcome\n\n"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        for await event in events.cancelOnGracefulShutdown() { continuation.yield(.event(event)) }
        continuation.finish()
      }
      group.addTask {
        while true {
          try await Task.sleep(for: heartbeat)
          continuation.yield(.silence)
        }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: patience / 4)
          if let since = clock.writingSince.withLock({ $0 }), since.duration(to: .now) > patience {
            return hangUp()
          }
        }
      }
      for await tick in ticks {
        clock.writingSince.withLock { $0 = .now }
        try await writer.write(ByteBuffer(string: try text(tick, after: &previous)))
        clock.writingSince.withLock { $0 = nil }
      }
    }
    try await writer.finish(nil)
  }

  private func text(_ tick: Tick, after previous: inout Int?) throws -> String {
    switch tick {
    case .silence:
      return ": still here\n\n"
    case .event(let event):
      var text = ""
      if let previous, event.sequence != previous + 1 {
        text = "event: resync\ndata: {\"from\":\(event.sequence)}\n\n"
      }
      previous = event.sequence
      let data = String(decoding: try Reply.encode(EventMessage(event)), as: UTF8.self)
      return text + "id: \(event.sequence)\ndata: \(data)\n\n"
    }
  }
}

/// Since when a write has been under way; `nil` between two of them.
private final class WriteClock: Sendable {
  let writingSince = Mutex<ContinuousClock.Instant?>(nil)
}
