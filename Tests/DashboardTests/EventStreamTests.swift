import HTTPTypes
import Hummingbird
import Records
import Synchronization
import Testing

@testable import Dashboard

@Suite struct EventStreamTests {
  /// Keeps what is written; can be slow.
  private struct Collector: ResponseBodyWriter {
    final class Text: Sendable {
      let value = Mutex("")
    }

    let text = Text()
    var delay = Duration.zero

    mutating func write(_ buffer: ByteBuffer) async throws {
      try await Task.sleep(for: delay)
      text.value.withLock { $0 += String(buffer: buffer) }
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {}
  }

  private func written(
    _ source: RecordedSource, after last: Int?, while body: () async -> Void
  ) async throws -> String {
    let collector = Collector()
    async let done: Void = {
      var writer: any ResponseBodyWriter = collector
      try await EventStream(source: source, lastSeen: last, hangUp: {}).write(to: &writer)
    }()
    while !collector.text.value.withLock({ $0.contains("welcome") }) { await Task.yield() }
    await body()
    await source.finishEvents()
    try await done
    return collector.text.value.withLock { $0 }
  }

  @Test func `events are numbered and told as they happen`() async throws {
    let source = RecordedSource()
    let text = try await written(source, after: nil) {
      await source.note(RecordedSource.running, .checkpoint(step: 0))
      await source.add(
        MetricPoints(step: 1, epoch: 0, time: 0, values: ["train/loss": .nan]),
        to: RecordedSource.running)
    }
    #expect(text.contains("id: 1\ndata: {\"entry\":"))
    #expect(text.contains("id: 2\ndata: {\"kind\":\"metrics\""))
    #expect(text.contains("\"train/loss\":\"NaN\""))
    #expect(!text.contains("resync"))
  }

  @Test func `a page that comes back gets what it missed`() async throws {
    let source = RecordedSource()
    for step in 0..<4 { await source.note(RecordedSource.running, .checkpoint(step: step)) }
    let text = try await written(source, after: 2) {}
    #expect(!text.contains("id: 2\n"))
    #expect(text.contains("id: 3\n") && text.contains("id: 4\n"))
    #expect(!text.contains("resync"))
  }

  @Test func `a page that missed too much is told to read anew`() async throws {
    let source = RecordedSource()
    for step in 0..<40 { await source.note(RecordedSource.running, .checkpoint(step: step)) }
    let text = try await written(source, after: 2) {}
    #expect(text.contains("event: resync\ndata: {\"from\":33}\n\nid: 33\n"))
  }

  @Test func `silence is broken by a comment`() async throws {
    let source = RecordedSource()
    let collector = Collector()
    let stream = EventStream(
      source: source, lastSeen: nil, heartbeat: .milliseconds(5), hangUp: {})
    async let done: Void = {
      var writer: any ResponseBodyWriter = collector
      try await stream.write(to: &writer)
    }()
    while !collector.text.value.withLock({ $0.contains(": still here\n\n") }) {
      try await Task.sleep(for: .milliseconds(2))
    }
    await source.finishEvents()
    try await done
  }

  @Test func `a page that reads nothing is let go`() async throws {
    let source = RecordedSource()
    let wasDropped = Collector.Text()
    let stream = EventStream(
      source: source, lastSeen: nil, heartbeat: .milliseconds(5), patience: .milliseconds(20),
      hangUp: { wasDropped.value.withLock { $0 = "dropped" } })
    let slow = Task {
      var writer: any ResponseBodyWriter = Collector(delay: .milliseconds(200))
      try await stream.write(to: &writer)
    }
    while wasDropped.value.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
    slow.cancel()
    _ = await slow.result
  }
}
