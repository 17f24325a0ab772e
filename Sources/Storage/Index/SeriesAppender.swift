import Foundation
import GRDB

/// The end of one stored series: takes points, and writes them with their roll-ups.
///
/// Level 0 holds points, each higher level one roll-up for 16 entries of the level below, whole
/// ones only. A level is stored in rows of 4,096 entries; its end is in rows of at most 256, so that
/// a live series rewrites little, and 16 of those become one row.
struct SeriesAppender {
  private struct Level<Entry: ColumnEntry> {
    /// The number of the first entry in memory; a multiple of 256.
    var first = 0
    var entries: [Entry] = []
    var isChanged = false
    var count: Int { first + entries.count }

    mutating func append(_ entry: Entry) {
      entries.append(entry)
      isChanged = true
    }
  }

  static let wholeRow = 4096
  static let tailRow = 256

  let id: Int64
  private(set) var lastStep: Int?
  private var points = Level<SeriesPoint>()
  private var rollups: [Level<Rollup>] = []
  /// For each level of roll-ups the one that is not whole yet, and how many entries it has.
  private var open: [(rollup: Rollup, entries: Int)?] = []
  private var lastValue = 0.0

  var count: Int { points.count }

  /// Makes the end of a new series.
  init(id: Int64) { self.id = id }

  /// Finds the end of a stored series.
  init(id: Int64, _ database: Database) throws {
    self.id = id
    points = try SeriesAppender.tail(database, id, level: 0, as: SeriesPoint.self)
    if let last = try SeriesStore.points(database, id, points.count - 1, points.count).last {
      lastStep = last.step
      lastValue = last.value
    }
    var below = points.entries.map(Rollup.init)
    var belowFirst = points.first
    var level = 1
    while belowFirst + below.count >= 1 {
      let stored = try SeriesAppender.tail(database, id, level: level, as: Rollup.self)
      let rest = below.dropFirst(stored.count * Envelope.fan - belowFirst)
      rollups.append(stored)
      open.append(SeriesAppender.merged(rest).map { ($0, rest.count) })
      below = stored.entries
      belowFirst = stored.first
      level += 1
    }
  }

  private static func merged(_ entries: ArraySlice<Rollup>) -> Rollup? {
    guard var total = entries.first else { return nil }
    for entry in entries.dropFirst() { total.merge(entry) }
    return total
  }

  private static func tail<Entry: ColumnEntry>(
    _ database: Database, _ id: Int64, level: Int, as type: Entry.Type
  ) throws -> Level<Entry> {
    let sql =
      "SELECT first, data FROM block WHERE series = ? AND level = ? ORDER BY first DESC LIMIT 1"
    guard let row = try Row.fetchOne(database, sql: sql, arguments: [id, level]) else {
      return Level()
    }
    let first: Int = row["first"]
    let entries = try Packed.values(type, row["data"] as Data)
    return entries.count < tailRow
      ? Level(first: first, entries: entries) : Level(first: first + entries.count)
  }

  /// Takes points, in order of steps.
  mutating func append(_ points: some Sequence<SeriesPoint>) {
    for point in points { append(point) }
  }

  /// Takes a point; nothing is stored before ``save(_:)``.
  mutating func append(_ point: SeriesPoint) {
    points.append(point)
    lastStep = point.step
    lastValue = point.value
    var entry = Rollup(point)
    var index = 0
    while true {
      if index == rollups.count {
        rollups.append(Level())
        open.append(nil)
      }
      guard var current = open[index] else {
        open[index] = (entry, 1)
        return
      }
      current.rollup.merge(entry)
      current.entries += 1
      open[index] = current
      if current.entries < Envelope.fan { return }
      open[index] = nil
      rollups[index].append(current.rollup)
      entry = current.rollup
      index += 1
    }
  }

  /// Stores what was taken since the last time.
  mutating func save(_ database: Database) throws {
    try SeriesAppender.save(&points, database, id, level: 0) { $0.step }
    for index in rollups.indices {
      try SeriesAppender.save(&rollups[index], database, id, level: index + 1) { $0.lastStep }
    }
    try database.cachedStatement(
      sql: "UPDATE series SET count = ?, lastStep = ?, lastValue = ? WHERE id = ?"
    )
    // SQLite has no not-a-number: it is stored as NULL.
    .execute(arguments: [count, lastStep, lastValue.isNaN ? nil : lastValue, id])
  }

  private static func save<Entry: ColumnEntry>(
    _ level: inout Level<Entry>, _ database: Database, _ id: Int64, level number: Int,
    lastStep: (Entry) -> Int
  ) throws {
    guard level.isChanged else { return }
    let insert = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO block (series, level, first, count, lastStep, data)
        VALUES (?, ?, ?, ?, ?, ?)
        """)
    var done = 0
    while done < level.entries.count {
      let first = level.first + done
      let isWhole =
        first % wholeRow == 0 && level.entries.count - done >= wholeRow
      let row = level.entries.dropFirst(done).prefix(isWhole ? wholeRow : tailRow)
      let end = row.last.map(lastStep) ?? 0
      try insert.execute(arguments: [id, number, first, row.count, end, Packed.data(row)])
      if row.count < tailRow { break }
      done += row.count
      if !isWhole && (level.first + done) % wholeRow == 0 {
        try seal(
          Entry.self, database, id, number, from: level.first + done - wholeRow, lastStep: end)
      }
    }
    level.entries.removeFirst(done)
    level.first += done
    level.isChanged = false
  }

  /// Makes one row of the sixteen that fill it.
  private static func seal<Entry: ColumnEntry>(
    _ type: Entry.Type, _ database: Database, _ id: Int64, _ level: Int, from first: Int,
    lastStep: Int
  ) throws {
    let range = "series = ? AND level = ? AND first >= ? AND first < ?"
    let key: StatementArguments = [id, level, first, first + wholeRow]
    var entries: [Entry] = []
    for piece in try Data.fetchAll(
      database, sql: "SELECT data FROM block WHERE \(range) ORDER BY first", arguments: key)
    {
      entries += try Packed.values(type, piece)
    }
    try database.execute(sql: "DELETE FROM block WHERE \(range)", arguments: key)
    try database.execute(
      sql: """
        INSERT INTO block (series, level, first, count, lastStep, data) VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [id, level, first, wholeRow, lastStep, Packed.data(entries[...])])
  }
}
