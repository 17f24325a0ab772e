import Foundation
import Records
import Testing

@testable import Storage

/// Whatever is left of the index when its process dies or power fails, the next import makes it whole:
/// no point is lost and none is there twice.
@Suite struct IndexCrashTests {
  private static let sessionID = String(repeating: "a", count: 26)

  /// A session with two attempts, the second of which supersedes a part of the first.
  private func measured() throws -> (TemporaryFolder, SessionFolder) {
    let folder = try TemporaryFolder()
    let session = try folder.workspace().createSession(.sample(id: Self.sessionID))
    for (attempt, start) in [(1, 0), (2, 500)] {
      let journal = try session.makeJournal(attempt: attempt, resumedFrom: start)
      for step in start + 1...start + 700 {
        let values = ["a": Double(step * attempt), "b": step % 9 == 0 ? .nan : Double(step % 7)]
        try journal.append(MetricPoints(step, values))
        if step % 50 == 0 {
          try journal.append(
            Histogram(
              key: "W", step: step, time: 0, minimum: 0, maximum: 1,
              counts: Array(repeating: step, count: 40), nonFiniteCount: 0))
        }
      }
      try journal.close()
    }
    return (folder, session)
  }

  /// All that can be asked of an index.
  private func contents(_ index: Storage.Index) throws -> [String] {
    var texts = ["\(try index.contents())", "\(try index.metrics(of: Self.sessionID))"]
    texts.append("\(try index.pictures(of: Self.sessionID))")
    texts.append("\(try index.histograms(session: Self.sessionID, key: "W", limit: 99))")
    for key in ["a", "b"] {
      for pixels in [5, 100_000] {
        texts.append("\(try index.series(session: Self.sessionID, key: key, pixels: pixels))")
      }
    }
    return texts
  }

  /// The database's file and its log.
  private struct Copy: Hashable {
    var database: Data
    var log: Data

    init(_ url: URL) throws {
      database = try Data(contentsOf: url)
      log = (try? Data(contentsOf: url.withSuffix("-wal"))) ?? Data()
    }

    func write(to url: URL) throws {
      try database.write(to: url)
      if !log.isEmpty { try log.write(to: url.withSuffix("-wal")) }
    }
  }

  /// One state of the files, with the number of points that were told of before.
  private struct State {
    var files: Copy
    var told: Int
    var story: String
  }

  /// Imports a session in small steps, and takes the files as they are at each of them.
  private func states(_ workspace: Workspace, _ session: SessionFolder) throws -> [State] {
    let lock = try workspace.lockEngine(purpose: "test")
    let index = try Index(for: lock)
    var states: [State] = []
    var told = 0
    var generator = SmallGenerator(state: 3)
    func take(_ story: String) throws -> Copy {
      let files = try Copy(index.url)
      states.append(State(files: files, told: told, story: story))
      return files
    }
    var current = try index.read { try SessionImport($0, session: session.id) }
    var count = 0
    while let batch = try current.next(session, limit: 512) {
      let before = try take("before batch \(count)")
      try index.write { database in
        // So little memory that pages of an unfinished transaction go to the log.
        try database.execute(sql: "PRAGMA cache_size = 4")
        _ = try current.apply(batch, database)
        let during = try take("in batch \(count)")
        // Of what was not committed any part may have got to the disk.
        let added = during.log.count - before.log.count
        for _ in 0..<2 where added > 0 {
          var torn = during
          torn.log = torn.log.prefix(
            before.log.count + Int.random(in: 0..<added, using: &generator))
          states.append(State(files: torn, told: told, story: "torn in batch \(count)"))
        }
      }
      told = try index.contents().points
      count += 1
      let after = try take("after batch \(count)")
      guard count % 3 == 0 else { continue }
      // The log's pages are copied into the database, in any order, before the log begins anew.
      try index.writer?.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
      let settled = try take("after a checkpoint")
      for _ in 0..<2 {
        var mixed = after
        mixed.database = mix(after.database, settled.database, &generator)
        states.append(State(files: mixed, told: told, story: "in a checkpoint"))
      }
    }
    #expect(count > 8)
    try index.close()
    return states
  }

  /// Some pages of the one and the others of the other, which is not shorter.
  private func mix(_ old: Data, _ new: Data, _ generator: inout SmallGenerator) -> Data {
    var mixed = new
    for start in stride(from: 0, to: old.count, by: 4096) where Bool.random(using: &generator) {
      mixed.replaceSubrange(start..<start + 4096, with: old[start..<start + 4096])
    }
    return mixed
  }

  @Test func `an import that is cut short anywhere is completed by the next one`() throws {
    let (folder, session) = try measured()
    let workspace = try folder.workspace()
    let states = try states(workspace, session)
    #expect(Set(states.map(\.files)).count > 30)
    func finished() throws -> [String] {
      let lock = try workspace.lockEngine(purpose: "test")
      let index = try Index(for: lock)
      try index.importJournals(of: session)
      #expect(try index.damages().isEmpty)
      let contents = try contents(index)
      try index.close()
      return contents
    }
    for suffix in ["", "-wal", "-shm"] {
      try Files.remove(workspace.indexURL.withSuffix(suffix))
    }
    let whole = try finished()
    #expect(whole[0].contains("points: 2800"))
    for state in states {
      for suffix in ["", "-wal", "-shm"] {
        try Files.remove(workspace.indexURL.withSuffix(suffix))
      }
      try state.files.write(to: workspace.indexURL)
      let found = try Index(reading: workspace)?.contents().points ?? 0
      #expect(found >= state.told, "\(state.story)")
      #expect(try finished() == whole, "\(state.story)")
    }
  }

  @Test func `reindexing that dies anywhere leaves the old index or the new one`() throws {
    let (folder, session) = try measured()
    let workspace = try folder.workspace()
    // The old one has something that is not in the files, so that it can be told from the new one.
    var old = SessionRequest.sample(id: String(repeating: "b", count: 26))
    old.name = "old"
    func prepare() throws {
      try Index.removeFiles(workspace.indexURL)
      let lock = try workspace.lockEngine(purpose: "test")
      let index = try Index(for: lock)
      try index.importJournals(of: session)
      try index.save(SessionRecord(request: old, state: .finished))
      // Its log stays beside it, as after a crash.
      let copy = try Copy(index.url)
      try index.close()
      try Files.remove(index.url)
      try copy.write(to: index.url)
    }
    for count in 0..<100 {
      try prepare()
      let faults = FileFaults(after: count)
      var hasSucceeded = true
      FileFaults.$current.withValue(faults) {
        do {
          _ = try Index.rebuild(for: workspace.lockEngine(purpose: "reindex"))
        } catch { hasSucceeded = false }
      }
      let lock = try workspace.lockEngine(purpose: "test")
      let index = try Index(for: lock)
      let names = try index.sessions().map(\.request.name)
      #expect(names == (hasSucceeded ? ["first"] : ["old"]) || names == ["first"])
      #expect(try index.contents().points == 2800)
      #expect(try index.damages().isEmpty)
      #expect(!Files.exists(Index.draftURL(of: workspace)))
      try index.close()
      if !faults.hasStruck {
        #expect(hasSucceeded && count > 5)
        return
      }
    }
    Issue.record("The change never came to its end.")
  }
}
