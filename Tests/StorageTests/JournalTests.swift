import Foundation
import Records
import Testing

@testable import Storage

@Suite struct JournalTests {
  @Test func `the checksum is the published one`() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.masked(0xE306_9283) == 0xC78A_B0E5)
    #expect(CRC32C.checksum([]) == 0)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
  }

  static let sample: [JournalEntry] = [
    .metrics(MetricPoints(1, ["train/loss": 2.5, "rate": .infinity])),
    .histogram(
      Histogram(
        key: "W", step: 1, time: 5, minimum: -1, maximum: 2, counts: [0, 1, 300, 70_000],
        nonFiniteCount: 3)),
    .images(
      ImageStack(
        key: "W", step: 1, time: 6, count: 2, channels: 1, height: 2, width: 3,
        values: (0..<12).map { Float($0) / 7 })),
    .metrics(MetricPoints(2, ["train/loss": 1.25])),
    .metrics(MetricPoints(-3, [:])),
  ]

  @Test func `what is written is read back`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 3, resumedFrom: 70)
    for entry in JournalTests.sample { try journal.append(entry) }
    try journal.synchronize()
    let (entries, damage) = try readAll(folder("a"))
    #expect(entries == JournalTests.sample)
    #expect(damage == nil)
    var reader = JournalReader(folder("a"))
    _ = try reader.read()
    #expect(reader.position.attempt == 3)
    #expect(reader.position.resumedFrom == 70)
    #expect(reader.position.keys.sorted() == ["W", "rate", "train/loss"])
  }

  @Test func `not-a-number survives`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    try journal.append(MetricPoints(1, ["x": .nan]))
    try journal.close()
    guard case .metrics(let points)? = try readAll(folder("a")).entries.first else {
      Issue.record("no metrics")
      return
    }
    #expect(points.values["x"]?.isNaN == true)
  }

  @Test func `many images are stored with 256 levels`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    let values = (0..<(300 * 300)).map { Float($0) / 900 - 40 }
    try journal.append(
      ImageStack(
        key: "W", step: 1, time: 0, count: 1, channels: 1, height: 300, width: 300, values: values))
    try journal.close()
    #expect((Files.size(folder("a")) ?? 0) < 100_000)
    guard case .images(let stack)? = try readAll(folder("a")).entries.first else {
      Issue.record("no images")
      return
    }
    #expect(zip(stack.values, values).allSatisfy { abs($0 - $1) <= 100 / 255 / 2 + 0.001 })
    #expect(throws: StorageError.self) {
      try journal.append(
        ImageStack(
          key: "W", step: 1, time: 0, count: 1, channels: 1, height: 2, width: 2, values: []))
    }
  }

  @Test func `a journal cut at any byte gives its whole records and waits for the rest`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("whole"), attempt: 1, resumedFrom: 0)
    for entry in JournalTests.sample { try journal.append(entry) }
    try journal.close()
    let whole = try Data(contentsOf: folder("whole"))
    var counts: [Int] = []
    for length in 0...whole.count {
      try whole.prefix(length).write(to: folder("cut"))
      var reader = JournalReader(folder("cut"))
      var entries: [JournalEntry] = []
      while case let more = try reader.read(), !more.isEmpty { entries += more }
      #expect(reader.damage == nil)
      #expect(entries == Array(JournalTests.sample.prefix(entries.count)))
      counts.append(entries.count)
      // The rest arrives: the same reader goes on.
      try whole.write(to: folder("cut"))
      while case let more = try reader.read(), !more.isEmpty { entries += more }
      #expect(entries == JournalTests.sample)
    }
    #expect(counts == counts.sorted())
    #expect(counts.last == JournalTests.sample.count)
  }

  @Test func `a changed byte anywhere ends the reading before it`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("whole"), attempt: 1, resumedFrom: 0)
    for entry in JournalTests.sample { try journal.append(entry) }
    try journal.close()
    let whole = try Data(contentsOf: folder("whole"))
    for index in 0..<whole.count {
      var changed = whole
      changed[index] ^= 0x40
      try changed.write(to: folder("changed"))
      let (entries, damage) = try readAll(folder("changed"))
      #expect(damage != nil)
      #expect(entries == Array(JournalTests.sample.prefix(entries.count)))
      #expect(entries.count < JournalTests.sample.count)
    }
  }

  @Test func `zeros behind the records are damage, not records`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    try journal.append(MetricPoints(1, ["x": 1]))
    try journal.close()
    var data = try Data(contentsOf: folder("a"))
    data.append(Data(count: 4096))
    try data.write(to: folder("a"))
    let (entries, damage) = try readAll(folder("a"))
    #expect(entries.count == 1)
    #expect(damage?.contains("all before it is kept") == true)
  }

  @Test func `a reader with a small window sees everything`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    for step in 0..<2000 { try journal.append(MetricPoints(step, ["x": Double(step)])) }
    try journal.append(JournalTests.sample[2])
    try journal.close()
    #expect(try readAll(folder("a"), limit: 64).entries.count == 2001)
  }

  @Test func `points are on the disk soon without anybody asking`() async throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    try journal.append(MetricPoints(1, ["x": 1]))
    for _ in 0..<500 where try readAll(folder("a")).entries.isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try readAll(folder("a")).entries.count == 1)
    withExtendedLifetime(journal) {}
  }

  @Test func `an attempt never writes into the journal of another`() throws {
    let folder = try TemporaryFolder()
    let first = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    let error = #expect(throws: StorageError.self) {
      try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    }
    #expect(error?.kind == .exists)
    try first.close()
    #expect(throws: StorageError.self) { try first.append(MetricPoints(1, ["x": 1])) }
  }

  @Test func `writers on many threads lose nothing`() async throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for step in 0..<2000 {
            try journal.append(MetricPoints(step, ["key\(writer)": Double(step)]))
          }
        }
      }
      try await group.waitForAll()
    }
    try journal.close()
    var seen: [String: [Int]] = [:]
    for case .metrics(let points) in try readAll(folder("a")).entries {
      for key in points.values.keys { seen[key, default: []].append(points.step) }
    }
    #expect(seen.count == 4)
    #expect(seen.values.allSatisfy { $0 == Array(0..<2000) })
  }
}
