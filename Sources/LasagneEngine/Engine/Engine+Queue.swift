import Foundation
import Records
import Storage

extension Engine {
  /// The sessions that wait for their turn, the next one first.
  public func waitingSessions() -> [SessionRecord] {
    queue.waiting.compactMap { tracked[$0.session]?.record }
  }

  /// Gives a session that waits another priority; larger ones come first.
  ///
  /// - Throws: `EngineError` if there is no such session or it does not wait.
  @discardableResult
  public func prioritize(_ id: String, _ priority: Int) throws -> SessionRecord {
    let id = try waitingID(id)
    priorities[id] = priority
    queue.setPriority(priority, of: id)
    try queueChanged()
    return try session(id)
  }

  /// Moves a session that waits to a place in the queue, 1 for the next.
  ///
  /// - Throws: `EngineError` if there is no such session or it does not wait.
  @discardableResult
  public func moveInQueue(_ id: String, to place: Int) throws -> SessionRecord {
    let id = try waitingID(id)
    queue.move(id, to: place)
    for claim in queue.waiting { priorities[claim.session] = claim.priority }
    try queueChanged()
    return try session(id)
  }

  /// A session that waits for its turn, as others should see it.
  static func queued(_ record: SessionRecord, in queue: SessionQueue) -> SessionRecord {
    var record = record
    record.state = .queued
    record.process = nil
    record.endedAt = nil
    let claim = queue.waiting.first { $0.session == record.request.id }
    let threads = claim?.threads ?? record.request.threads
    let memory = claim?.memory ?? 0
    let device = record.request.device
    if threads <= queue.free, let room = queue.freeMemory(on: device), memory > room {
      record.message =
        "Waits for \(memory >> 20) MiB on \(device), \(max(0, room) >> 20) are free."
    } else {
      record.message = "Waits for \(threads) of \(queue.cores) cores."
    }
    return record
  }

  private func waitingID(_ text: String) throws -> String {
    let record = try session(text)
    guard queue.place(of: record.request.id) != nil else {
      throw EngineError(
        .invalid,
        "The session '\(record.request.name)' does not wait for its turn, it is \(record.state).")
    }
    return record.request.id
  }

  /// The number of cores to share out among sessions.
  public func useCores(_ count: Int) {
    queue.cores = max(1, count)
    schedule()
  }

  /// Lets sessions begin on the first `count` GPUs only; those at work keep theirs.
  public func useGPUs(_ count: Int) {
    queue.devices = Set(["cpu"] + (0..<max(0, count)).map { "cuda:\($0)" })
    schedule()
  }

  /// The file that keeps the order of the queue for the next engine.
  private var queueFile: URL { workspace.url.appendingPathComponent("queue.json") }

  /// Keeps the order, and tells listeners who has moved.
  func queueChanged() throws {
    try AtomicFile.writeJSON(
      queue.waiting.map { KeptClaim(session: $0.session, priority: $0.priority) }, to: queueFile)
    numberPlaces()
    schedule()
  }

  /// Shows each session its place in the queue.
  func numberPlaces() {
    // A session at rest has no place.
    for id in tracked.awake.sorted() {
      let place = queue.place(of: id)
      guard tracked[id]?.record.queuePlace != place else { continue }
      tracked[id]?.record.queuePlace = place
      if let record = tracked[id]?.record { hub.publish(.session(record)) }
    }
  }

  /// The order that an earlier engine kept: sessions in order, with their priorities.
  nonisolated static func keptOrder(in workspace: Workspace) -> [(session: String, priority: Int)] {
    let file = workspace.url.appendingPathComponent("queue.json")
    guard let data = try? Data(contentsOf: file),
      let kept = try? RecordJSON.decode([KeptClaim].self, from: data)
    else { return [] }
    return kept.map { ($0.session, $0.priority) }
  }
}

/// One line of `queue.json`.
private struct KeptClaim: Codable {
  var session: String
  var priority: Int
}
