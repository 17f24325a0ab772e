import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// The part of the feed that only its own thread touches.
struct TopWorker {
  private let workspace: Workspace
  private var client: EngineClient?
  private var sessions: [SessionRecord] = []
  /// When each session was seen at which step, for some seconds.
  private var sightings: [String: [(time: Double, step: Int)]] = [:]
  private var pending: [(session: String, name: String, command: ControlCommand)] = []
  private var notice: TopState.Notice?

  init(_ workspace: Workspace) { self.workspace = workspace }

  /// Sends a command; what becomes of it is told with the next figures.
  mutating func ask(_ action: ControlAction, of session: String) {
    guard let record = sessions.first(where: { $0.request.id == session }) else { return }
    do {
      if action == .resume, try EngineClient(workspace: workspace.url) == nil {
        throw EngineError(
          .unknown, "No engine has the workspace open; 'lasagne serve' starts one.")
      }
      let steering = SessionSteering(workspace: workspace)
      let command = try steering.send(action, to: record)
      notice = TopState.Notice(text: "Asked \(record.request.name): \(action.wish).", isBad: false)
      if command.number > 0 { pending.append((session, record.request.name, command)) }
    } catch {
      notice = TopState.Notice(text: "\(error)", isBad: true)
    }
  }

  /// What there is to show now.
  mutating func figures(for interest: TopFeed.Interest) -> TopFigures {
    var figures = TopFigures()
    figures.time = Date().timeIntervalSince1970
    do {
      (figures.hasEngine, figures.sessions, figures.devices) = try look()
      sessions = figures.sessions
      figures.speeds = speeds(at: figures.time)
      try look(at: interest, &figures)
      try hearAnswers()
    } catch {
      figures.sessions = sessions
      notice = TopState.Notice(text: "\(error)", isBad: true)
    }
    figures.notice = notice
    notice = nil
    return figures
  }

  private mutating func look() throws -> (Bool, [SessionRecord], [DeviceShare]) {
    if client == nil { client = try EngineClient(workspace: workspace.url) }
    if let client {
      do {
        if case .sessions(let records) = try client.call(.sessions) {
          return (true, records, try client.devices())
        }
      } catch {
        // The engine is gone; another one may come, and until then there are the files.
        self.client = nil
      }
    }
    return (false, try SessionRecords.all(in: workspace), [])
  }

  private mutating func speeds(at time: Double) -> [String: Double] {
    let running = sessions.filter { $0.state == .running }
    var kept: [String: [(time: Double, step: Int)]] = [:]
    var speeds: [String: Double] = [:]
    for record in running {
      let id = record.request.id
      // Only the last seconds say how fast it is now; one that went back is a new beginning.
      var seen = (sightings[id] ?? []).filter { $0.time > time - 8 && $0.step <= record.step }
      if seen.last?.time != time { seen.append((time, record.step)) }
      kept[id] = seen
      if let first = seen.first, time - first.time >= 0.9, record.step > first.step {
        speeds[id] = Double(record.step - first.step) / (time - first.time)
      }
    }
    sightings = kept
    return speeds
  }

  private func look(at interest: TopFeed.Interest, _ figures: inout TopFigures) throws {
    let chosen =
      sessions.first { $0.request.id == interest.session } ?? TopState.ordered(sessions).first
    guard let chosen else { return }
    let folder = try workspace.session(chosen.request.id)
    let curves = try SessionCurves(folder, in: workspace)
    let keys = MetricKind.ordered(curves.keys)
      .filter { !MetricPoints.isOfPart($0) && !$0.contains("/epoch") }
    figures.shown = chosen.request.id
    for kind in keys.map(MetricKind.name) where !figures.kinds.contains(kind) {
      figures.kinds.append(kind)
    }
    let first = ["loss", "accuracy"].filter(figures.kinds.contains)
    figures.kinds = first + figures.kinds.filter { !first.contains($0) }.sorted()
    let kind = figures.kinds.contains(interest.kind) ? interest.kind : figures.kinds.first
    guard let kind else { return }
    let source = PlotSource(
      sources: [
        PlotSource.Source(
          history: try SessionHistory(chosen, folder), curves: curves,
          keys: keys.filter { MetricKind.name(of: $0) == kind })
      ])
    figures.plot = try source.plot(
      .step, pixels: interest.pixels, isLogarithmic: interest.isLogarithmic, smoothing: 0)
  }

  /// Looks whether sessions have answered what they were asked.
  private mutating func hearAnswers() throws {
    var rest: [(session: String, name: String, command: ControlCommand)] = []
    for one in pending {
      let folder = try workspace.session(one.session)
      guard let answer = try SessionSteering.answer(to: one.command, folder) else {
        if Date().timeIntervalSince1970 - one.command.time < 60 { rest.append(one) }
        continue
      }
      if case .acknowledged(_, let refusal?) = answer.event {
        notice = TopState.Notice(text: "\(one.name): \(refusal)", isBad: true)
      } else {
        let step = NumberText.grouped(answer.step)
        notice = TopState.Notice(
          text: "\(one.name) at step \(step): \(one.command.action.wish).", isBad: false)
      }
    }
    pending = rest
  }
}
