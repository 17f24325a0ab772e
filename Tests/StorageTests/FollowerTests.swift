import Foundation
import Records
import Testing

@testable import Storage

@Suite struct FollowerTests {
  /// The same, and not a number in the same places.
  private func check(_ session: SessionFolder, with index: Storage.Index) throws {
    var plain = try session.record()
    var quick = try session.record(with: index)
    #expect(plain.latest.mapValues(\.bitPattern) == quick.latest.mapValues(\.bitPattern))
    (plain.latest, quick.latest) = ([:], [:])
    #expect(plain == quick)
  }

  @Test func `a session read behind the index is the session read from its files`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let index = try Index(for: lock)
    try check(session, with: index)
    try session.appendTimeline(
      TimelineEntry(
        time: 990, attempt: 1, step: 0,
        event: .started(process: 1, totalSteps: 900, epochs: 3, fingerprint: ["threads": "2"])))
    // The attempts go on at earlier steps, and one of them goes back by itself.
    let attempts = [(0, Array(1...50)), (40, Array(41...70) + Array(51...60)), (45, [])]
    for (number, (start, steps)) in attempts.enumerated() {
      let journal = try session.makeJournal(attempt: number + 1, resumedFrom: start)
      try check(session, with: index)
      for step in steps {
        var values = ["x": Double(step + number)]
        if step % 3 == 0 { values["attempt\(number)"] = step % 2 == 0 ? .nan : 1 }
        try journal.append(MetricPoints(step, values))
        if step % 7 == 0 {
          try journal.flush()
          try check(session, with: index)
          if step % 2 == 0 { try index.importJournals(of: session) }
        }
      }
      try journal.close()
      try check(session, with: index)
      try index.importJournals(of: session)
      try check(session, with: index)
    }
    try session.writeExit(
      ExitRecord(state: .stopped, message: nil, attempt: 3, step: 45, time: 2000))
    try check(session, with: index)
    #expect(try session.record(with: index).state == .stopped)
  }

  @Test func `behind the index only what it lacks is reported`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let index = try Index(for: lock)
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    for step in 1...30 { try journal.append(MetricPoints(step, ["x": Double(step)])) }
    try journal.flush()
    try index.importJournals(of: session)
    for step in 31...33 { try journal.append(MetricPoints(step, ["x": Double(step)])) }
    try journal.close()
    var follower = try SessionFollower(session, behind: index)
    #expect(try follower.poll().metrics.map(\.step) == [31, 32, 33])
    #expect(try follower.poll().metrics.isEmpty)
  }

  @Test func `a damaged journal is told behind the index too`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    try session.writeJournal(attempt: 1, from: 0, (1...10).map { MetricPoints($0, ["x": 1]) })
    var data = try Data(contentsOf: session.journalURL(attempt: 1))
    data[data.count - 3] ^= 1
    try data.write(to: session.journalURL(attempt: 1))
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    var follower = try SessionFollower(session, behind: index)
    let changes = try follower.poll()
    #expect(changes.warnings.count == 1)
    #expect(changes.metrics.isEmpty)
    try check(session, with: index)
  }

  @Test func `a journal shorter than its import is read from its beginning`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    try session.writeJournal(attempt: 1, from: 0, (1...100).map { MetricPoints($0, ["x": 1]) })
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    try FileManager.default.removeItem(at: session.journalURL(attempt: 1))
    try session.writeJournal(attempt: 1, from: 0, [MetricPoints(4, ["x": 2])])
    #expect(try session.record(with: index).step == 4)
    try check(session, with: index)
  }
}
