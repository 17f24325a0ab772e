import Foundation
import Records

/// Follows a session's folder: each look gives what is new and what the session is now.
///
/// Everything comes from the files alone, so it works on a live session, one whose engine is gone,
/// and one on another machine's file system.
public struct SessionFollower: Sendable {
  /// What is new since the last look.
  public struct Changes: Sendable {
    /// New measurements, in order.
    public var metrics: [MetricPoints] = []
    /// Keys of new histograms and images, with the newest step of each.
    public var pictures: [String: Int] = [:]
    /// New lines of the timeline.
    public var timeline: [TimelineEntry] = []
    /// What the session is now.
    public var record: SessionRecord
    /// What is wrong with its files, as sentences.
    public var warnings: [String] = []
  }

  /// The session's folder.
  public private(set) var folder: SessionFolder
  /// About how many measurements are told of those that were written together; `nil` tells all.
  ///
  /// For who watches live: a thousand steps in a tenth of a second are a movement, not figures.
  public var stepsPerBlock: Int?
  private var readers: [Int: JournalReader] = [:]
  private var isSilent: Bool
  private var timelineOffset = 0
  private var attempt = 0
  /// The newest attempt that has a journal; one that only said its last word has none.
  private var journalAttempt = 0
  private var startedAttempt = 0
  private var timelineStep = 0
  private var journalStep = 0
  private var step: Int { max(timelineStep, journalStep) }
  private var epoch = 0.0
  private var epochs = 0
  private var totalSteps = 0
  private var startedAt: Double?
  private var lastEventAt: Double?
  private var state: SessionState?
  private var stateMessage: String?
  private var latest: [String: Double] = [:]
  private var threads: Int?

  /// Starts before the session's first record.
  ///
  /// With `isSilentAtFirst` the first look reports no measurements and pictures, only what the
  /// session is: for a long session whose past is in the index.
  public init(_ folder: SessionFolder, isSilentAtFirst: Bool = false) {
    self.folder = folder
    isSilent = isSilentAtFirst
    // Until it has begun, a branch is where it left the other session.
    timelineStep = folder.request.origin?.step ?? 0
    epoch = folder.request.origin?.epoch ?? 0
  }

  /// Starts behind what the index has: the first look reports only measurements that it lacks.
  ///
  /// A session of any length costs no more than its end.
  public init(_ folder: SessionFolder, behind index: Index) throws(StorageError) {
    self.init(folder)
    let past = try index.past(of: folder.id)
    latest = past.latest
    for (number, position, end) in past.journals {
      let url = folder.journalURL(attempt: number)
      // A journal that is shorter than what was imported of it is another one.
      guard let size = Files.size(url), size >= position.offset else {
        self = SessionFollower(folder)
        return
      }
      readers[number] = JournalReader(url, position: position)
      guard position.attempt != nil else { continue }
      begin(number, position.resumedFrom)
      guard let end else { continue }
      journalStep = max(journalStep, end.step)
      epoch = end.epoch
      lastEventAt = max(lastEventAt ?? 0, end.time)
    }
  }

  /// Takes up what people called the session since the folder was opened.
  public mutating func reopen() throws(StorageError) {
    folder = try SessionFolder.open(folder.url)
  }

  /// Looks at the folder once more.
  public mutating func poll() throws(StorageError) -> Changes {
    // The lease is probed first: whoever gives it back has written exit.json before.
    let wasHeld = try folder.isHeld()
    var changes = try readNew()
    changes.record = try record(isHeld: wasHeld)
    if changes.record.state == .crashed, try folder.isHeld() {
      let more = try readNew()
      changes.metrics += more.metrics
      changes.pictures.merge(more.pictures) { max($0, $1) }
      changes.timeline += more.timeline
      changes.record = try record(isHeld: true)
    }
    isSilent = false
    return changes
  }

  private mutating func readNew() throws(StorageError) -> Changes {
    var changes = Changes(record: SessionRecord(request: folder.request, state: .queued))
    changes.timeline = try folder.timelineEntries(from: &timelineOffset)
    for entry in changes.timeline { apply(entry) }
    for (number, url) in folder.journals() {
      var reader = readers[number] ?? JournalReader(url)
      var isNew = reader.position.attempt == nil
      while true {
        let entries = try reader.read(stepsPerBlock: stepsPerBlock)
        if isNew && reader.position.attempt != nil {
          begin(number, reader.position.resumedFrom)
          isNew = false
        }
        if entries.isEmpty { break }
        for entry in entries { apply(entry, of: number, &changes) }
      }
      if let damage = reader.damage { changes.warnings.append(damage) }
      readers[number] = reader
    }
    return changes
  }

  private mutating func begin(_ number: Int, _ resumedFrom: Int) {
    guard number >= journalAttempt else { return }
    journalAttempt = number
    attempt = max(attempt, number)
    // What an earlier attempt measured behind this step is superseded.
    journalStep = resumedFrom
  }

  private mutating func apply(_ entry: TimelineEntry) {
    if entry.attempt > startedAttempt {
      startedAttempt = entry.attempt
      attempt = max(attempt, entry.attempt)
      state = nil
      stateMessage = nil
    }
    guard entry.attempt == startedAttempt else { return }
    lastEventAt = max(lastEventAt ?? 0, entry.time)
    switch entry.event {
    case .started(_, let total, let wanted, let fingerprint):
      threads = fingerprint["threads"].flatMap { Int($0) }
      startedAt = startedAt ?? entry.time
      totalSteps = total
      epochs = wanted
      timelineStep = entry.step
    case .state(let new):
      state = new
      stateMessage = entry.message
      timelineStep = max(timelineStep, entry.step)
    case .threads(let count):
      threads = count
      timelineStep = max(timelineStep, entry.step)
    case .acknowledged, .epoch, .checkpoint, .params, .warning:
      timelineStep = max(timelineStep, entry.step)
    }
    if let length = entry.length {
      epochs = length.epochs
      totalSteps = length.totalSteps
    }
  }

  private mutating func apply(
    _ entry: JournalEntry, of number: Int, _ changes: inout Changes
  ) {
    switch entry {
    case .metrics(let points):
      if !isSilent { changes.metrics.append(points) }
      guard number >= journalAttempt else { return }
      journalStep = max(journalStep, points.step)
      epoch = points.epoch
      lastEventAt = max(lastEventAt ?? 0, points.time)
      latest.merge(points.values) { $1 }
    case .histogram(let histogram):
      if !isSilent { changes.pictures[histogram.key] = histogram.step }
    case .images(let stack):
      if !isSilent { changes.pictures[stack.key] = stack.step }
    }
  }

  /// What the recipe says before a process has said it.
  private var epochsAsked: Int {
    folder.request.recipe["epochs"]?.number.flatMap { Int(exactly: $0) } ?? 0
  }

  private func record(isHeld: Bool) throws(StorageError) -> SessionRecord {
    let exit = try folder.readExit()
    let lease = folder.leaseRecord()
    let newest = max(attempt, exit?.attempt ?? 0, lease?.attempt ?? 0)
    let checkpointStep = folder.checkpoints.list().last?.step
    var record = SessionRecord(
      request: folder.request, state: .queued, attempt: newest, step: step, epoch: epoch,
      epochs: epochs > 0 ? epochs : epochsAsked, totalSteps: totalSteps, startedAt: startedAt,
      latest: latest,
      checkpointStep: checkpointStep, process: isHeld ? lease?.process : nil)
    let last = exit.flatMap { $0.attempt == newest ? $0 : nil }
    record.threads = threads
    record.memoryBytes = last?.memoryBytes ?? lease?.memoryBytes
    record.weights = last?.weights
    if newest == 0 && last == nil && !isHeld { return record }
    if isHeld {
      let own = startedAttempt == newest ? state : nil
      // Measurements can be seen before the line that says "running".
      record.state = last?.state ?? own ?? (hasSteps(of: newest) ? .running : .starting)
      record.message = last?.message ?? (own == nil ? nil : stateMessage)
    } else if let last {
      record.state = last.state
      record.message = last.message
      record.step = last.step
      if last.state.isOver { record.endedAt = last.time }
    } else {
      let process = lease.map { "the process \($0.process)" } ?? "its process"
      let committed =
        checkpointStep.map { "it can resume from the checkpoint at step \($0)" }
        ?? "there is no checkpoint to resume from"
      record.state = .crashed
      record.endedAt = lastEventAt ?? lease?.aliveAt
      record.message = "\(process) ended without a word at step \(step); \(committed)"
    }
    return record
  }

  private func hasSteps(of number: Int) -> Bool {
    guard let reader = readers[number] else { return false }
    return step > reader.position.resumedFrom
  }
}

extension SessionFolder {
  /// What the session is now, from its files alone.
  ///
  /// With an index only what that lacks of the measurements is read: a long session is as quick as
  /// a short one.
  public func record(with index: Index? = nil) throws(StorageError) -> SessionRecord {
    // A session can be told from its files where the index is damaged.
    var follower =
      index.flatMap { try? SessionFollower(self, behind: $0) }
      ?? SessionFollower(self, isSilentAtFirst: true)
    return try follower.poll().record
  }
}
