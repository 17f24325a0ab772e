import Foundation
import Records
import Testing

@testable import Storage

/// The bytes in which the index keeps series.
@Suite struct ColumnTests {
  private func bits(_ point: SeriesPoint) -> [UInt64] {
    [UInt64(bitPattern: Int64(point.step)), point.time.bitPattern, point.value.bitPattern]
  }

  private func bits(_ entry: Rollup) -> [UInt64] {
    let whole = [entry.firstStep, entry.lastStep, entry.count, entry.nonFiniteCount]
    let numbers = [entry.lastTime, entry.minimum, entry.maximum, entry.sum, entry.last]
    return whole.map { UInt64(bitPattern: Int64($0)) } + numbers.map(\.bitPattern)
  }

  /// Points whose steps, times and values are of all kinds: even, uneven, extreme, not finite.
  private static func points(_ kind: Int, _ count: Int) -> [SeriesPoint] {
    var generator = SmallGenerator(state: UInt64(kind))
    let special = [
      Double.nan, -.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude,
      -.greatestFiniteMagnitude, Double(bitPattern: 0x7FF8_0000_0000_0123),
    ]
    return (0..<count).map { index in
      let random = Double.random(in: -1...1, using: &generator)
      switch kind {
      case 0: return SeriesPoint(step: index * 10, time: 1e9, value: 0.5)
      case 1:
        return SeriesPoint(step: index, time: 1.7e9 + Double(index) / 300, value: random)
      case 2:
        return SeriesPoint(step: index, time: 1.7e9 + random, value: Double(Float(random)))
      case 3:
        return SeriesPoint(
          step: [Int.max, 0, Int.min, index][index % 4], time: special[(index + 3) % 8],
          value: special[index % 8])
      default: return SeriesPoint(step: index * index, time: -random, value: 1 / random)
      }
    }
  }

  @Test(arguments: 0..<5, [0, 1, 2, 17, 4096])
  func `points and roll-ups come back bit for bit`(kind: Int, count: Int) throws {
    let points = Self.points(kind, count)
    let again = try Packed.values(SeriesPoint.self, Packed.data(points[...]))
    #expect(again.map(bits) == points.map(bits))
    var rollups = points.map(Rollup.init)
    for index in rollups.indices.dropFirst() where index % 3 > 0 {
      rollups[index].merge(rollups[index - 1])
    }
    let merged = try Packed.values(Rollup.self, Packed.data(rollups[...]))
    #expect(merged.map(bits) == rollups.map(bits))
  }

  @Test func `usual points take few bytes`() {
    // Steps and times in even steps, values of 32 bits: 4 bytes and a little for each point.
    let even = (0..<4096).map { index in
      SeriesPoint(
        step: index, time: 1.7e9 + Double(index), value: Double(Float(sin(Double(index)))))
    }
    #expect(Packed.data(even[...]).count < 4096 * 5)
    // Times of milliseconds and values of 64 bits.
    #expect(Packed.data(Self.points(1, 4096)[...]).count < 4096 * 12)
  }

  @Test func `bytes that were cut or changed are an error, never a crash`() throws {
    for kind in 0..<5 {
      let data = Packed.data(Self.points(kind, 40)[...])
      for length in 0..<data.count {
        #expect(throws: StorageError.self) {
          try Packed.values(SeriesPoint.self, Data(data.prefix(length)))
        }
      }
    }
    var generator = SmallGenerator(state: 5)
    for _ in 0..<2000 {
      let data = Data((0..<60).map { _ in UInt8.random(in: 0...255, using: &generator) })
      _ = try? Packed.values(Rollup.self, data)
    }
  }

  @Test func `a long series takes at most fourteen bytes a point in the index`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    let count = 40_000
    var generator = SmallGenerator(state: 11)
    var time = 1.7e9
    for step in 1...count {
      time += Double.random(in: 0.001...0.004, using: &generator)
      let noise = Double.random(in: 0...1, using: &generator)
      try journal.append(
        MetricPoints(
          step: step, epoch: 0, time: time, values: ["a": noise, "b": Double(Float(noise))]))
    }
    try journal.close()
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    #expect(try index.contents().points == 2 * count)
    try index.close()
    // With its log, which is as large as the last transaction where it is not emptied.
    let size = ["", "-wal", "-shm"].reduce(0) {
      $0 + (Files.size(lock.workspace.indexURL.withSuffix($1)) ?? 0)
    }
    #expect(Double(size) / Double(2 * count) <= 12)
  }

  @Test func `packed numbers take the bits that they differ in`() throws {
    // 21 bits of noise above a number, 3 low bits that none of them has.
    var generator = SmallGenerator(state: 6)
    let numbers = (0..<1024).map { _ in
      Int64(1) << 60 + Int64.random(in: 0..<(1 << 21), using: &generator) << 3
    }
    var writer = ByteWriter()
    Columns.put(numbers, &writer)
    #expect(writer.bytes.count < 1024 * 23 / 8)
    // Times that a step of always nearly the same length makes.
    var time = 1.7e9
    let times = (0..<1024).map { _ in
      time += 0.03 + Double.random(in: 0...1e-6, using: &generator)
      return time
    }
    var next = ByteWriter()
    Columns.put(times, &next)
    #expect(next.bytes.count < 1024 * 3 / 2)
    var reader = writer.bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      return Columns.integers(1024, &reader)
    }
    #expect(reader == numbers)
    reader = next.bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      return Columns.integers(1024, &reader)
    }
    #expect(reader == times.map { Int64(bitPattern: $0.bitPattern) })
  }
}
