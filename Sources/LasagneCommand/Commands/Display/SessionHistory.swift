import Displays
import Foundation
import Records
import Storage

/// What happened to a session, for the horizontal axes of its curves and for the marks on them.
struct SessionHistory {
  /// The session.
  let record: SessionRecord
  /// Its timeline, oldest first.
  let timeline: [TimelineEntry]
  /// The commands it was given, by number.
  let commands: [Int: ControlCommand]
  /// Steps and the position in epochs reached with them, in order.
  let epochs: [(step: Double, epoch: Double)]

  /// Reads the timeline and the commands of a session.
  init(_ record: SessionRecord, _ folder: SessionFolder) throws {
    self.init(record, timeline: try folder.timelineEntries(), commands: try folder.controls())
  }

  init(_ record: SessionRecord, timeline: [TimelineEntry], commands: [ControlCommand]) {
    self.record = record
    self.timeline = timeline
    self.commands = Dictionary(commands.map { ($0.number, $0) }) { $1 }
    var ends = [0.0: 0.0]
    for entry in timeline {
      guard case .epoch(let number) = entry.event else { continue }
      // A run that went back to a step does what lies behind it once more.
      ends = ends.filter { $0.key < Double(entry.step) && $0.value < Double(number) }
      ends[Double(entry.step)] = Double(number)
    }
    if let last = ends.keys.max(), Double(record.step) > last {
      ends[Double(record.step)] = max(record.epoch, ends[last] ?? 0)
    }
    epochs = ends.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The position in epochs at a step: exact where an epoch ends, in between in proportion.
  ///
  /// `nil` where the session has not got so far that this could be said.
  func epoch(at step: Double) -> Double? {
    guard epochs.count > 1 else { return nil }
    let next = epochs.firstIndex { $0.step >= step } ?? epochs.count - 1
    let (start, end) = (epochs[max(0, next - 1)], epochs[max(1, next)])
    guard end.step > start.step else { return end.epoch }
    return start.epoch + (end.epoch - start.epoch) * (step - start.step) / (end.step - start.step)
  }

  /// Seconds since 1970 of its first start.
  var start: Double { record.startedAt ?? record.request.createdAt }

  /// Where a step that was reached at a moment stands on an axis.
  func place(_ horizontal: Plot.Horizontal, step: Double, time: Double) -> Double? {
    switch horizontal {
    case .step: step
    case .epoch: epoch(at: step)
    case .time: max(0, time - start)
    }
  }

  /// What people had it do, in order; threads that the engine shares out are its own affair.
  var interventions: [(entry: TimelineEntry, command: ControlCommand)] {
    timeline.compactMap { entry in
      guard case .acknowledged(let number, nil) = entry.event, let command = commands[number]
      else { return nil }
      if case .threads = command.action { return nil }
      return (entry, command)
    }
  }

  /// The marks of what people had it do.
  func marks(_ horizontal: Plot.Horizontal, named: Bool) -> [PlotMark] {
    interventions.compactMap { entry, command in
      place(horizontal, step: Double(entry.step), time: entry.time).map { x in
        let who = named ? "\(record.request.name), \(command.origin)" : command.origin
        return PlotMark(x: x, text: "\(command.action.wish) (\(who))")
      }
    }
  }

  /// What a report tells of an entry: who, when, what.
  func event(_ entry: TimelineEntry) -> Report.Event {
    var event = Report.Event(
      time: entry.time, step: entry.step, who: "session", what: entry.sentence)
    guard case .acknowledged(let number, let refusal) = entry.event, let command = commands[number]
    else { return event }
    let wish = command.action.wish
    event.who = command.origin
    event.what = refusal.map { "Asked to \(wish), and was refused: \($0)" } ?? "\(wish)."
    if case .threads = command.action { return event }
    if refusal == nil { event.mark = "\(wish) (\(command.origin))" }
    return event
  }
}
