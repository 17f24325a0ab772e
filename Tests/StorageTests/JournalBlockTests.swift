import Foundation
import Records
import Testing

@testable import Storage

/// Journals in which the values of many steps lie column by column.
@Suite struct JournalBlockTests {
  /// Written by a program of its own in another language, after the table in the documentation.
  static let earlierFormat = """
    120000007bd9641e000101000000000000000000000000000000851ccd6402000000466800f70161c4ff6e710400\
    0000347a453301622f63d64108162c000000590d2412020100000000000000000000000000d03f00000000004059\
    400200000000000000f03f0100000000000004c0cad653e02c000000590d24120202000000000000000000000000\
    00e03f00000000008059400200000000000000e03f0100000000000014c038d8a32a2c000000590d241202030000\
    0000000000000000000000e83f0000000000c059400200555555555555d53f010000000000001ec0b8df0ca9
    """
  private static let blockFormat = """
    120000007bd9641e0002010000000000000000000000000000006478e08402000000466800f70161c4ff6e710400\
    0000347a453301622f63d64108166100000013aaa1e9050502000101010000000000000002020406000000000000\
    00e03f000000000000000002020000000000408f400000000000020000ffffffffff7f2a0221020001340cfba77f\
    fdff7f00000201000000000000f03fffffffffffffff073203cc0164c11ea0
    """
  private static let newerFormat =
    "120000007bd9641e0003010000000000000000000000000000003ba404db"

  private static func bytes(_ text: String) -> Data {
    let digits = Array(text)
    return Data(
      stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      })
  }

  static func write(_ text: String, to url: URL) throws {
    try bytes(text).write(to: url)
  }

  /// Measurements as text, in which not-a-number equals itself.
  private static func texts(_ entries: [JournalEntry]) -> [String] {
    entries.map { entry in
      guard case .metrics(let points) = entry else { return "\(entry)" }
      let values = points.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return "\(points.step) \(points.epoch) \(points.time) \(values)"
    }
  }

  static func block(_ steps: Range<Int>, keys: [String] = ["a", "b"]) -> MetricBlock {
    var generator = SmallGenerator(state: UInt64(steps.lowerBound))
    var block = MetricBlock(keys: keys, capacity: steps.count)
    for step in steps {
      let random = Double.random(in: -1...1, using: &generator)
      let special = [Double.nan, .infinity, -.infinity, -0.0]
      block.append(
        step: step, epoch: Double(step) / 562, time: 1.7e9 + Double(step) / 7,
        values: keys.indices.map {
          step % 50 == 0 ? special[(step / 50 + $0) % 4] : random * Double($0 + 1)
        })
    }
    return block
  }

  private static func points(_ block: MetricBlock) -> [JournalEntry] {
    (0..<block.count).map { .metrics(block.points(at: $0)) }
  }

  // MARK: Measurements of single steps

  @Test func `values keep their keys, however a dictionary lists them`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    let keys = (0..<12).map { "metric\($0)" }
    var expected: [JournalEntry] = []
    // The room a dictionary was given decides the order in which it lists its keys.
    for step in 1...400 {
      var values: [String: Double] = [:]
      values.reserveCapacity(step % 7 == 0 ? 500 : step % 11 == 0 ? 60 : 12)
      for (place, key) in (step % 3 == 0 ? keys : keys.reversed()).enumerated() {
        values[key] = Double(step * 100 + place)
      }
      if step % 50 == 0 { values["metric3"] = nil }
      if step % 90 == 0 { values["other"] = values.removeValue(forKey: "metric5") }
      let points = MetricPoints(step: step, epoch: 0, time: 1, values: values)
      try journal.append(points)
      expected.append(.metrics(points))
      guard step % 130 == 0 else { continue }
      // A block whose keys are in no order, which single steps then follow.
      let block = Self.block(step..<(step + 5), keys: ["z", "b", "a"])
      try journal.append(block)
      expected += Self.points(block)
      let three = ["b": 1.0, "z": 2.0, "a": Double(step)]
      let follower = MetricPoints(step: step + 5, epoch: 0, time: 1, values: three)
      try journal.append(follower)
      expected.append(.metrics(follower))
    }
    try journal.close()
    let (entries, damage) = try readAll(folder("a"))
    #expect(damage == nil)
    #expect(Self.texts(entries) == Self.texts(expected))
  }

  // MARK: The format

  @Test func `a journal of the first version is read as it always was`() throws {
    let folder = try TemporaryFolder()
    try Self.write(Self.earlierFormat, to: folder("a"))
    let (entries, damage) = try readAll(folder("a"))
    #expect(damage == nil)
    #expect(
      entries
        == (1...3).map { step in
          .metrics(
            MetricPoints(
              step: step, epoch: Double(step) / 4, time: 100 + Double(step),
              values: ["a": 1 / Double(step), "b/c": -2.5 * Double(step)]))
        })
  }

  @Test func `a block is what the documentation says it is`() throws {
    let folder = try TemporaryFolder()
    try Self.write(Self.blockFormat, to: folder("a"))
    let (entries, damage) = try readAll(folder("a"))
    #expect(damage == nil)
    let rows: [(Int, Double, Double, Double)] = [
      (1, 1000, 0.5, 1), (2, 1000.25, -0.25, 1.5), (3, 1000.75, .infinity, 1.25),
      (5, 1001, 2, 3), (8, 1002, -0.0, 2),
    ]
    let expected = rows.map { step, time, first, second -> JournalEntry in
      .metrics(
        MetricPoints(step: step, epoch: 0.5, time: time, values: ["a": first, "b/c": second]))
    }
    #expect(Self.texts(entries) == Self.texts(expected))
  }

  @Test func `a journal of a newer version is refused in words`() throws {
    let folder = try TemporaryFolder()
    try Self.write(Self.newerFormat, to: folder("a"))
    let (entries, damage) = try readAll(folder("a"))
    #expect(entries.isEmpty)
    #expect(damage == "a: it has version 3, this program knows 2; use a newer lasagne")
  }

  // MARK: Writing and reading

  @Test func `blocks, steps of their own and pictures come back bit for bit and in order`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    var expected: [JournalEntry] = []
    // Longer than one record may be; then with other keys; then a few steps that are no block.
    for block in [
      Self.block(0..<5000), Self.block(5000..<5300),
      Self.block(5300..<5400, keys: ["b", "a", "c"]), Self.block(5400..<5402),
    ] {
      try journal.append(block)
      expected += Self.points(block)
    }
    for entry in JournalTests.sample {
      try journal.append(entry)
      expected.append(entry)
    }
    let rest = Self.block(6000..<6100)
    for entry in Self.points(rest) { try journal.append(entry) }
    expected += Self.points(rest)
    try journal.close()
    let (entries, damage) = try readAll(folder("a"))
    #expect(damage == nil)
    #expect(Self.texts(entries) == Self.texts(expected))
    #expect(Self.texts(try readAll(folder("a"), limit: 100).entries) == Self.texts(expected))
  }

  @Test func `a logged step takes few bytes`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    var generator = SmallGenerator(state: 4)
    var block = MetricBlock(keys: ["train/loss", "train/accuracy", "rate/learning"])
    for step in 0..<3000 {
      let loss = Float.random(in: 0.3...0.7, using: &generator)
      block.append(
        step: step, epoch: Double(step) / 1000, time: 1.7e9 + Double(step) * 1e-5,
        values: [Double(loss), Double(Int.random(in: 20...32, using: &generator)) / 32, 0.001])
    }
    try journal.append(block)
    try journal.close()
    // 29 bytes and 9 for each value, 56 in all, in the first version.
    #expect((Files.size(folder("a")) ?? .max) < 3000 * 8)
    #expect(try readAll(folder("a")).entries == Self.points(block))
  }

  @Test func `a block that is not whole is refused`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("a"), attempt: 1, resumedFrom: 0)
    var short = MetricBlock(keys: ["a", "b"])
    short.append(step: 1, epoch: 0, time: 0, values: [1])
    var double = MetricBlock(keys: ["a", "a"])
    double.append(step: 1, epoch: 0, time: 0, values: [1, 2])
    for block in [short, double] {
      let error = #expect(throws: StorageError.self) { try journal.append(block) }
      #expect(error?.kind == .invalid)
    }
    try journal.append(MetricBlock(keys: ["a"]))
    try journal.close()
    #expect(try readAll(folder("a")).entries.isEmpty)
  }

  // MARK: What is left of a block

  @Test func `a torn block is waited for, and what is before it counts`() throws {
    let folder = try TemporaryFolder()
    let journal = try JournalWriter(folder("whole"), attempt: 1, resumedFrom: 0)
    let parts = [Self.block(1..<40), Self.block(40..<90)]
    try journal.append(parts[0])
    try journal.flush()
    let boundary = Files.size(folder("whole")) ?? 0
    try journal.append(parts[1])
    try journal.close()
    let whole = try Data(contentsOf: folder("whole"))
    let expected = Self.texts(parts.flatMap { Self.points($0) })
    #expect(boundary > 0 && boundary < whole.count)
    for length in boundary..<whole.count {
      try whole.prefix(length).write(to: folder("cut"))
      var reader = JournalReader(folder("cut"))
      var entries: [JournalEntry] = []
      while case let more = try reader.read(), !more.isEmpty { entries += more }
      #expect(entries.count == 39)
      #expect(reader.damage == nil)
      try whole.write(to: folder("cut"))
      while case let more = try reader.read(), !more.isEmpty { entries += more }
      #expect(Self.texts(entries) == expected)
    }
    var changed = whole
    changed[boundary + 30] ^= 1
    try changed.write(to: folder("cut"))
    let (entries, damage) = try readAll(folder("cut"))
    #expect(entries.count == 39)
    #expect(damage?.contains("all before it is kept") == true)
  }

  @Test func `bytes that no block has are damage, never a crash`() throws {
    var writer = ByteWriter()
    writer.put(JournalRecord.blockKind)
    JournalBlock(Self.block(0..<20), 0..<20, keys: [0, 1]).put(&writer)
    let whole = writer.bytes
    for length in 1..<whole.count {
      let record = Array(whole.prefix(length)).withUnsafeBytes {
        JournalRecord($0, keys: ["a", "b"])
      }
      #expect(record == nil)
    }
    #expect(whole.withUnsafeBytes { JournalRecord($0, keys: ["a"]) } == nil)
    var generator = SmallGenerator(state: 8)
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 1..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      if case .block(let block)? = bytes.withUnsafeBytes({ JournalRecord($0, keys: ["a", "b"]) }) {
        #expect(block.columns.allSatisfy { $0.count == block.steps.count })
      }
    }
  }
}
