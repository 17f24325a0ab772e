import Foundation
import GRDB
import Records

/// The newest measurement in a journal.
struct JournalEnd: Equatable, Sendable {
  /// The largest step.
  var step: Int
  /// The position in epochs, of the last measurement.
  var epoch: Double
  /// The latest time.
  var time: Double

  /// Takes in one more measurement.
  init(after previous: JournalEnd?, step: Int, epoch: Double, time: Double) {
    self.step = max(previous?.step ?? step, step)
    self.epoch = epoch
    self.time = max(previous?.time ?? time, time)
  }

  /// What a row of the table of journals says; `nil` where nothing was measured yet.
  init?(_ row: Row) {
    guard let step = row["step"] as Int?, let epoch = row["epoch"] as Double?,
      let time = row["time"] as Double?
    else { return nil }
    self.step = step
    self.epoch = epoch
    self.time = time
  }
}

/// What the index has of a session's journals: enough to read on behind it.
struct SessionPast: Sendable {
  /// Where each attempt's journal was read up to, in the order of the attempts.
  var journals: [(attempt: Int, position: JournalReader.Position, end: JournalEnd?)]
  /// The newest value of each metric; not a number where that is what was measured.
  var latest: [String: Double]
}

extension Index {
  /// What was imported of a session, all as it was at one moment.
  func past(of session: String) throws(StorageError) -> SessionPast {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT attempt, position, step, epoch, time FROM journal WHERE session = ?
          ORDER BY attempt
          """,
        arguments: [session])
      let journals = try rows.map { row in
        (
          attempt: row["attempt"] as Int,
          position: try RecordJSON.decode(
            JournalReader.Position.self, from: row["position"] as Data),
          end: JournalEnd(row)
        )
      }
      let newest = try Index.metrics(of: session, database)
        .map { ($0.key, $0.lastValue ?? .nan) }
      return SessionPast(
        journals: journals, latest: Dictionary(newest) { _, last in last })
    }
  }
}
