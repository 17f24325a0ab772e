import Foundation
import Records
import Testing

@testable import Storage

/// What index, direct readers and followers make of journals with blocks.
@Suite struct BlockImportTests {
  /// All points of a metric as the index and as the journals have them.
  private func seen(
    _ key: String, of session: SessionFolder, _ index: Storage.Index
  ) throws -> [[String]] {
    let direct = try SeriesReader(session)
    let all = [
      try index.series(session: session.id, key: key, pixels: 100_000),
      direct.series(key, pixels: 100_000),
    ]
    return all.map { series in
      series.buckets.map {
        "\($0.firstStep) \($0.lastTime) \($0.last ?? .nan) \($0.nonFiniteCount)"
      }
    }
  }

  @Test func `old and new journals of a session make one series`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    try JournalBlockTests.write(JournalBlockTests.earlierFormat, to: session.journalURL(attempt: 1))
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    let journal = try session.makeJournal(attempt: 2, resumedFrom: 2)
    var block = MetricBlock(keys: ["a"])
    for step in 3..<40 {
      block.append(step: step, epoch: 1, time: Double(step), values: [step == 9 ? .nan : 7])
    }
    try journal.append(block)
    try journal.close()
    try index.importJournals(of: session)
    let expected =
      ["1 101.0 1.0 0", "2 102.0 0.5 0"]
      + (3..<40).map { $0 == 9 ? "9 9.0 nan 1" : "\($0) \(Double($0)) 7.0 0" }
    #expect(try seen("a", of: session, index) == [expected, expected])
    // What only the first attempt has ends where the second went on.
    #expect(try seen("b/c", of: session, index)[0].count == 2)
    var follower = SessionFollower(session)
    #expect(try follower.poll().metrics.count == 3 + 37)
  }

  @Test func `who watches live is told of some steps of a block, and always of the last`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    try journal.append(JournalBlockTests.block(0..<3002))
    try journal.close()
    var live = SessionFollower(session)
    live.stepsPerBlock = 100
    let changes = try live.poll()
    #expect((90...110).contains(changes.metrics.count))
    #expect(changes.metrics.last?.step == 3001)
    #expect(changes.record.step == 3001)
    var exact = SessionFollower(session)
    let all = try exact.poll()
    #expect(all.metrics.map(\.step) == Array(0..<3002))
    #expect(all.record == changes.record)
  }

  @Test func `steps that go back within a block supersede those they come back to`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    var block = MetricBlock(keys: ["a", "b"])
    for (round, steps) in [1..<301, 150..<400, 390..<391].enumerated() {
      for step in steps {
        block.append(
          step: step, epoch: 0, time: Double(step), values: [Double(round), Double(step)])
      }
    }
    try journal.append(block)
    try journal.close()
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    let expected = (1..<391).map { step in
      "\(step) \(Double(step)) \(step == 390 ? 2.0 : step >= 150 ? 1.0 : 0.0) 0"
    }
    #expect(try seen("a", of: session, index) == [expected, expected])
  }

  @Test func `a process that dies between blocks leaves whole steps, each once`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let index = try Index(for: lock)
    var written: [Int] = []
    // The first write is that of the header.
    try FileFaults.$current.withValue(FileFaults(.death, after: 3, where: Self.isJournalWrite)) {
      let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
      for start in stride(from: 0, to: 600, by: 100) {
        try? journal.append(JournalBlockTests.block(start..<(start + 100)))
        if (try? journal.flush()) != nil { written.append(start) }
      }
    }
    #expect(!written.isEmpty && written.count < 6)
    try index.importJournals(of: session)
    let steps = try SeriesReader(session).points["b"]?.map(\.step) ?? []
    // What was on the disk is there, in order, and nothing of the step that was cut short.
    #expect(steps == Array(0..<steps.count))
    #expect(steps.count >= written.count * 100 && steps.count % 100 == 0)
    #expect(
      try index.series(session: session.id, key: "b", pixels: 9).totalCount == steps.count)
    let next = try session.makeJournal(attempt: 2, resumedFrom: 99)
    try next.append(JournalBlockTests.block(100..<250))
    try next.close()
    try index.importJournals(of: session)
    #expect(try SeriesReader(session).points["b"]?.map(\.step) == Array(0..<250))
    #expect(try index.series(session: session.id, key: "b", pixels: 9).totalCount == 250)
  }

  @Sendable private static func isJournalWrite(_ operation: FileOperation) -> Bool {
    if case .write = operation { true } else { false }
  }
}
