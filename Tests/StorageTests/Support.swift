import Foundation
import Records

@testable import Storage

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("storage-\(Names.randomText(12))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func callAsFunction(_ name: String) -> URL { url.appendingPathComponent(name) }

  func workspace() throws -> Workspace { try Workspace.openOrCreate(at: self("space")) }

  func session() throws -> SessionFolder { try workspace().createSession(.sample()) }
}

extension SessionRequest {
  static func sample(id: String = Names.newSessionID(), createdAt: Double = 1) -> SessionRequest {
    SessionRequest(
      id: id, name: "first", model: "lenet", data: "digits", startParams: nil,
      saveParams: "trained", recipe: .object(["epochs": .number(3)]), device: "cpu", threads: 1,
      writesTensorBoard: false, createdAt: createdAt)
  }
}

extension MetricPoints {
  init(_ step: Int, _ values: [String: Double]) {
    self.init(step: step, epoch: Double(step) / 10, time: 1000 + Double(step), values: values)
  }
}

/// Numbers that look random and are the same in every run.
struct SmallGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

extension SessionFolder {
  /// Writes a journal with one key and closes it.
  func writeJournal(attempt: Int, from step: Int, _ points: [MetricPoints]) throws {
    let journal = try makeJournal(attempt: attempt, resumedFrom: step)
    for point in points { try journal.append(point) }
    try journal.close()
  }
}

/// All entries of a journal, and what is wrong with it.
func readAll(_ url: URL, limit: Int = 4 << 20) throws -> (entries: [JournalEntry], damage: String?) {
  var reader = JournalReader(url)
  var entries: [JournalEntry] = []
  while true {
    let more = try reader.read(limit: limit)
    if more.isEmpty { return (entries, reader.damage) }
    entries += more
  }
}
