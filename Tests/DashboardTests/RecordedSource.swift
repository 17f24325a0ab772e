import Dashboard
import Foundation
import Records

/// A source that holds records.
actor RecordedSource: DashboardSource {
  static let running = "0123456789abcdefghijklmnop"
  static let finished = "zyxwvutsrqponmlkjihgfedcba"

  private var records: [String: SessionRecord]
  private var points: [String: [MetricPoints]] = [:]
  private var pictures: [String: ImageStack] = [:]
  private var entries: [String: [TimelineEntry]] = [:]
  private var sequence = 0
  private var recent: [EngineEvent] = []
  private var listeners: [Int: AsyncStream<EngineEvent>.Continuation] = [:]
  private(set) var commands: [(String, ControlAction, String)] = []
  private let name: String

  init(name: String = "lenet on fashion") {
    self.name = name
    records = [
      Self.running: Self.record(Self.running, name: name, state: .running),
      Self.finished: Self.record(Self.finished, name: "first try", state: .finished),
    ]
    records[Self.finished]?.step = 4200
    records[Self.finished]?.epoch = 6
    records[Self.finished]?.latest = ["valid/accuracy": 0.884, "valid/loss": 0.331]
    let loss = (0..<200).map { index in
      MetricPoints(
        step: index * 20, epoch: Double(index) / 35, time: 1_790_000_000,
        values: ["train/loss": 2.3 * exp(-Double(index) / 40) + 0.3])
    }
    points[Self.finished] = loss
  }

  static func record(_ id: String, name: String, state: SessionState) -> SessionRecord {
    SessionRecord(
      request: SessionRequest(
        id: id, name: name, model: "lenet", data: "fashion-mnist", startParams: nil,
        saveParams: "first", recipe: .object([:]), device: "cpu", threads: 2,
        writesTensorBoard: false, createdAt: id == running ? 1_790_000_100 : 1_790_000_000),
      state: state, attempt: 1, epochs: 6, totalSteps: 4200, startedAt: 1_790_000_000,
      message: state == .finished ? "Reached the end of its recipe." : nil)
  }

  func sessions() -> [SessionRecord] {
    records.values.sorted { $0.request.createdAt > $1.request.createdAt }
  }

  func session(_ id: String) throws -> SessionRecord {
    guard let record = records[id] else {
      throw DashboardError.notFound("There is no session \(id).")
    }
    return record
  }

  func network(ofSession id: String) throws -> NetworkSummary {
    _ = try session(id)
    return RecordedSource.lenet
  }

  func seriesKeys(ofSession id: String) throws -> [String] {
    _ = try session(id)
    return Set((points[id] ?? []).flatMap(\.values.keys)).sorted()
  }

  func series(sessions: [String], keys: [String], from: Int?, to: Int?, pixels: Int) throws
    -> [Series]
  {
    try sessions.flatMap { id in
      _ = try session(id)
      return keys.map { key in
        let all = (points[id] ?? []).filter { $0.values[key] != nil }
        let chosen = all.filter { $0.step >= from ?? 0 && $0.step <= to ?? .max }
        let share = max(1, chosen.count / max(1, pixels / 3))
        let buckets = stride(from: 0, to: chosen.count, by: share).map { start in
          Self.bucket(key, chosen[start..<min(start + share, chosen.count)])
        }
        return Series(session: id, key: key, buckets: buckets, totalCount: all.count)
      }
    }
  }

  private static func bucket(_ key: String, _ points: ArraySlice<MetricPoints>) -> Series.Bucket {
    let values = points.compactMap { $0.values[key] }
    let finite = values.filter(\.isFinite)
    return Series.Bucket(
      firstStep: points.first?.step ?? 0, lastStep: points.last?.step ?? 0, minimum: finite.min(),
      maximum: finite.max(),
      mean: finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count), last: finite.last,
      lastTime: points.last?.time ?? 0, count: values.count,
      nonFiniteCount: values.count - finite.count)
  }

  func imageKeys(ofSession id: String) throws -> [String] {
    _ = try session(id)
    return pictures[id].map { [$0.key] } ?? []
  }

  func images(ofSession id: String, key: String) throws -> ImageStack {
    _ = try session(id)
    guard let stack = pictures[id], stack.key == key else {
      throw DashboardError.notFound("The session has no images under this key.")
    }
    return stack
  }

  func histograms(ofSession id: String, key: String) throws -> [Histogram] {
    _ = try session(id)
    return []
  }

  func timeline(ofSession id: String) throws -> [TimelineEntry] {
    _ = try session(id)
    return entries[id] ?? []
  }

  func models() -> [String] { ["lenet"] }
  func params() -> [ParamsRecord] { [] }
  func data() -> [DataRecord] { [] }

  func devices() -> [DeviceStatus] {
    [
      DeviceStatus(
        name: "cpu", description: "AVX512, 2 cores", totalBytes: 25_000_000_000,
        usedBytes: 3_100_000_000, cores: 2, threadsInUse: 2, sessions: [Self.running])
    ]
  }

  func control(_ id: String, _ action: ControlAction, origin: String) throws -> ControlCommand {
    var record = try session(id)
    let state: SessionState
    switch action {
    case .pause where record.state == .running: state = .paused
    case .resume where record.state == .paused: state = .running
    case .stop where !record.state.isOver: state = .stopped
    default: throw DashboardError.conflict("The session '\(name)' is \(record.state.rawValue).")
    }
    commands.append((id, action, origin))
    record.state = state
    change(record)
    note(id, .acknowledged(command: commands.count, refusal: nil))
    note(id, .state(state))
    return ControlCommand(
      number: commands.count, time: 1_790_000_200, origin: origin, action: action)
  }

  func events(after last: Int?) -> AsyncStream<EngineEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: EngineEvent.self, bufferingPolicy: .bufferingNewest(256))
    for event in recent where last.map({ event.sequence > $0 }) ?? false {
      continuation.yield(event)
    }
    listeners[listeners.count] = continuation
    return stream
  }

  func finishEvents() { for listener in listeners.values { listener.finish() } }

  func publish(_ content: EngineEvent.Content) {
    sequence += 1
    let event = EngineEvent(sequence: sequence, content: content)
    recent.append(event)
    if recent.count > 8 { recent.removeFirst() }
    for listener in listeners.values { listener.yield(event) }
  }

  func change(_ record: SessionRecord) {
    records[record.request.id] = record
    publish(.session(record))
  }

  func note(_ id: String, _ event: TimelineEntry.Event, _ message: String? = nil) {
    let entry = TimelineEntry(
      time: Date().timeIntervalSince1970, attempt: 1, step: records[id]?.step ?? 0, event: event,
      message: message)
    entries[id, default: []].append(entry)
    publish(.timeline(session: id, entry: entry))
  }

  func take(_ stack: ImageStack, of id: String) {
    pictures[id] = stack
    publish(.pictures(session: id, keys: [stack.key], step: stack.step))
  }

  func add(_ point: MetricPoints, to id: String) {
    points[id, default: []].append(point)
    records[id]?.step = point.step
    records[id]?.epoch = point.epoch
    records[id]?.latest.merge(point.values) { $1 }
    publish(.metrics(session: id, points: [point]))
  }
}
