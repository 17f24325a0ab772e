import Foundation
import Records
import Testing

@testable import Storage

@Suite struct IndexTests {
  /// Buckets cover the window in order, and each has the exact figures of the points it covers.
  private func check(
    _ series: Series, against all: [SeriesPoint], from: Int? = nil, to: Int? = nil, pixels: Int
  ) {
    let wanted = all.filter { $0.step >= from ?? .min && $0.step <= to ?? .max }
    #expect(series.totalCount == all.count)
    #expect(series.buckets.reduce(0) { $0 + $1.count } == wanted.count)
    #expect(series.buckets.count <= max(pixels, 1))
    var rest = wanted[...]
    for bucket in series.buckets {
      let own = rest.prefix(bucket.count)
      rest = rest.dropFirst(bucket.count)
      let finite = own.map(\.value).filter(\.isFinite)
      let isRight =
        bucket.firstStep == own.first?.step && bucket.lastStep == own.last?.step
        && bucket.lastTime == own.last?.time && bucket.minimum == finite.min()
        && bucket.maximum == finite.max() && bucket.last == finite.last
        && bucket.nonFiniteCount == own.count - finite.count
      #expect(isRight, "\(bucket)")
      if let mean = bucket.mean {
        #expect(abs(mean - finite.reduce(0, +) / Double(finite.count)) < 1e-6)
      }
    }
    #expect(rest.isEmpty)
  }

  private static func wave(_ count: Int, gaps: Bool) -> [SeriesPoint] {
    var generator = SmallGenerator(state: 7)
    var step = 0
    return (0..<count).map { index in
      step += gaps ? Int.random(in: 0...5, using: &generator) : 1
      let value =
        index % 997 == 0
        ? [Double.nan, .infinity, 1e9][index % 3] : Double.random(in: -1...1, using: &generator)
      return SeriesPoint(step: step, time: Double(index), value: value)
    }
  }

  @Test(arguments: [true, false])
  func `a window of 100,000 points has the exact extremes of every bucket`(gaps: Bool) throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let points = IndexTests.wave(100_000, gaps: gaps)
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    let index = try Index(for: lock)
    for (number, point) in points.enumerated() {
      try journal.append(
        MetricPoints(
          step: point.step, epoch: 0, time: point.time, values: ["loss": point.value]))
      // Now and then the engine looks: tails of all sizes are stored and grown.
      if number % 7_919 == 0 || (number < 600 && number % 37 == 0) {
        try journal.flush()
        try index.importJournals(of: session)
      }
    }
    try journal.close()
    try index.importJournals(of: session)
    let end = points.last?.step ?? 0
    var generator = SmallGenerator(state: 3)
    var windows: [(Int?, Int?, Int)] = [(nil, nil, 1000), (nil, nil, 1), (0, 10, 5), (5, 4, 9)]
    for _ in 0..<40 {
      let from = Int.random(in: 0...end, using: &generator)
      windows.append(
        (
          from, from + Int.random(in: 0...(end / 2), using: &generator),
          [1, 7, 300, 2000].randomElement(using: &generator) ?? 1
        ))
    }
    for (from, to, pixels) in windows {
      let series = try index.series(
        session: session.id, key: "loss", from: from, to: to, pixels: pixels)
      check(series, against: points, from: from, to: to, pixels: pixels)
    }
    let direct = try SeriesReader(session)
    check(direct.series("loss", pixels: 500), against: points, pixels: 500)
    check(
      direct.series("loss", from: 70, to: 9000, pixels: 50), against: points, from: 70, to: 9000,
      pixels: 50)
    let wide = try index.series(session: session.id, key: "loss", pixels: 1000)
    #expect(wide.buckets.count > 300)
  }

  @Test func `an index opened again goes on where it was`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let points = IndexTests.wave(9_000, gaps: true)
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    for (number, point) in points.enumerated() {
      try journal.append(
        MetricPoints(step: point.step, epoch: 0, time: point.time, values: ["x": point.value]))
      if number % 611 == 17 || number == 0 || number == 4_095 || number == 8_191 {
        try journal.flush()
        let index = try Index(for: lock)
        try index.importJournals(of: session)
        try index.close()
      }
    }
    try journal.close()
    let index = try Index(for: lock)
    #expect(try index.importJournals(of: session).records > 0)
    #expect(try index.importJournals(of: session).records == 0)
    for pixels in [1, 20, 400] {
      check(
        try index.series(session: session.id, key: "x", pixels: pixels), against: points,
        pixels: pixels)
    }
  }

  @Test func `after a resume the points behind it are superseded`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    try session.writeJournal(
      attempt: 1, from: 0, (1...500).map { MetricPoints($0, ["x": 1, "old": 7]) })
    try session.writeJournal(attempt: 2, from: 300, (301...400).map { MetricPoints($0, ["x": 2]) })
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    try session.writeJournal(attempt: 3, from: 350, (351...420).map { MetricPoints($0, ["x": 3]) })
    try index.importJournals(of: session)
    let expected = (1...420)
      .map {
        SeriesPoint(step: $0, time: 1000 + Double($0), value: $0 <= 300 ? 1 : $0 <= 350 ? 2 : 3)
      }
    for pixels in [1000, 30] {
      check(
        try index.series(session: session.id, key: "x", pixels: pixels), against: expected,
        pixels: pixels)
      check(
        try index.series(session: session.id, key: "x", from: 290, to: 360, pixels: pixels),
        against: expected, from: 290, to: 360, pixels: pixels)
    }
    #expect(try index.series(session: session.id, key: "old", pixels: 9).totalCount == 300)
    #expect(try SeriesReader(session).points["x"] == expected)
    #expect(try SeriesReader(session).points["old"]?.count == 300)
  }

  @Test func `an attempt that goes back supersedes its own points`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let steps = Array(1...50) + Array(31...60) + Array(21...25)
    try session.writeJournal(
      attempt: 1, from: 0,
      steps.enumerated().map { MetricPoints($0.element, ["x": Double($0.offset)]) })
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    let series = try index.series(session: session.id, key: "x", pixels: 1000)
    #expect(series.buckets.map(\.firstStep) == Array(1...25))
    #expect(series.buckets.map(\.last) == (Array(0..<20) + Array(80..<85)).map { Double($0) })
    #expect(try SeriesReader(session).series("x", pixels: 1000) == series)
    #expect(try index.metrics(of: session.id).map(\.lastValue) == [84])
  }

  @Test func `reindexing gives the same index`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    try session.writeJournal(
      attempt: 1, from: 0, (1...5000).map { MetricPoints($0, ["a": Double($0 % 91), "b": .nan]) })
    let journal = try session.makeJournal(attempt: 2, resumedFrom: 4000)
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    for step in 4001...4500 {
      try journal.append(MetricPoints(step, ["a": -1]))
      try journal.append(
        Histogram(
          key: "W", step: step, time: 0, minimum: 0, maximum: 1, counts: [step], nonFiniteCount: 0))
      if step % 100 == 0 {
        try journal.flush()
        try index.importJournals(of: session)
      }
    }
    try journal.close()
    try index.importJournals(of: session)
    try index.save(session.record())
    func contents(_ index: Storage.Index) throws -> [String] {
      var texts = try index.sessions()
        .map { String(decoding: try RecordJSON.encode($0), as: UTF8.self) }
      texts.append("\(try index.metrics(of: session.id))")
      texts.append("\(try index.pictures(of: session.id))")
      texts.append("\(try index.histograms(session: session.id, key: "W", limit: 9))")
      for key in ["a", "b"] {
        for pixels in [3, 700, 100_000] {
          texts.append("\(try index.series(session: session.id, key: key, pixels: pixels))")
        }
      }
      return texts
    }
    let before = try contents(index)
    try index.close()
    let rebuilt = try Index.rebuild(for: lock)
    #expect(rebuilt == IndexContents(sessions: 1, series: 3, points: 10_500, pictures: 500))
    #expect(try contents(Index(for: lock)) == before)
  }

  @Test func `pictures are found by key and step`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    func stack(_ step: Int) -> ImageStack {
      ImageStack(
        key: "conv.W", step: step, time: 0, count: 1, channels: 1, height: 1, width: 2,
        values: [Float(step), 0.5])
    }
    for step in [10, 20, 30] { try journal.append(stack(step)) }
    try journal.close()
    let index = try Index(for: lock)
    try index.importJournals(of: session)
    #expect(try index.images(session: session.id, key: "conv.W") == stack(30))
    #expect(try index.images(session: session.id, key: "conv.W", upTo: 29) == stack(20))
    #expect(try index.images(session: session.id, key: "conv.W", upTo: 5) == nil)
    #expect(
      try index.pictures(of: session.id)
        == [PictureInfo(key: "conv.W", isImages: true, steps: [10, 20, 30])])
    try session.writeJournal(attempt: 2, from: 15, [])
    try index.importJournals(of: session)
    #expect(try index.images(session: session.id, key: "conv.W") == stack(10))
    try index.remove(session.id)
    #expect(try index.pictures(of: session.id).isEmpty)
  }

  @Test func `a reading index sees what is committed and writes nothing`() async throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    #expect(try Index(reading: lock.workspace) == nil)
    let session = try lock.workspace.createSession(.sample())
    let writing = try Index(for: lock)
    let reading = try #require(try Index(reading: lock.workspace))
    #expect(throws: StorageError.self) { try reading.save(session.record()) }
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for step in 1...3000 {
          try journal.append(MetricPoints(step, ["x": Double(step)]))
          if step % 50 == 0 {
            try journal.flush()
            try writing.importJournals(of: session)
          }
        }
      }
      for index in [reading, writing] {
        group.addTask {
          var seen = 0
          while seen < 3000 {
            let series = try index.series(session: session.id, key: "x", pixels: 10)
            #expect(series.totalCount >= seen)
            #expect((series.buckets.last?.maximum ?? 0) == Double(series.totalCount))
            seen = series.totalCount
          }
        }
      }
      try await group.waitForAll()
    }
    try writing.close()
    #expect(try reading.series(session: session.id, key: "x", pixels: 10).totalCount == 3000)
    try reading.close()
    let later = try #require(try Index(reading: lock.workspace))
    #expect(try later.metrics(of: session.id).map(\.lastStep) == [3000])
  }

  @Test func `a damaged journal is imported up to the damage, and said`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let session = try lock.workspace.createSession(.sample())
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    for step in 1...9 { try journal.append(MetricPoints(step, ["x": 1])) }
    // What is written together is damaged together.
    try journal.flush()
    try journal.append(MetricPoints(10, ["x": 1]))
    try journal.close()
    var data = try Data(contentsOf: session.journalURL(attempt: 1))
    data[data.count - 3] ^= 1
    try data.write(to: session.journalURL(attempt: 1))
    let index = try Index(for: lock)
    let result = try index.importJournals(of: session)
    #expect(result.warnings.count == 1)
    #expect(try index.series(session: session.id, key: "x", pixels: 99).totalCount == 9)
    #expect(try session.record().step == 9)
  }

  @Test func `a newer index is refused`() throws {
    let folder = try TemporaryFolder()
    let lock = try folder.workspace().lockEngine(purpose: "test")
    let index = try Index(for: lock)
    try index.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    try index.close()
    let error = #expect(throws: StorageError.self) { try Index(for: lock) }
    #expect(error?.kind == .newerVersion)
  }
}
