import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne top`: all sessions, live, and keys that steer them.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Watch all sessions live in the terminal, and steer them by keys.",
    discussion: """
      Arrows choose a session; p pauses it, r resumes it, s stops it, e sets a field of its recipe; \
      m draws another metric, l draws it logarithmically, q leaves. Where the output is no \
      terminal, and with --once or --json, it prints what there is and ends.
      """)

  @Flag(help: "Print once and end.")
  var once = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    if !common.json, !once, Terminal.standard.isInteractive, let screen = FullScreen() {
      defer { screen.leave() }
      let signal = watch(workspace, on: screen)
      screen.leave()
      if signal != 0, signal != SIGINT { throw Ending(code: 128 + signal) }
      return
    }
    try putOnce(workspace)
  }

  private func putOnce(_ workspace: Workspace) throws {
    let width = min(160, Terminal.standard.width)
    var worker = TopWorker(workspace)
    let interest = TopFeed.Interest(session: nil, kind: "loss", pixels: width * 2)
    let figures = worker.figures(for: interest)
    if let notice = figures.notice, notice.isBad { throw EngineError(.failed, notice.text) }
    if common.json {
      for record in TopState.ordered(figures.sessions) { try common.putJSON(record) }
      for device in figures.devices { try common.putJSON(device) }
      return
    }
    var state = TopState(workspace: workspace.url.lastPathComponent)
    state.take(figures)
    let terminal = Terminal.standard
    let lines = TopScreen(
      state: state, width: width, height: nil, isColored: terminal.isColored
    ).lines
    put(
      lines.map { line in
        terminal.isColored
          ? line.map(terminal.painted).joined() : line.map(\.text).joined().withoutTrailingSpace
      }.joined(separator: "\n"))
  }

  /// Shows the workspace until a person leaves; the number of the signal that ended it, or 0.
  private func watch(_ workspace: Workspace, on screen: FullScreen) -> Int32 {
    var state = TopState(workspace: workspace.url.lastPathComponent)
    state.now = Date().timeIntervalSince1970
    state.notice = TopState.Notice(text: "Looking …", isBad: false)
    var noticeAge = 0.0
    let terminal = Terminal.standard
    func interest() -> TopFeed.Interest {
      TopFeed.Interest(
        session: state.selected, kind: state.kind, pixels: screen.size.width * 2,
        isLogarithmic: state.isLogarithmic)
    }
    let feed = TopFeed(workspace, interest(), hasNews: FullScreen.wake)
    feed.start()
    defer { feed.end() }
    while true {
      let size = screen.size
      let lines = TopScreen(
        state: state, width: size.width, height: size.height, isColored: terminal.isColored
      ).lines
      screen.draw(
        lines.map { line in
          (line.map(terminal.painted).joined(), line.reduce(0) { $0 + $1.text.count })
        })
      let before = state.notice
      for event in screen.events(waiting: 1000) {
        switch event {
        case .key(let key):
          switch state.press(key) {
          case .leave: return 0
          case .control(let session, let action): feed.ask(action, of: session)
          case nil: break
          }
        case .end(let signal): return signal
        case .news, .redraw: break
        }
      }
      if let figures = feed.news() {
        if state.notice?.text == "Looking …" { state.notice = nil }
        state.take(figures)
      }
      feed.show(interest())
      state.now = Date().timeIntervalSince1970
      // A sentence stays for ten seconds.
      if state.notice != before { noticeAge = state.now }
      if state.notice != nil, state.now - noticeAge > 10, !state.sessions.isEmpty {
        state.notice = nil
      }
    }
  }
}

extension String {
  /// The text without the spaces at its end, those of braille among them.
  fileprivate var withoutTrailingSpace: String {
    var text = self
    while text.last == " " || text.last == "\u{2800}" { text.removeLast() }
    return text
  }
}
