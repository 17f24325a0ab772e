import Foundation
import Records
import Storage

/// The curves of a session: from the index, and from the journals what that lacks.
struct SessionCurves {
  /// The metrics, sorted.
  let keys: [String]
  private let session: String
  private let index: Storage.Index?
  /// What is not in the index; everything where that is of no use.
  private let points: [MetricPoints]

  init(_ folder: SessionFolder, in workspace: Workspace) throws {
    session = folder.id
    let index = try Storage.Index(reading: workspace)
    let known = try index?.metrics(of: folder.id) ?? []
    if let index, !known.isEmpty {
      // Where the engine is gone the index may be behind.
      var rest: [MetricPoints] = []
      if try workspace.engineHolder() == nil {
        var follower = try SessionFollower(folder, behind: index)
        rest = try follower.poll().metrics
      }
      let newest = known.map(\.lastStep).max() ?? 0
      if rest.allSatisfy({ $0.step >= newest }) {
        self.index = index
        points = rest
        keys = Set(known.map(\.key) + rest.flatMap(\.values.keys)).sorted()
        return
      }
    }
    // No index, or one with points that a later attempt has superseded.
    self.index = nil
    var follower = SessionFollower(folder)
    points = try follower.poll().metrics
    keys = Set(points.flatMap(\.values.keys)).sorted()
  }

  /// One curve in at most about `pixels` buckets.
  func series(_ key: String, pixels: Int) throws -> Series {
    var series =
      try index?.series(session: session, key: key, pixels: pixels)
      ?? Series(session: session, key: key, buckets: [], totalCount: 0)
    let values = points.compactMap { point in point.values[key].map { (point, $0) } }
    let size = max(1, (values.count + pixels - 1) / max(1, pixels))
    for start in stride(from: 0, to: values.count, by: size) {
      series.buckets.append(Self.bucket(values[start..<min(start + size, values.count)]))
    }
    series.totalCount += values.count
    return series
  }

  private static func bucket(_ values: ArraySlice<(MetricPoints, Double)>) -> Series.Bucket {
    let finite = values.map(\.1).filter(\.isFinite)
    return Series.Bucket(
      firstStep: values.first?.0.step ?? 0, lastStep: values.last?.0.step ?? 0,
      minimum: finite.min(), maximum: finite.max(),
      mean: finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count), last: finite.last,
      lastTime: values.last?.0.time ?? 0, count: values.count,
      nonFiniteCount: values.count - finite.count)
  }
}
