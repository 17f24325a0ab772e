import Foundation
import GRDB
import Records

/// Where the import of one session's journals is.
struct SessionImport {
  /// Records read from one journal, not yet in the database.
  struct Batch {
    var attempt: Int
    var reader: JournalReader
    var records: [JournalRecord]
  }

  private struct SeriesKey: Hashable {
    var attempt: Int
    var key: String
  }

  let session: String
  private var readers: [Int: JournalReader] = [:]
  private var positions: [Int: JournalReader.Position] = [:]
  private var appenders: [SeriesKey: SeriesAppender] = [:]
  /// The step at which each attempt went on, as far as its journal's first record was read.
  private var resumes: [Int: Int] = [:]
  /// The newest measurement of each attempt.
  private var ends: [Int: JournalEnd] = [:]

  /// Goes on from what the database has.
  init(_ database: Database, session: String) throws {
    self.session = session
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT attempt, position, resumedFrom, step, epoch, time FROM journal WHERE session = ?
        """,
      arguments: [session])
    for row in rows {
      let attempt: Int = row["attempt"]
      ends[attempt] = JournalEnd(row)
      positions[attempt] = try RecordJSON.decode(
        JournalReader.Position.self, from: row["position"] as Data)
      resumes[attempt] = row["resumedFrom"]
    }
  }

  /// Reads on in the first journal that has more, about `limit` bytes of it; `nil` if none has.
  mutating func next(
    _ folder: SessionFolder, limit: Int = 4 << 20
  ) throws(StorageError) -> Batch? {
    for (attempt, url) in folder.journals() {
      var reader = readers[attempt] ?? JournalReader(url, position: positions[attempt] ?? .init())
      let records = try reader.records(limit: limit)
      if !records.isEmpty { return Batch(attempt: attempt, reader: reader, records: records) }
      readers[attempt] = reader
    }
    return nil
  }

  /// Puts a batch and the position behind it into the database; returns its number of records.
  mutating func apply(_ batch: Batch, _ database: Database) throws -> Int {
    let keys = batch.reader.position.keys
    var changed: Set<SeriesKey> = []
    for record in batch.records {
      switch record {
      case .header(_, _, let step): try begin(batch.attempt, resumedFrom: step, database)
      case .key, .unknown: break
      case .metrics(let step, let epoch, let time, let values):
        ends[batch.attempt] = JournalEnd(
          after: ends[batch.attempt], step: step, epoch: epoch, time: time)
        for (number, value) in values {
          let key = SeriesKey(attempt: batch.attempt, key: keys[number])
          try prepare(key, step, &changed, database)
          appenders[key]?.append(SeriesPoint(step: step, time: time, value: value))
          changed.insert(key)
        }
      case .block(let block):
        try take(block, keys, of: batch.attempt, &changed, database)
      case .histogram(let number, let histogram):
        var writer = ByteWriter()
        writer.putHistogram(key: 0, histogram)
        try save(
          writer, "histogram", keys[number], histogram.step, attempt: batch.attempt, database)
      case .images(let number, let stack):
        var writer = ByteWriter()
        writer.putImages(key: 0, stack)
        try save(writer, "images", keys[number], stack.step, attempt: batch.attempt, database)
      }
    }
    for key in changed { try appenders[key]?.save(database) }
    let end = ends[batch.attempt]
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO journal (session, attempt, position, resumedFrom, step, epoch, time)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        session, batch.attempt, try RecordJSON.encode(batch.reader.position),
        resumes[batch.attempt], end?.step, end?.epoch, end?.time,
      ])
    readers[batch.attempt] = batch.reader
    return batch.records.count
  }

  /// Takes the points of a block, metric by metric.
  private mutating func take(
    _ block: JournalBlock, _ keys: [String], of attempt: Int, _ changed: inout Set<SeriesKey>,
    _ database: Database
  ) throws {
    var end = ends[attempt]
    for index in block.steps.indices {
      end = JournalEnd(
        after: end, step: Int(block.steps[index]), epoch: block.epochs[index],
        time: block.times[index])
    }
    ends[attempt] = end
    for (number, column) in zip(block.keys, block.columns) {
      let key = SeriesKey(attempt: attempt, key: keys[number])
      var index = 0
      while index < column.count {
        try prepare(key, Int(block.steps[index]), &changed, database)
        let start = index
        // Points up to one that goes back belong to the same series.
        index += 1
        while index < column.count, block.steps[index] >= block.steps[index - 1] { index += 1 }
        appenders[key]?.append(
          (start..<index).lazy.map {
            SeriesPoint(step: Int(block.steps[$0]), time: block.times[$0], value: column[$0])
          })
        changed.insert(key)
      }
    }
  }

  /// What is wrong with the journals, as sentences.
  var warnings: [String] { readers.sorted { $0.key < $1.key }.compactMap(\.value.damage) }

  /// Writes down which journals are damaged.
  func saveDamage(_ database: Database) throws {
    for (attempt, reader) in readers {
      guard let damage = reader.damage else { continue }
      try database.execute(
        sql: "UPDATE journal SET damage = ? WHERE session = ? AND attempt = ?",
        arguments: [damage, session, attempt])
    }
  }

  /// A new attempt: what earlier ones measured behind `step` is superseded.
  private mutating func begin(_ attempt: Int, resumedFrom step: Int, _ database: Database) throws {
    resumes[attempt] = step
    try database.execute(
      sql: """
        UPDATE series SET cutoff = min(coalesce(cutoff, ?), ?) WHERE session = ? AND attempt < ?
        """,
      arguments: [step, step, session, attempt])
    try database.execute(
      sql: "DELETE FROM picture WHERE session = ? AND attempt < ? AND step > ?",
      arguments: [session, attempt, step])
  }

  /// Makes sure there is a series that a point at `step` can be appended to.
  private mutating func prepare(
    _ key: SeriesKey, _ step: Int, _ changed: inout Set<SeriesKey>, _ database: Database
  ) throws {
    if appenders[key] == nil { appenders[key] = try stored(key, database) }
    if let last = appenders[key]?.lastStep {
      if step >= last { return }
      // The attempt itself went back (to an earlier checkpoint): a new segment supersedes the rest.
      try appenders[key]?.save(database)
      changed.remove(key)
      try database.execute(
        sql: """
          UPDATE series SET cutoff = min(coalesce(cutoff, ?), ?)
          WHERE session = ? AND key = ? AND attempt = ?
          """,
        arguments: [step - 1, step - 1, session, key.key, key.attempt])
    }
    let cutoff = resumes.filter { $0.key > key.attempt }.values.min()
    try database.execute(
      sql: """
        INSERT INTO series (session, key, attempt, segment, cutoff)
        SELECT ?, ?, ?, coalesce(max(segment), 0) + 1, ? FROM series
        WHERE session = ? AND key = ? AND attempt = ?
        """,
      arguments: [session, key.key, key.attempt, cutoff, session, key.key, key.attempt])
    appenders[key] = SeriesAppender(id: database.lastInsertedRowID)
  }

  private func stored(_ key: SeriesKey, _ database: Database) throws -> SeriesAppender? {
    let id = try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM series WHERE session = ? AND key = ? AND attempt = ?
        ORDER BY segment DESC LIMIT 1
        """,
      arguments: [session, key.key, key.attempt])
    return try id.map { try SeriesAppender(id: $0, database) }
  }

  private func save(
    _ payload: ByteWriter, _ kind: String, _ key: String, _ step: Int, attempt: Int,
    _ database: Database
  ) throws {
    // A process that was superseded may still be writing.
    let cutoff = resumes.filter { $0.key > attempt }.values.min() ?? .max
    if step > cutoff { return }
    try database.cachedStatement(
      sql: """
        DELETE FROM picture
        WHERE session = ? AND kind = ? AND key = ? AND attempt = ? AND step >= ?
        """
    ).execute(arguments: [session, kind, key, attempt, step])
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO picture (session, kind, key, step, attempt, payload)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [session, kind, key, step, attempt, Data(payload.bytes)])
  }
}
