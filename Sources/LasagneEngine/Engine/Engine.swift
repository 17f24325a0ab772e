import Foundation
import Records
import Storage
import Synchronization

/// Keeps the models, data and sessions of a workspace, and trains several sessions side by side.
///
/// An engine holds no tensor. It starts sessions as soon as the machine has room for them, tells
/// its listeners what happens, and finds sessions again that outlived an earlier engine. While it
/// lives no other engine can open the workspace.
public actor Engine {
  /// One session as the engine sees it.
  struct Tracked {
    var folder: SessionFolder
    var follower: SessionFollower
    var record: SessionRecord
    var launched: LaunchedSession?
    /// The attempt the launched process will take; tells a process that died before it began.
    var expectedAttempt = 0
    var hold = Hold.none
    /// The thread counts it was asked to use and has not answered, by the command's number.
    var threadRequests: [Int: Int] = [:]
    /// The step up to which it obeys again what it obeyed before.
    var horizon = 0
    var pulse = Pulse()
    /// Why its process was ended by this engine.
    var verdict: String?

    /// Whether nothing will happen to it unless somebody asks for that.
    var isAtRest: Bool { record.state.isOver && launched == nil }

    init(folder: SessionFolder, follower: SessionFollower, record: SessionRecord) {
      self.folder = folder
      self.follower = follower
      self.record = record
      // Listeners see that there is something new, and ask the index for the curves.
      self.follower.stepsPerBlock = 100
    }
  }

  /// How a session stands to the machine's threads.
  enum Hold {
    case none
    case waiting
    /// It has them and was told to begin, but has not been seen at work yet.
    case granted
    case active
  }

  /// The workspace.
  public nonisolated let workspace: Workspace
  /// Where listeners hear what happens.
  public nonisolated let hub = EventHub()
  /// The curves of all sessions.
  public nonisolated let index: Storage.Index
  /// What processes that died had left in the workspace; it was removed when the engine began.
  public nonisolated let leftovers: [Leftover]

  let launcher: any Launcher
  let lock: Workspace.EngineLock
  var queue: SessionQueue
  /// The priorities that were changed since the sessions were asked for.
  var priorities: [String: Int] = [:]
  let patience: EnginePatience
  var tracked: TrackedSessions
  /// Sessions whose folder cannot be read, with what is known of them.
  var damaged: [String: SessionRecord]
  /// The searches of the workspace by name.
  var searches: [String: SearchFile]
  private var watch: Task<Void, Never>?

  /// The workspace's folder.
  public nonisolated var folder: URL { workspace.url }

  /// Becomes the engine of a workspace and finds the sessions in it.
  ///
  /// - Parameters:
  ///   - purpose: what others read who find the workspace in use: `serve`, `train`.
  ///   - launcher: how sessions are brought to life; by default as child processes.
  ///   - cores: the CPU cores to share out; by default all.
  ///   - patience: how long a session may show no sign of life.
  /// - Throws: `StorageError` if another engine has the workspace open.
  public init(
    _ workspace: Workspace, purpose: String, launcher: any Launcher = WorkerLauncher(),
    cores: Int = ProcessInfo.processInfo.activeProcessorCount,
    patience: EnginePatience = EnginePatience()
  ) throws {
    ignoreWriteSignals()
    self.workspace = workspace
    self.launcher = launcher
    self.lock = try workspace.lockEngine(purpose: purpose)
    self.index = try Index(for: lock)
    leftovers = lock.removeLeftovers()
    self.patience = patience
    searches = SearchFile.all(in: workspace)
    let order = Self.keptOrder(in: workspace)
    let places = Dictionary(order.enumerated().map { ($1.session, $0) }) { first, _ in first }
    priorities = Dictionary(order.map { ($0.session, $0.priority) }) { first, _ in first }
    var queue = SessionQueue(cores: cores)
    queue.memory = MachineMemory.limits()
    (tracked, damaged) = Self.foundSessions(in: workspace, index)
    for session in tracked.values where session.hold == .active {
      var claim = Self.claim(of: session, priorities)
      claim.threads = session.record.threads ?? claim.threads
      queue.hold(claim)
    }
    for id in tracked.waiting.sorted(by: { (places[$0] ?? .max, $0) < (places[$1] ?? .max, $1) }) {
      guard let session = tracked[id] else { continue }
      queue.enqueue(Self.claim(of: session, priorities))
      tracked[id]?.record = Self.queued(session.record, in: queue)
    }
    self.queue = queue
  }

  /// All sessions of a workspace, those that can be read and the others.
  ///
  /// A thousand folders take a second of a core, so all cores read them.
  private static func foundSessions(
    in workspace: Workspace, _ index: Storage.Index
  ) -> (tracked: TrackedSessions, damaged: [String: SessionRecord]) {
    let ids = workspace.sessionIDs()
    let results = Mutex<[String: Result<Tracked, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: ids.count) { place in
      let found = Result { try Self.found(ids[place], in: workspace, index) }
      results.withLock { $0[ids[place]] = found }
    }
    var tracked: [String: Tracked] = [:]
    var damaged: [String: SessionRecord] = [:]
    for (id, found) in results.withLock({ $0 }) {
      do { tracked[id] = try found.get() } catch { damaged[id] = unreadable(id, error) }
    }
    return (TrackedSessions(tracked), damaged)
  }

  /// A session as it is found in its folder.
  static func found(
    _ id: String, in workspace: Workspace, _ index: Storage.Index
  ) throws -> Tracked {
    let folder = try workspace.session(id)
    // A session can be steered also where the disk has no room for its curves in the index.
    _ = try? index.importJournals(of: folder)
    var follower =
      (try? SessionFollower(folder, behind: index))
      ?? SessionFollower(folder, isSilentAtFirst: true)
    let record = try follower.poll().record
    var session = Tracked(folder: folder, follower: follower, record: record)
    if record.process != nil {
      session.hold = .active
    } else if try record.state == .queued || isPromised(folder) {
      session.hold = .waiting
    }
    return session
  }

  /// Whether an engine that was killed had accepted to let a session go on, and nobody began it.
  private static func isPromised(_ folder: SessionFolder) throws -> Bool {
    guard let last = try folder.unansweredControls().last, last.action == .resume else {
      return false
    }
    let signs = [try folder.readExit()?.time, folder.leaseRecord()?.startedAt]
    return signs.compactMap(\.self).allSatisfy { $0 < last.time }
  }

  /// Begins to watch and to start sessions; called once.
  public func run() {
    guard watch == nil else { return }
    schedule()
    numberPlaces()
    watch = Task { [weak self] in
      while !Task.isCancelled {
        await self?.look()
        try? await Task.sleep(for: .milliseconds(100))
        if self == nil { return }
      }
    }
  }

  /// Stops watching and gives the workspace back; worker processes go on by themselves.
  public func close() {
    watch?.cancel()
    watch = nil
    hub.finish()
    try? index.close()
  }

  /// What happens from now on, after what is kept that is newer than `sequence`.
  public nonisolated func events(after sequence: Int? = nil) -> AsyncStream<EngineEvent> {
    hub.events(after: sequence)
  }

  /// The processors among which CPU sessions are shared out, and how many are free now.
  public var cores: (all: Int, free: Int) { (queue.cores, queue.free) }

  /// Tells other programs where this engine serves a page.
  public func announce(address: String) throws {
    try lock.announce(address: address)
  }

  /// A session whose folder cannot be read, as lists show it.
  public static func unreadable(_ id: String, _ error: any Error) -> SessionRecord {
    let request = SessionRequest(
      id: id, name: "unreadable", model: "", data: "", startParams: nil, saveParams: "",
      recipe: .object([:]), device: "cpu", threads: 0, writesTensorBoard: false, createdAt: 0)
    return SessionRecord(
      request: request, state: .failed, message: "Its folder cannot be read: \(error)")
  }
}
