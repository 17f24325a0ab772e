import ArgumentParser
import Displays
import Foundation
import LasagneEngine
import Records
import Storage

/// `lasagne show SESSION`: a session's figures, curves and timeline.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a session: figures, curves, timeline.")

  @Argument(help: "A session's id (or its beginning), or its name.")
  var session: String

  @Option(
    help: ArgumentHelp("A metric to draw; by default the losses.", valueName: "key"))
  var metric: [String] = []

  @Flag(help: "Print every measured step instead; with --json one record a step.")
  var metrics = false

  @Flag(help: "Draw the vertical axis logarithmically.")
  var logarithmic = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let workspace = try common.existing()
    let record = try SessionRecords.find(session, in: workspace)
    let folder = try workspace.session(record.request.id)
    if metrics {
      try showPoints(folder)
      return
    }
    let curves = try SessionCurves(folder, in: workspace)
    for key in metric where !curves.keys.contains(key) {
      throw EngineError.unknown("metric", key, among: curves.keys)
    }
    if common.json {
      try common.putJSON(record)
      for key in metric.isEmpty ? curves.keys : metric {
        try common.putJSON(try curves.series(key, pixels: 200))
      }
      return
    }
    describe(record)
    let keys = metric.isEmpty ? ["train/loss", "valid/loss"] : metric
    let width = min(100, Terminal.standard.width - 2)
    for key in keys where !metric.isEmpty || curves.keys.contains(key) {
      put("")
      put(Terminal.standard.bold(key))
      let series = try curves.series(key, pixels: width * 2)
      put(TextCurve.braille(series, width: width, height: 10, isLogarithmic: logarithmic))
    }
    try showOthers(curves, without: keys)
    showHealth(record, try? folder.network(in: workspace).summary())
    try showTimeline(folder)
  }

  /// All that was measured, in the order of the steps.
  private func showPoints(_ folder: SessionFolder) throws {
    var follower = SessionFollower(folder)
    for points in try follower.poll().metrics {
      let values = metric.isEmpty ? points.values : points.values.filter { metric.contains($0.key) }
      guard !values.isEmpty else { continue }
      if common.json {
        var shown = points
        shown.values = values
        try common.putJSON(shown)
        continue
      }
      for (key, value) in values.sorted(by: { $0.key < $1.key }) {
        put("\(points.step)  \(key)  \(LasagneCommand.metric(value, key))")
      }
    }
  }

  private func describe(_ record: SessionRecord) {
    let lines = Displayer.details(of: record, withMetrics: false).split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      put(index == 0 ? Terminal.standard.bold(String(line)) : String(line))
    }
  }

  private func showOthers(_ curves: SessionCurves, without shown: [String]) throws {
    let others = curves.keys.filter { !shown.contains($0) && !MetricPoints.isOfPart($0) }
    guard !others.isEmpty else { return }
    let rows = try others.map { key in
      let series = try curves.series(key, pixels: 30)
      let values = series.buckets.compactMap { $0.mean ?? $0.last }
      return [
        key, values.last.map { LasagneCommand.metric($0, key) } ?? "",
        TextCurve.sparkline(values, width: 30),
      ]
    }
    put("")
    put(TextTable([("metric", .left), ("newest", .right), ("curve", .left)], rows: rows))
  }

  private func showHealth(_ record: SessionRecord, _ network: NetworkSummary?) {
    let figures = LayerFigures(record.latest, network: network)
    guard !figures.rows.isEmpty else { return }
    put("")
    put(
      TextTable(
        [("parameter", .left)] + figures.columns.map { ($0.title, .right) },
        rows: figures.rows.map { [$0.name] + figures.texts($0) }))
  }

  private func showTimeline(_ folder: SessionFolder) throws {
    let entries = try folder.timelineEntries()
    guard !entries.isEmpty else { return }
    put("")
    let rows = entries.suffix(20).map { entry in
      ["\(entry.step)", SessionClock.text(entry.time), folder.sentence(of: entry)]
    }
    put(TextTable([("step", .right), ("time", .left), ("what happened", .left)], rows: rows))
  }
}

/// Moments as tables show them.
enum SessionClock {
  /// The time of day, local: `14:03:09`.
  static func text(_ seconds: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "HH:mm:ss"
    return formatter.string(from: Date(timeIntervalSince1970: seconds))
  }
}
