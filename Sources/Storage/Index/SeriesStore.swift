import Foundation
import GRDB
import Records

/// Reads stored series.
enum SeriesStore {
  /// One stored run of points, of which those up to `cutoff` count.
  private struct Segment {
    var id: Int64
    var low: Int
    var high: Int
  }

  /// A window of a metric, in at most about `columns` buckets, read in time that grows with these.
  static func series(
    _ database: Database, session: String, key: String, from: Int?, to: Int?, columns: Int
  ) throws -> Series {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, count, cutoff FROM series WHERE session = ? AND key = ?
        ORDER BY attempt, segment
        """,
      arguments: [session, key])
    var segments: [Segment] = []
    var total = 0
    for row in rows {
      let id: Int64 = row["id"]
      let count: Int = row["count"]
      let cutoff: Int? = row["cutoff"]
      let visible = try cutoff.map { try index(database, id, after: $0, count: count) } ?? count
      total += visible
      let low = try from.map { try index(database, id, after: $0 - 1, count: count) } ?? 0
      let end = try to.map { try index(database, id, after: $0, count: count) } ?? count
      let high = min(end, visible)
      if low < high { segments.append(Segment(id: id, low: low, high: high)) }
    }
    let wanted = segments.reduce(0) { $0 + $1.high - $1.low }
    let level = Envelope.level(for: wanted, columns: columns)
    var entries: [Rollup] = []
    for segment in segments {
      entries += try rollups(database, segment.id, segment.low, segment.high, level: level)
    }
    return Series(
      session: session, key: key, buckets: Envelope.buckets(entries, columns: columns),
      totalCount: total)
  }

  /// The number of points with a step up to `step`.
  private static func index(_ database: Database, _ id: Int64, after step: Int, count: Int)
    throws -> Int
  {
    let statement = try database.cachedStatement(
      sql: """
        SELECT first, data FROM block WHERE series = ? AND level = 0 AND lastStep > ?
        ORDER BY lastStep, first LIMIT 1
        """)
    guard let row = try Row.fetchOne(statement, arguments: [id, step]) else { return count }
    let first: Int = row["first"]
    let points = try Packed.values(SeriesPoint.self, row["data"] as Data)
    return first + points.partitioningIndex { $0.step > step }
  }

  /// The points with the numbers `low..<high` as roll-ups of `level`, of lower levels at the ends.
  private static func rollups(
    _ database: Database, _ id: Int64, _ low: Int, _ high: Int, level: Int
  ) throws -> [Rollup] {
    if low >= high { return [] }
    if level == 0 { return try points(database, id, low, high).map(Rollup.init) }
    let size = Envelope.size(of: level)
    let first = (low + size - 1) / size
    let end = high / size
    if first >= end { return try rollups(database, id, low, high, level: level - 1) }
    return try rollups(database, id, low, first * size, level: level - 1)
      + entries(database, id, first, end, level: level, as: Rollup.self)
      + rollups(database, id, end * size, high, level: level - 1)
  }

  /// The points with the numbers `low..<high`.
  static func points(_ database: Database, _ id: Int64, _ low: Int, _ high: Int) throws
    -> [SeriesPoint]
  {
    low < high ? try entries(database, id, low, high, level: 0, as: SeriesPoint.self) : []
  }

  private static func entries<Entry: ColumnEntry>(
    _ database: Database, _ id: Int64, _ low: Int, _ high: Int, level: Int, as type: Entry.Type
  ) throws -> [Entry] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT first, data FROM block
        WHERE series = ? AND level = ? AND first > ? AND first < ? ORDER BY first
        """)
    var found: [Entry] = []
    found.reserveCapacity(high - low)
    let rows = try Row.fetchCursor(
      statement, arguments: [id, level, low - SeriesAppender.wholeRow, high])
    while let row = try rows.next() {
      let first: Int = row["first"]
      let values = try Packed.values(type, row["data"] as Data)
      let start = max(low - first, 0)
      let end = min(high - first, values.count)
      if start < end { found += values[start..<end] }
    }
    return found
  }
}
