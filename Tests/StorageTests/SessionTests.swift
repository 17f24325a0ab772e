import Foundation
import Records
import Testing

@testable import Storage

@Suite struct SessionTests {
  private func started(_ attempt: Int, step: Int = 0) -> TimelineEntry {
    TimelineEntry(
      time: 100 * Double(attempt), attempt: attempt, step: step,
      event: .started(process: 7, totalSteps: 60, epochs: 3, fingerprint: ["threads": "1"]))
  }

  /// A process of its own that holds the lease until it is killed.
  ///
  /// The wait keeps its thread: a suspended test comes back only behind all that wait for one.
  private func holder(of session: SessionFolder) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = ["--no-fork", session.leaseURL.path, "sleep", "3600"]
    try process.run()
    for _ in 0..<12_000 where process.isRunning {
      if try session.isHeld() { return process }
      usleep(10_000)
    }
    let end = process.isRunning ? "waits" : "ended with \(process.terminationStatus)"
    process.terminate()
    throw StorageError(.locked, path: "", "flock did not take the lease: it \(end)")
  }

  private func kill(_ process: Process) {
    #expect(Foundation.kill(process.processIdentifier, SIGKILL) == 0)
    process.waitUntilExit()
  }

  @Test func `the request is kept as it was`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    let again = try folder.workspace().session(session.id)
    #expect(again == session)
    #expect(try folder.workspace().sessions() == [session])
    #expect(throws: StorageError.self) { try folder.workspace().createSession(session.request) }
  }

  @Test func `commands are numbered, and read from an offset`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    let first = try session.appendControl(.pause, origin: "page")
    var offset = 0
    #expect(try session.controls(from: &offset) == [first])
    #expect(try session.controls(from: &offset).isEmpty)
    let second = try session.appendControl(
      .set(field: "learningRate", value: .number(0.5)), origin: "command line")
    #expect(first.number == 1)
    #expect(second.number == 2)
    #expect(try session.controls(from: &offset) == [second])
    #expect(try session.controls(after: 1) == [second])
  }

  @Test func `commands of many threads get different numbers`() async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask { _ = try session.appendControl(.snapshot, origin: "page") }
      }
      try await group.waitForAll()
    }
    #expect(try session.controls().map(\.number) == Array(1...20))
  }

  @Test func `a torn line spoils no other`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    try session.appendTimeline(started(1))
    let url = session.url.child("timeline.jsonl")
    let whole = try Data(contentsOf: url)
    for length in 0..<whole.count {
      try (whole + whole.prefix(length)).write(to: url)
      #expect(try session.timelineEntries() == [started(1)])
      try session.appendTimeline(started(2))
      let entries = try session.timelineEntries()
      // All of the line but its end is a whole entry.
      let expected = length == whole.count - 1 ? [1, 1, 2] : [1, 2]
      #expect(entries.map(\.attempt) == expected)
    }
  }

  @Test func `a session goes through its life`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    #expect(try session.record().state == .queued)
    var lease: SessionLease? = try session.acquireLease(attempt: 1)
    #expect(try session.record().state == .starting)
    #expect(try session.record().process == Int(getpid()))
    try session.appendTimeline(started(1))
    #expect(try session.record().state == .starting)
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    try journal.append(MetricPoints(5, ["loss": 0.5]))
    try journal.synchronize()
    var record = try session.record()
    #expect(record.state == .running)
    #expect(record.step == 5)
    #expect(record.epoch == 0.5)
    #expect(record.epochs == 3)
    #expect(record.totalSteps == 60)
    #expect(record.latest == ["loss": 0.5])
    #expect(record.startedAt == 100)
    try session.writeExit(
      ExitRecord(state: .paused, message: nil, attempt: 1, step: 6, time: 130))
    lease = nil
    record = try session.record()
    #expect(record.state == .paused)
    #expect(record.step == 6)
    #expect(record.endedAt == nil)
    #expect(record.process == nil)
    #expect(try session.nextAttempt() == 2)
    #expect(throws: StorageError.self) { try session.acquireLease(attempt: 1) }

    lease = try session.acquireLease(attempt: 2)
    #expect(try session.record().state == .starting)
    try session.appendTimeline(started(2, step: 4))
    let second = try session.makeJournal(attempt: 2, resumedFrom: 4)
    try second.append(MetricPoints(5, ["loss": 0.25]))
    try second.synchronize()
    record = try session.record()
    #expect(record.state == .running)
    #expect(record.attempt == 2)
    #expect(record.step == 5)
    #expect(record.latest == ["loss": 0.25])
    try session.appendTimeline(
      TimelineEntry(time: 210, attempt: 2, step: 5, event: .state(.paused), message: "asked"))
    #expect(try session.record().state == .paused)
    #expect(try session.record().message == "asked")
    try session.writeExit(
      ExitRecord(state: .failed, message: "The loss is not finite.", attempt: 2, step: 9, time: 250)
    )
    lease = nil
    record = try session.record()
    #expect(record.state == .failed)
    #expect(record.message == "The loss is not finite.")
    #expect(record.endedAt == 250)
    withExtendedLifetime(lease) {}
  }

  @Test func `a session that is cancelled before it starts is over`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    try session.writeExit(
      ExitRecord(state: .stopped, message: nil, attempt: 0, step: 0, time: 9))
    #expect(try session.record().state == .stopped)
    #expect(try session.record().endedAt == 9)
    #expect(try session.nextAttempt() == 1)
  }

  @Test func `a killed process leaves a crashed session with all it wrote`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    let process = try holder(of: session)
    try RecordJSON.encode(
      LeaseRecord(
        process: Int(process.processIdentifier), attempt: 1, startedAt: 1, step: 0, aliveAt: 1)
    ).write(to: session.leaseURL)
    try session.appendTimeline(started(1))
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    try journal.append(MetricPoints(40, ["loss": 2]))
    try journal.synchronize()
    let draft = try session.checkpoints.begin(step: 30, attempt: 1)
    try draft.write(Data("weights".utf8), as: "weights.safetensors")
    _ = try draft.commit(fingerprint: [:])
    #expect(try session.record().state == .running)
    let error = #expect(throws: StorageError.self) { try session.acquireLease(attempt: 2) }
    #expect(error?.kind == .locked)
    #expect(error?.message.contains("process \(process.processIdentifier)") == true)
    #expect(throws: StorageError.self) { try folder.workspace().removeSession(session.id) }
    var follower = SessionFollower(session)
    #expect(try follower.poll().metrics.count == 1)
    kill(process)
    let record = try follower.poll().record
    #expect(record.state == .crashed)
    #expect(record.step == 40)
    #expect(record.endedAt == 1040)
    #expect(
      record.message
        == "the process \(process.processIdentifier) ended without a word at step 40; it can resume"
        + " from the checkpoint at step 30")
    #expect(try session.record() == record)
    // A new attempt takes over.
    let lease = try session.acquireLease(attempt: session.nextAttempt())
    #expect(lease.attempt == 2)
    #expect(try session.record().state == .starting)
  }

  @Test func `looking at a lease never keeps its process from taking it`() async throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask { for _ in 0..<2000 { _ = try session.isHeld() } }
      }
      group.addTask {
        for attempt in 1...50 {
          let lease = try session.acquireLease(attempt: attempt)
          try lease.beat(step: attempt)
        }
      }
      try await group.waitForAll()
    }
    #expect(try session.isHeld() == false)
    #expect(session.leaseRecord()?.attempt == 50)
  }

  @Test func `a follower reports each thing once`() throws {
    let folder = try TemporaryFolder()
    let session = try folder.session()
    var follower = SessionFollower(session)
    #expect(try follower.poll().timeline.isEmpty)
    let lease = try session.acquireLease(attempt: 1)
    try session.appendTimeline(started(1))
    let journal = try session.makeJournal(attempt: 1, resumedFrom: 0)
    var seen: [Int] = []
    for step in 1...5 {
      try journal.append(MetricPoints(step, ["x": 1]))
      try journal.append(
        Histogram(
          key: "W", step: step, time: 0, minimum: 0, maximum: 1, counts: [1], nonFiniteCount: 0))
      try journal.flush()
      let changes = try follower.poll()
      seen += changes.metrics.map(\.step)
      #expect(changes.pictures == ["W": step])
      #expect(changes.timeline.count == (step == 1 ? 1 : 0))
    }
    #expect(seen == [1, 2, 3, 4, 5])
    #expect(try follower.poll().metrics.isEmpty)
    var late = SessionFollower(session, isSilentAtFirst: true)
    let past = try late.poll()
    #expect(past.metrics.isEmpty)
    #expect(past.record.step == 5)
    try journal.append(MetricPoints(6, ["x": 1]))
    try journal.flush()
    #expect(try late.poll().metrics.map(\.step) == [6])
    withExtendedLifetime(lease) {}
  }
}
