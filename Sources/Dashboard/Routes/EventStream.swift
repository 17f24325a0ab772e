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
  /// What the newest events are as texts, for all streams together.
  var texts = EventTexts()
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
        try await writer.write(try text(tick, after: &previous))
        clock.writingSince.withLock { $0 = nil }
      }
    }
    try await writer.finish(nil)
  }

  private func text(_ tick: Tick, after previous: inout Int?) throws -> ByteBuffer {
    switch tick {
    case .silence:
      return ByteBuffer(string: ": still here\n\n")
    case .event(let event):
      let isGap = previous.map { event.sequence != $0 + 1 } ?? false
      previous = event.sequence
      let text = try texts.text(of: event)
      guard isGap else { return text }
      var resync = ByteBuffer(string: "event: resync\ndata: {\"from\":\(event.sequence)}\n\n")
      resync.writeImmutableBuffer(text)
      return resync
    }
  }
}

/// Since when a write has been under way; `nil` between two of them.
private final class WriteClock: Sendable {
  let writingSince = Mutex<ContinuousClock.Instant?>(nil)
}

/// The newest events as they are written, so that each becomes a text once and not for each page.
final class EventTexts: Sendable {
  private let texts = Mutex<[Int: (sequence: Int, text: ByteBuffer)]>([:])
  private let capacity = 256

  /// The lines of an event.
  func text(of event: EngineEvent) throws -> ByteBuffer {
    try texts.withLock { texts in
      let place = event.sequence % capacity
      if let known = texts[place], known.sequence == event.sequence { return known.text }
      let data = String(decoding: try Reply.encode(EventMessage(event)), as: UTF8.self)
      let text = ByteBuffer(string: "id: \(event.sequence)\ndata: \(data)\n\n")
      texts[place] = (event.sequence, text)
      return text
    }
  }
}
