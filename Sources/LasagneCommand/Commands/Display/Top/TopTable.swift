import Displays
import Foundation
import Records

/// The table of sessions in `lasagne top`.
struct TopTable {
  typealias Span = TextPlot.Span

  let state: TopState
  let width: Int

  private struct Column {
    var title: String
    var width: Int
    var isRight = true
    var cell: (SessionRecord) -> [Span]
  }

  /// The head and at most so many rows, the chosen one among them.
  func lines(rows: Int) -> [[Span]] {
    let columns = self.columns
    let head = columns.flatMap { column in
      [Span(" "), Span(padded(column.title, column), .faint)]
    }
    let place = state.sessions.firstIndex { $0.request.id == state.selected } ?? 0
    let first = max(0, min(place - rows / 2, state.sessions.count - rows))
    let shown = state.sessions.dropFirst(first).prefix(rows)
    let body = shown.map { record -> [Span] in
      let isChosen = record.request.id == state.selected
      var line = [Span(isChosen ? "▸" : " ", .strong)]
      for (index, column) in columns.enumerated() {
        var cell = column.cell(record)
        let length = cell.reduce(0) { $0 + $1.text.count }
        let space = Span(String(repeating: " ", count: max(0, column.width - length)))
        if isChosen, index == 0 { cell = cell.map { Span($0.text, .strong) } }
        if index > 0 { line.append(Span(" ")) }
        line += column.isRight ? [space] + cell : cell + [space]
      }
      return line
    }
    return [head] + body
  }

  private func padded(_ text: String, _ column: Column) -> String {
    let space = String(repeating: " ", count: max(0, column.width - text.count))
    return column.isRight ? space + text : text + space
  }

  private var columns: [Column] {
    let bar = width >= 110 ? 20 : 8
    var columns = [
      Column(title: "state", width: 9, isRight: false) { [Span(stateText($0), style($0))] },
      Column(title: "progress", width: bar + 5, isRight: false) { record in
        guard let share = record.progress else { return [] }
        return TopScreen.bar(share, width: bar, style: style(record))
          + [Span(String(format: "%4d%%", Int(share * 100)))]
      },
      Column(title: "epoch", width: 8) { record in
        record.epochs == 0
          ? [] : [Span("\(String(format: "%.1f", record.epoch))/\(record.epochs)")]
      },
      Column(title: "loss", width: 7) { record in
        [Span((record.latest["train/loss"] ?? record.latest["valid/loss"]).map(short) ?? "")]
      },
      Column(title: "accuracy", width: 8) { record in
        let value = record.latest["valid/accuracy"] ?? record.latest["train/accuracy"]
        return [Span(value.map(NumberText.percentage) ?? "")]
      },
      Column(title: "steps/s", width: 7) { record in
        [Span(state.speeds[record.request.id].map(short) ?? "")]
      },
      Column(title: "left", width: 10) { [Span(left($0))] },
    ]
    // From narrow terminals the last columns go first.
    func used() -> Int { columns.reduce(1) { $0 + $1.width + 1 } }
    while columns.count > 2, used() + 8 > width { columns.removeLast() }
    let name = Column(title: "session", width: min(40, max(4, width - used())), isRight: false) {
      [Span(shortened(printable($0.request.name), to: min(40, max(4, width - used()))))]
    }
    return [name] + columns
  }

  private func short(_ value: Double) -> String {
    abs(value) >= 1000
      ? NumberText.short(Int(min(max(value, -1e15), 1e15))) : NumberText.value(value)
  }

  private func stateText(_ record: SessionRecord) -> String {
    guard record.state == .queued, let place = record.queuePlace else {
      return record.state.rawValue
    }
    return "queued \(place)"
  }

  private func style(_ record: SessionRecord) -> TextPlot.Style {
    switch record.state {
    case .running: .good
    case .starting, .queued, .paused: .mark
    case .failed, .crashed: .bad
    case .finished, .stopped: .faint
    }
  }

  private func left(_ record: SessionRecord) -> String {
    guard record.state == .running, let speed = state.speeds[record.request.id], speed > 0,
      record.totalSteps > record.step
    else { return "" }
    return NumberText.duration(Double(record.totalSteps - record.step) / speed)
  }
}
