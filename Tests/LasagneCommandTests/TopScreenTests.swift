import Displays
import Foundation
import LasagneEngine
import Records
import Testing

@testable import LasagneCommand

private func record(
  _ name: String, _ state: SessionState, step: Int = 0, epoch: Double = 0, totalSteps: Int = 0,
  latest: [String: Double] = [:], created: Double = 0
) -> SessionRecord {
  SessionRecord(
    request: SessionRequest(
      id: name + String(repeating: "z", count: 26 - name.count), name: name, model: "lenet",
      data: "digits", startParams: nil, saveParams: name, recipe: .object([:]), device: "cpu",
      threads: 2, writesTensorBoard: false, createdAt: created),
    state: state, step: step, epoch: epoch, epochs: 5, totalSteps: totalSteps, latest: latest)
}

private func threeSessions() -> TopState {
  var queued = record("second", .queued, created: 2)
  queued.queuePlace = 1
  var figures = TopFigures()
  figures.hasEngine = true
  figures.sessions = [
    record(
      "third", .finished, step: 1000, epoch: 5, totalSteps: 1000,
      latest: ["train/loss": 0.125, "valid/accuracy": 0.95], created: 3), queued,
    record(
      "first", .running, step: 500, epoch: 2.5, totalSteps: 1000,
      latest: ["train/loss": 0.25, "valid/accuracy": 0.9], created: 1),
  ]
  figures.devices = [
    DeviceShare(
      name: "cpu", isAllowed: true, cores: 4, threadsHeld: 2, memoryLimit: 2 << 30,
      memoryHeld: 1 << 30, sessions: ["first"])
  ]
  figures.speeds = [figures.sessions[2].request.id: 50]
  figures.shown = figures.sessions[2].request.id
  figures.kinds = ["loss", "accuracy"]
  let points = (0..<50).map { step in
    let value = 1 / Double(step + 1)
    return PlotPoint(
      x: Double(step * 10), minimum: value, maximum: value, mean: value, last: value, count: 1)
  }
  figures.plot = Plot(panels: [
    PlotPanel(title: "Loss", curves: [PlotCurve(name: "train/loss", points: points)])
  ])
  var state = TopState(workspace: "lab")
  state.take(figures)
  return state
}

private func text(_ state: TopState, width: Int = 80, height: Int? = 24) -> [String] {
  TopScreen(state: state, width: width, height: height, isColored: true).lines.map { line in
    var text = line.map(\.text).joined()
    while text.last == " " || text.last == "\u{2800}" { text.removeLast() }
    return text
  }
}

@Suite struct TopScreenTests {
  @Test func `80 by 24 shows devices, sessions, the curve and the keys`() {
    let state = threeSessions()
    let lines = text(state)
    #expect(lines.count == 24)
    let clock = SessionClock.text(state.now)
    let right = "1 queued, 1 running, 1 over  \(clock)"
    let space = String(repeating: " ", count: 79 - " lasagne top  lab".count - right.count)
    #expect(
      lines.prefix(8).joined(separator: "\n") == """
         lasagne top  lab\(space)\(right)
         cpu  threads █████····· 2 of 4  memory █████····· 1 GiB of 2 GiB  1 session

         session    state     progress         epoch    loss accuracy steps/s       left
        ▸first      running   ████····  50%    2.5/5    0.25  90.00 %      50       10 s
         second     queued 1  ········   0%    0.0/5
         third      finished  ████████ 100%    5.0/5   0.125  95.00 %

        """)
    #expect(lines[8] == " first  lenet on digits, cpu")
    #expect(lines[9] == " Loss")
    #expect(lines[10].hasPrefix(" 1.0 ┤"))
    #expect(
      lines[23] == " ↑↓ choose  p pause  r resume  s stop  e set  m metric  l log  q quit")
  }

  @Test(arguments: [(20, 5), (40, 10), (80, 24), (100, 30), (200, 60), (80, 1)])
  func `no line is longer than the screen is wide, and there are not more than it has`(
    width: Int, height: Int
  ) {
    var state = threeSessions()
    for mode in [
      TopState.Mode.choosing, .typing("learningRate=0.1"), .confirmingStop(session: "x"),
    ] {
      state.mode = mode
      state.notice = TopState.Notice(text: String(repeating: "long ", count: 60), isBad: true)
      let lines = TopScreen(state: state, width: width, height: height, isColored: false).lines
      #expect(lines.count <= height)
      #expect(lines.allSatisfy { $0.reduce(0) { $0 + $1.text.count } <= width })
    }
  }

  @Test func `of many sessions the chosen one is in sight`() {
    var figures = TopFigures()
    figures.sessions = (0..<50).map { record("s\($0)", .finished, created: Double(-$0)) }
    var state = TopState(workspace: "lab")
    state.take(figures)
    for _ in 0..<40 { _ = state.press(.down) }
    let lines = text(state)
    #expect(lines.count == 24)
    #expect(lines.contains { $0.hasPrefix("▸s40 ") })
    #expect(lines.contains(" and 42 more"))
  }

  @Test func `keys ask what they say`() {
    var state = threeSessions()
    let first = state.selected ?? ""
    #expect(first.hasPrefix("first"))
    #expect(state.press(.character("p")) == .control(session: first, action: .pause))
    #expect(state.press(.character("r")) == .control(session: first, action: .resume))
    #expect(state.press(.character("s")) == nil)
    #expect(state.press(.character("n")) == nil)
    #expect(state.press(.character("s")) == nil)
    #expect(state.press(.character("y")) == .control(session: first, action: .stop))
    #expect(state.press(.character("e")) == nil)
    for character in "learningRate=0.055" { #expect(state.press(.character(character)) == nil) }
    #expect(state.press(.backspace) == nil)
    #expect(
      state.press(.enter)
        == .control(
          session: first, action: .set(field: "learningRate", value: .number(0.05))))
    _ = state.press(.character("e"))
    _ = state.press(.character("x"))
    #expect(state.press(.enter) == nil)
    #expect(state.notice?.text == "'x' is no assignment; write field=value.")
    #expect(state.press(.down) == nil)
    #expect(state.selected?.hasPrefix("second") == true)
    #expect(state.press(.character("m")) == nil)
    #expect(state.kind == "accuracy")
    #expect(state.press(.character("q")) == .leave)
  }

  @Test func `whoever is chosen stays chosen while the order changes`() {
    var state = threeSessions()
    _ = state.press(.down)
    let chosen = state.selected
    var figures = TopFigures()
    figures.sessions = state.sessions.reversed()
    figures.sessions.append(record("fourth", .running, created: 9))
    state.take(figures)
    #expect(state.selected == chosen)
    #expect(state.sessions.first?.request.name == "fourth")
  }

  @Test func `what a terminal sends is read as keys`() {
    let bytes: [UInt8] = [0x1b, 0x5b, 0x41, 0x71, 0x1b, 0x4f, 0x42, 0x0d, 0x7f, 0xc3, 0xa4, 0x1b]
    #expect(
      Key.keys(in: bytes)
        == [.up, .character("q"), .down, .enter, .backspace, .character("ä"), .escape])
    #expect(Key.keys(in: Array("\u{1b}[5~\u{1b}[6~\u{1b}[1;5C".utf8)) == [.pageUp, .pageDown])
  }
}

@Suite struct SessionHistoryTests {
  @Test func `epochs are exact where they end, and in proportion between`() {
    let timeline = [(4, 1), (8, 2)].map { step, number in
      TimelineEntry(time: 0, attempt: 1, step: step, event: .epoch(number))
    }
    let history = SessionHistory(
      record("a", .running, step: 10, epoch: 2.5), timeline: timeline, commands: [])
    #expect(history.epoch(at: 4) == 1)
    #expect(history.epoch(at: 6) == 1.5)
    #expect(history.epoch(at: 10) == 2.5)
    #expect(history.epoch(at: 0) == 0)
  }

  @Test func `what people asked is marked, what was refused or shared out is not`() {
    let commands: [ControlAction] = [
      .set(field: "learningRate", value: .number(0.1)), .pause, .threads(2),
    ]
    let entries = [nil, "It is paused.", nil].enumerated().map { index, refusal in
      TimelineEntry(
        time: 110, attempt: 1, step: index * 10,
        event: .acknowledged(command: index + 1, refusal: refusal))
    }
    var session = record("a", .running)
    session.startedAt = 100
    let history = SessionHistory(
      session, timeline: entries,
      commands: commands.enumerated().map {
        ControlCommand(number: $0 + 1, time: 0, origin: "page", action: $1)
      })
    #expect(
      history.marks(.time, named: false)
        == [PlotMark(x: 10, text: "set learningRate to 0.1 (page)")])
    #expect(history.event(entries[1]).what == "Asked to pause, and was refused: It is paused.")
    #expect(history.event(entries[1]).mark == nil)
  }
}
