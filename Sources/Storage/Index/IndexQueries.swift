import Foundation
import GRDB
import Records

/// What an index knows of one metric.
public struct SeriesInfo: Codable, Equatable, Sendable {
  /// The metric's key.
  public var key: String
  /// The step of its newest point.
  public var lastStep: Int
  /// Its newest value; `nil` if that is not a number.
  public var lastValue: Double?
}

/// What an index knows of the histograms or images of one key.
public struct PictureInfo: Codable, Equatable, Sendable {
  /// What is shown: `conv1.W`.
  public var key: String
  /// Whether these are images; histograms otherwise.
  public var isImages: Bool
  /// The steps at which there is one.
  public var steps: [Int]
}

extension Index {
  // MARK: Series

  /// The metrics of a session, sorted by key.
  public func metrics(of session: String) throws(StorageError) -> [SeriesInfo] {
    try read { try Index.metrics(of: session, $0) }
  }

  static func metrics(of session: String, _ database: Database) throws -> [SeriesInfo] {
    // SQLite takes the other columns from the row with the maximum.
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT key, lastStep, lastValue, max(attempt * 1000000 + segment) FROM series
        WHERE session = ? AND count > 0 GROUP BY key ORDER BY key
        """,
      arguments: [session])
    return rows.map {
      SeriesInfo(key: $0["key"], lastStep: $0["lastStep"], lastValue: $0["lastValue"])
    }
  }

  /// A window of one metric in at most about `pixels` buckets with exact extremes.
  ///
  /// The window is in steps, both ends included; `nil` means all there is.
  public func series(
    session: String, key: String, from: Int? = nil, to: Int? = nil, pixels: Int
  ) throws(StorageError) -> Series {
    try read { database in
      try SeriesStore.series(
        database, session: session, key: key, from: from, to: to, columns: max(pixels, 1))
    }
  }

  /// The same window of one metric of several sessions, all as they are at one moment.
  public func series(
    sessions: [String], key: String, from: Int? = nil, to: Int? = nil, pixels: Int
  ) throws(StorageError) -> [Series] {
    try read { database in
      try sessions.map { session in
        try SeriesStore.series(
          database, session: session, key: key, from: from, to: to, columns: max(pixels, 1))
      }
    }
  }

  // MARK: Pictures

  /// The histograms and images of a session.
  public func pictures(of session: String) throws(StorageError) -> [PictureInfo] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT kind, key, step FROM picture WHERE session = ? ORDER BY kind, key, step",
        arguments: [session])
      var infos: [PictureInfo] = []
      for row in rows {
        let isImages = (row["kind"] as String) == "images"
        let key: String = row["key"]
        let step: Int = row["step"]
        if let last = infos.last, last.key == key, last.isImages == isImages {
          infos[infos.count - 1].steps.append(step)
        } else {
          infos.append(PictureInfo(key: key, isImages: isImages, steps: [step]))
        }
      }
      return infos
    }
  }

  /// The newest images of a key, or the newest up to a step; `nil` if there are none.
  public func images(session: String, key: String, upTo step: Int? = nil)
    throws(StorageError) -> ImageStack?
  {
    for record in try payloads("images", session, key, upTo: step, limit: 1) {
      if case .images(_, let stack) = record { return stack }
    }
    return nil
  }

  /// The newest histogram of a key, or the newest up to a step; `nil` if there is none.
  public func histogram(session: String, key: String, upTo step: Int? = nil)
    throws(StorageError) -> Histogram?
  {
    try histograms(session: session, key: key, upTo: step, limit: 1).last
  }

  /// The newest histograms of a key, in order of steps.
  public func histograms(session: String, key: String, upTo step: Int? = nil, limit: Int)
    throws(StorageError) -> [Histogram]
  {
    try payloads("histogram", session, key, upTo: step, limit: limit).reversed().compactMap {
      if case .histogram(_, let histogram) = $0 { histogram } else { nil }
    }
  }

  private func payloads(
    _ kind: String, _ session: String, _ key: String, upTo step: Int?, limit: Int
  ) throws(StorageError) -> [JournalRecord] {
    let payloads = try read { database in
      try Data.fetchAll(
        database,
        sql: """
          SELECT payload FROM picture WHERE session = ? AND kind = ? AND key = ? AND step <= ?
          ORDER BY step DESC LIMIT ?
          """,
        arguments: [session, kind, key, step ?? .max, limit])
    }
    return payloads.compactMap { data in
      data.withUnsafeBytes { JournalRecord($0, keys: [key]) }
    }
  }

  // MARK: Sessions

  /// Saves what a session is now.
  public func save(_ record: SessionRecord) throws(StorageError) {
    let json = try RecordJSON.encode(record)
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO session (id, createdAt, record) VALUES (?, ?, ?)",
        arguments: [record.request.id, record.request.createdAt, json])
    }
  }

  /// The saved records of all sessions, oldest first.
  public func sessions() throws(StorageError) -> [SessionRecord] {
    let rows = try read { database in
      try Data.fetchAll(database, sql: "SELECT record FROM session ORDER BY createdAt, id")
    }
    var records: [SessionRecord] = []
    for row in rows { records.append(try RecordJSON.decode(SessionRecord.self, from: row)) }
    return records
  }

  /// The saved record of a session; `nil` if there is none.
  public func session(_ id: String) throws(StorageError) -> SessionRecord? {
    let row = try read { database in
      try Data.fetchOne(
        database, sql: "SELECT record FROM session WHERE id = ?", arguments: [id])
    }
    guard let row else { return nil }
    return try RecordJSON.decode(SessionRecord.self, from: row)
  }

  /// Forgets a session that was removed.
  public func remove(_ session: String) throws(StorageError) {
    forgetImport(of: session)
    try write { database in
      try database.execute(
        sql: "DELETE FROM block WHERE series IN (SELECT id FROM series WHERE session = ?)",
        arguments: [session])
      for table in ["series", "journal", "picture"] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE session = ?", arguments: [session])
      }
      try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [session])
    }
  }
}
