import Displays
import Foundation
import LasagneEngine
import Records

/// `lasagne top` as lines of text: a pure function of what there is to show.
struct TopScreen {
  typealias Span = TextPlot.Span

  let state: TopState
  let width: Int
  /// Lines on the screen; `nil` shows all there is, once, without keys.
  let height: Int?
  let isColored: Bool

  /// The lines, none longer than the screen is wide, and no more than it has.
  var lines: [[Span]] {
    var top = [heading] + devices + [[]]
    let foot = height == nil ? [] : [notice, keys]
    let space = height.map { max(0, $0 - top.count - foot.count) }
    guard !state.sessions.isEmpty else {
      top.append([Span(" No sessions yet; start one with 'lasagne train'.", .faint)])
      return finished(top, foot, space: space.map { $0 - 1 })
    }
    // The curve gets at least ten lines where there are ten left beside four sessions.
    let plotHeight = space.map { $0 >= 15 ? max(10, $0 - state.sessions.count - 2) : 0 } ?? 16
    let table = TopTable(state: state, width: width)
    let rows = space.map { max(1, $0 - plotHeight - 2) } ?? state.sessions.count
    top += table.lines(rows: rows)
    let hidden = state.sessions.count - rows
    if plotHeight > 0 {
      top.append(hidden > 0 ? [Span(" and \(hidden) more", .faint)] : [])
      top += picture(height: plotHeight - 1)
    }
    return finished(top, foot, space: height.map { $0 - top.count - foot.count })
  }

  private func finished(_ top: [[Span]], _ foot: [[Span]], space: Int?) -> [[Span]] {
    let gap = [[Span]](repeating: [], count: max(0, space ?? 0))
    let lines = (top + gap + foot).map { $0.cut(to: width) }
    return height.map { Array(lines.prefix($0)) } ?? lines
  }

  // MARK: Head

  private var heading: [Span] {
    var counts: [String] = []
    for kind in SessionState.allCases where !kind.isOver {
      let count = state.sessions.count { $0.state == kind }
      if count > 0 { counts.append("\(count) \(kind.rawValue)") }
    }
    let over = state.sessions.count { $0.state.isOver }
    if over > 0 { counts.append("\(over) over") }
    let clock = SessionClock.text(state.now)
    let engine = state.hasEngine ? "" : "no engine  "
    let right = "\(counts.joined(separator: ", "))  \(engine)\(clock) "
    let name = shortened(
      printable(state.workspace), to: max(4, width - right.count - " lasagne top  ".count - 1))
    let left = " lasagne top  \(name)"
    let space = String(repeating: " ", count: max(1, width - left.count - right.count))
    return [
      Span(" lasagne top", .strong), Span("  \(name)\(space)\(counts.joined(separator: ", "))  "),
      Span(engine, .mark), Span(clock + " ", .faint),
    ]
  }

  private var devices: [[Span]] {
    state.devices.prefix(4).map { device in
      var line = [Span(" \(printable(device.name))", .strong)]
      if device.cores > 0 {
        line += [Span("  threads ")]
        line += Self.bar(
          Double(device.threadsHeld) / Double(device.cores), width: 10, style: .curve(0))
        line += [Span(" \(device.threadsHeld) of \(device.cores)")]
      }
      line += [Span("  memory ")]
      if let limit = device.memoryLimit, limit > 0 {
        line += Self.bar(Double(device.memoryHeld) / Double(limit), width: 10, style: .curve(3))
        line += [Span(" ")]
      }
      let limit = device.memoryLimit.map { " of \(NumberText.bytes($0))" } ?? ""
      line += [Span("\(NumberText.bytes(device.memoryHeld))\(limit)")]
      let count = device.sessions.count
      let sessions = "  \(count) \(count == 1 ? "session" : "sessions")"
      let length = line.reduce(sessions.count) { $0 + $1.text.count }
      if length <= width { line += [Span(sessions, .faint)] }
      if !device.isAllowed { line += [Span("  not used", .mark)] }
      return line
    }
  }

  /// A bar of so many characters, filled to eighths of one.
  static func bar(_ share: Double, width: Int, style: TextPlot.Style) -> [Span] {
    let eighths = Int(
      (min(1, max(0, share.isFinite ? share : 0)) * Double(width * 8)).rounded(.down))
    var bar = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0 { bar.append(Array(" ▏▎▍▌▋▊▉")[eighths % 8]) }
    return [Span(bar, style), Span(String(repeating: "·", count: width - bar.count), .faint)]
  }

  // MARK: The chosen session

  private func picture(height: Int) -> [[Span]] {
    guard let chosen = state.chosen else { return [] }
    let request = chosen.request
    var facts = ["\(request.model) on \(request.data)", request.device]
    if let threads = chosen.threads {
      facts.append("\(threads) \(threads == 1 ? "thread" : "threads")")
    }
    if let bytes = chosen.memoryBytes { facts.append(NumberText.bytes(bytes)) }
    if let rate = chosen.latest["rate/learning"] { facts.append("rate \(NumberText.value(rate))") }
    if let message = chosen.message { facts.append(message) }
    let title = [
      Span(" \(printable(request.name))", .strong),
      Span("  " + printable(facts.joined(separator: ", ")), .faint),
    ]
    guard let plot = state.plot, !plot.panels.isEmpty else {
      return [title, [Span("  no points yet", .faint)]]
    }
    let drawing = TextPlot(
      plot, width: width - 2, height: height, isColored: isColored, namesMarks: false)
    return [title] + drawing.lines.map { [Span(" ")] + $0 }.prefix(height - 1)
  }

  // MARK: Foot

  private var notice: [Span] {
    guard let notice = state.notice else { return [] }
    return [Span(" " + printable(notice.text), notice.isBad ? .bad : .good)]
  }

  private var keys: [Span] {
    let name = printable(state.chosen?.request.name ?? "")
    switch state.mode {
    case .typing(let text):
      return [
        Span(" set \(shortened(name, to: 20)): ", .strong), Span(printable(text) + "▏"),
        Span(text.isEmpty ? "field=value, enter; escape to leave" : "", .faint),
      ]
    case .confirmingStop:
      return [Span(" Stop \(shortened(name, to: 40))? ", .mark), Span("y yes  any other key no")]
    case .choosing:
      let keys = [
        ("↑↓", "choose"), ("p", "pause"), ("r", "resume"), ("s", "stop"), ("e", "set"),
        ("m", "metric"), ("l", state.isLogarithmic ? "linear" : "log"), ("q", "quit"),
      ]
      return [Span(" ")] + keys.flatMap { [Span($0.0, .strong), Span(" \($0.1)  ", .faint)] }
    }
  }
}

extension [TextPlot.Span] {
  /// The first so many characters.
  func cut(to width: Int) -> Self {
    var rest = width
    return compactMap { span in
      let text = String(span.text.prefix(rest))
      rest -= text.count
      return text.isEmpty ? nil : TextPlot.Span(text, span.style)
    }
  }
}
