import Displays
import Foundation
import LasagneEngine
import Records
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Shows a session on standard output while it runs: a bar on a terminal, plain lines elsewhere.
struct SessionDisplay {
  private var record: SessionRecord
  private let isJSON: Bool
  private let terminal: Terminal
  private var hasBar = false
  private var begin: (time: Double, step: Int)?
  private var hasSaidWaiting = false
  /// The attempts that are history; only what came after them is shown.
  private var pastAttempt = 0

  /// Begins with what is known at the start.
  init(_ record: SessionRecord, isJSON: Bool, terminal: Terminal) {
    self.record = record
    self.isJSON = isJSON
    self.terminal = terminal
  }

  /// Shows the session until it is over, and returns what became of it.
  ///
  /// - Parameters:
  ///   - past: A follower that has seen what came before; `nil` shows all.
  ///   - onlyWatches: Whether a person's control-C is about the watching and not the session.
  ///   - control: Passes a person's control-C on to the session.
  ///   - current: What the engine knows beyond the folder; `nil` where there is nothing.
  mutating func follow(
    _ folder: SessionFolder, after past: SessionFollower? = nil, onlyWatches: Bool = false,
    control: (ControlAction) async -> Void, current: () async -> SessionRecord?
  ) async throws -> SessionRecord {
    let interrupt = StopFlag()
    let again = StopFlag()
    let sources = [interrupt.set(on: [SIGINT, SIGTERM])]
    defer { sources.joined().forEach { $0.cancel() } }
    var secondSources: [any DispatchSourceSignal] = []
    defer { secondSources.forEach { $0.cancel() } }
    var hasStopped = false
    var follower = past ?? SessionFollower(folder)
    if past != nil { pastAttempt = record.attempt }
    introduce()
    while true {
      let changes = try follower.poll()
      record = changes.record
      if let known = await current() {
        // Until a new attempt has begun, the folder still tells of the one before.
        record.state = known.state
        record.message = known.message
      }
      if record.state == .queued, let message = record.message, !hasSaidWaiting {
        hasSaidWaiting = true
        say(message)
      }
      try show(changes, of: folder)
      if record.state.isOver || isHeldUp { break }
      if interrupt.isSet && !hasStopped {
        hasStopped = true
        secondSources = again.set(on: [SIGINT])
        clearBar()
        if !onlyWatches {
          say("Stopping after this step; control-C again leaves the session alone.")
        }
        await control(.stop)
      }
      if again.isSet { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    clearBar()
    try conclude(follower.folder)
    return record
  }

  /// Whether the session paused by itself, and somebody has to do something before it goes on.
  private var isHeldUp: Bool {
    record.state == .paused && record.message != nil && record.process == nil
  }

  private func introduce() {
    guard !isJSON else { return }
    let request = record.request
    put(
      terminal.bold(request.name)
        + "  \(request.model) on \(request.data), \(request.device), "
        + "\(request.threads) \(request.threads == 1 ? "thread" : "threads")")
    put(terminal.colored("session \(request.id)", .grey))
    if let loaded = request.loaded {
      if !loaded.isComplete { put(loaded.table(includesLoaded: false)) }
      put("Weights from \(loaded.source): \(loaded.counts)")
    }
  }

  private mutating func show(
    _ changes: SessionFollower.Changes, of folder: SessionFolder
  ) throws {
    if isJSON {
      for points in changes.metrics { put(try json(points)) }
      return
    }
    for points in changes.metrics where points.values["train/epochLoss"] != nil {
      clearBar()
      put(epochLine(points))
    }
    for entry in changes.timeline where entry.attempt > pastAttempt {
      switch entry.event {
      case .warning: say(entry.sentence)
      case .acknowledged: say(folder.sentence(of: entry))
      case .state(.paused): say("Paused at step \(entry.step).")
      default: break
      }
    }
    if terminal.isInteractive && !record.state.isOver {
      let now = Date().timeIntervalSince1970
      if record.state != .running {
        begin = nil
      } else if begin == nil {
        begin = (now, record.step)
      }
      let line = ProgressLine(record: record, now: now, begin: begin)
      put("\r\u{1b}[K" + line.bar(in: terminal), terminator: "")
      hasBar = true
    }
  }

  private func epochLine(_ points: MetricPoints) -> String {
    let shown = [
      ("train/epochLoss", "loss"), ("train/epochAccuracy", "accuracy"),
      ("valid/loss", "validation loss"), ("valid/accuracy", "validation accuracy"),
      ("test/accuracy", "test accuracy"),
    ]
    var parts = ["epoch \(Int(points.epoch.rounded()))/\(record.epochs)"]
    for (key, label) in shown {
      if let value = points.values[key] { parts.append("\(label) \(metric(value, key))") }
    }
    if let rate = points.values["rate/samples"] {
      parts.append("\(NumberText.grouped(Int(rate))) samples/s")
    }
    return terminal.line(parts)
  }

  private func conclude(_ folder: SessionFolder) throws {
    if isJSON {
      put(try json(record))
      return
    }
    var parts = ["\(record.state.title) at step \(NumberText.grouped(record.step))"]
    for key in ["test/accuracy", "test/loss", "valid/accuracy"] {
      if let value = record.latest[key] {
        let label = key.replacing("/", with: " ").replacing("valid", with: "validation")
        parts.append("\(label) \(metric(value, key))")
        if key == "test/accuracy" { break }
      }
    }
    if let start = record.startedAt, let end = record.endedAt {
      parts.append(NumberText.duration(end - start))
    }
    let color: Terminal.Color = record.state == .finished ? .green : .yellow
    put(terminal.colored(parts.joined(separator: ", ") + ".", color))
    for entry in try folder.timelineEntries() where entry.attempt > pastAttempt {
      if case .params(let name, let version) = entry.event {
        let isAverage = name != record.request.saveParams
        put(
          "The \(isAverage ? "averaged " : "")weights are the params \(name)@\(version) of the model "
            + "\(record.request.model).")
      }
    }
  }

  private mutating func say(_ sentence: String) {
    guard !isJSON else { return }
    clearBar()
    put(terminal.colored(sentence, .yellow))
  }

  private mutating func clearBar() {
    guard hasBar else { return }
    put("\r\u{1b}[K", terminator: "")
    hasBar = false
  }

  private func json(_ value: some Encodable) throws -> String {
    String(decoding: try RecordJSON.encode(value), as: UTF8.self)
  }
}

extension SessionDisplay {
  /// Shows a session until it is over, and then gives the workspace back.
  ///
  /// - Throws: `Ending` with code 1 if the session failed or crashed.
  static func follow(
    _ record: SessionRecord, in workspace: Workspace, through link: EngineLink, isJSON: Bool,
    after past: SessionFollower? = nil
  ) async throws {
    let id = record.request.id
    var display = SessionDisplay(record, isJSON: isJSON, terminal: .standard)
    let end = try await display.follow(workspace.session(id), after: past) { action in
      _ = try? await link.control(id, action, origin: "command line")
    } current: {
      try? await link.session(id)
    }
    await link.close()
    let isHeldUp = end.state == .paused && end.message != nil
    if end.state == .failed || end.state == .crashed || isHeldUp {
      throw Ending(code: 1, sentence: end.message ?? "The session \(end.state.rawValue).")
    }
  }
}

extension SessionFolder {
  /// What happened, with what was asked and by whom where it is the answer to a command.
  func sentence(of entry: TimelineEntry) -> String {
    guard case .acknowledged(let number, _) = entry.event, entry.message == nil,
      let command = try? controls().last(where: { $0.number == number })
    else { return entry.sentence }
    var entry = entry
    entry.message = command.sentence
    return entry.sentence
  }
}

/// A metric as people read it: accuracies as percentages.
func metric(_ value: Double, _ key: String) -> String {
  key.lowercased().contains("accuracy") ? NumberText.percentage(value) : NumberText.value(value)
}
