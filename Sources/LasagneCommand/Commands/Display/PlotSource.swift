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

/// The curves that a person asked for: which metrics of which sessions.
struct PlotSource {
  /// One session with its curves.
  struct Source {
    let history: SessionHistory
    let curves: SessionCurves
    /// Those of its metrics that were asked for.
    let keys: [String]
  }

  let sources: [Source]

  init(sources: [Source]) { self.sources = sources }

  /// All metrics of these sessions; of the newest one where none is named.
  init(sessions: [String], in workspace: Workspace) throws {
    let records = try SessionRecords.all(in: workspace)
    var chosen: [SessionRecord] = []
    for word in sessions {
      let record = try SessionLookup.find(word, among: records)
      if !chosen.contains(where: { $0.request.id == record.request.id }) { chosen.append(record) }
    }
    if sessions.isEmpty { chosen = Array(records.prefix(1)) }
    guard !chosen.isEmpty else { throw Self.nothingYet }
    sources = try chosen.map { record in
      let folder = try workspace.session(record.request.id)
      let curves = try SessionCurves(folder, in: workspace)
      return Source(
        history: try SessionHistory(record, folder), curves: curves,
        keys: MetricKind.ordered(curves.keys))
    }
  }

  private static var nothingYet: EngineError {
    EngineError(.unknown, "There is no session yet; start one with 'lasagne train'.")
  }

  /// Tells the names of sessions from those of metrics, and finds them.
  ///
  /// Without a session the newest one is meant, without a metric its losses; `*` in a metric stands
  /// for any text.
  init(_ words: [String], in workspace: Workspace) throws {
    let records = try SessionRecords.all(in: workspace)
    var chosen: [SessionRecord] = []
    var patterns: [String] = []
    for word in words {
      do {
        let record = try SessionLookup.find(word, among: records)
        if !chosen.contains(where: { $0.request.id == record.request.id }) { chosen.append(record) }
      } catch let error as EngineError where error.kind == .unknown {
        patterns.append(word)
      }
    }
    if chosen.isEmpty {
      guard let newest = records.first else { throw Self.nothingYet }
      chosen = [newest]
    }
    let sources = try chosen.map { record in
      let folder = try workspace.session(record.request.id)
      return (try SessionHistory(record, folder), try SessionCurves(folder, in: workspace))
    }
    let known = Set(sources.flatMap { $0.1.keys }).sorted()
    for pattern in patterns where !known.contains(where: { Self.fits($0, pattern) }) {
      throw EngineError.unknown(
        "session or metric", pattern,
        among: records.map(\.request.name) + (Self.mainKeys(known) ?? known))
    }
    let wanted = patterns.isEmpty ? ["train/loss", "valid/loss"] : patterns
    self.sources = sources.map { history, curves in
      // In the order in which they were asked for.
      var keys: [String] = []
      for pattern in wanted {
        keys += MetricKind.ordered(
          curves.keys.filter { Self.fits($0, pattern) && !keys.contains($0) })
      }
      return Source(history: history, curves: curves, keys: keys)
    }
  }

  /// The metrics that are not of single parameters; `nil` where all of them are.
  private static func mainKeys(_ keys: [String]) -> [String]? {
    let main = keys.filter { !MetricPoints.isOfPart($0) }
    return main.isEmpty ? nil : main
  }

  private static func fits(_ key: String, _ pattern: String) -> Bool {
    key == pattern || (pattern.contains("*") && fnmatch(pattern, key, 0) == 0)
  }

  /// The kinds of the metrics, in the order of the panels.
  var kinds: [String] {
    var kinds: [String] = []
    for kind in sources.flatMap(\.keys).map(MetricKind.name) where !kinds.contains(kind) {
      kinds.append(kind)
    }
    return kinds
  }

  /// The plot: metrics of one kind share a panel.
  func plot(
    _ horizontal: Plot.Horizontal, pixels: Int, isLogarithmic: Bool, smoothing: Double
  ) throws -> Plot {
    let all = sources.flatMap { source in source.keys.map { (source: source, key: $0) } }
    let members = Dictionary(grouping: all) { MetricKind.name(of: $0.key) }
    let names = sources.map(\.history.record.request.name)
    let panels = try kinds.map { kind in
      let lines = members[kind] ?? []
      let keys = Set(lines.map(\.key))
      let isOneMetric = keys.count == 1 && sources.count > 1
      let curves = try lines.map { source, key in
        let request = source.history.record.request
        let isAlone = names.count { $0 == request.name } == 1
        let session = isAlone ? request.name : "\(request.name) \(request.id.prefix(6))"
        let name = sources.count == 1 ? key : isOneMetric ? session : "\(session) \(key)"
        return PlotCurve(
          name: name, points: try points(source, key, horizontal, pixels), smoothing: smoothing)
      }
      return PlotPanel(
        title: isOneMetric ? keys.first ?? kind : MetricKind.title(of: kind), curves: curves,
        isPercentage: MetricKind.isPart(kind))
    }
    let marks = sources.flatMap { $0.history.marks(horizontal, named: sources.count > 1) }
    return Plot(
      panels: panels, marks: marks.sorted { $0.x < $1.x }, horizontal: horizontal,
      isLogarithmic: isLogarithmic)
  }

  private func points(
    _ source: Source, _ key: String, _ horizontal: Plot.Horizontal, _ pixels: Int
  ) throws -> [PlotPoint] {
    try source.curves.series(key, pixels: pixels).buckets.compactMap { bucket in
      let step = Double(bucket.firstStep + bucket.lastStep) / 2
      return source.history.place(horizontal, step: step, time: bucket.lastTime).map { x in
        PlotPoint(
          x: x, minimum: bucket.minimum, maximum: bucket.maximum, mean: bucket.mean,
          last: bucket.last, count: bucket.count)
      }
    }
  }

  /// Every measured point, for a table.
  func rows() throws -> [PlotTable.Row] {
    // More columns than there can be points: each bucket is one point.
    let all = 1 << 40
    return try sources.flatMap { source in
      let request = source.history.record.request
      return try source.keys.flatMap { key in
        try source.curves.series(key, pixels: all).buckets.map { bucket in
          PlotTable.Row(
            session: request.id, name: request.name, metric: key, step: bucket.firstStep,
            epoch: source.history.epoch(at: Double(bucket.firstStep)), time: bucket.lastTime,
            value: bucket.last)
        }
      }
    }
  }
}
