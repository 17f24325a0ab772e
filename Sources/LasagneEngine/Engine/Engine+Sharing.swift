import Foundation
import Records
import Storage

extension Engine {
  /// How many threads a session needs to go on bitwise where it is: those of its checkpoint, or more
  /// where it was given more behind it.
  static func threadsNeeded(by folder: SessionFolder) -> Int {
    let newest = folder.checkpoints.list().last ?? folder.origin.list().last
    let atCheckpoint = (try? newest?.manifest())?.flatMap { $0.fingerprint["threads"] }
      .flatMap { Int($0) }
    let later = ((try? folder.history()) ?? []).compactMap { planned -> Int? in
      guard case .threads(let count) = planned.command.action else { return nil }
      return planned.step >= newest?.step ?? 0 ? count : nil
    }
    let first = atCheckpoint ?? folder.request.threads
    return max(first, later.max() ?? first)
  }

  /// What a session holds or waits for.
  static func claim(
    of session: Tracked, _ priorities: [String: Int]
  ) -> SessionQueue.Claim {
    let request = session.record.request
    let isNew = session.record.attempt == 0 && request.origin == nil
    let threads =
      isNew && request.sharesThreads == true && request.reproduces == nil
      ? 1 : threadsNeeded(by: session.folder)
    return SessionQueue.Claim(
      session: request.id, threads: threads, memory: request.memory?.total ?? 0,
      device: request.device, priority: priorities[request.id] ?? request.priority ?? 0)
  }

  /// Gives a session that shares its threads as many as are its due when it begins.
  func giveThreads(to id: String) throws {
    guard let session = tracked[id], let claim = queue.held[id],
      session.record.request.sharesThreads == true, claim.threads == 1,
      session.expectedAttempt == 1
    else { return }
    let sharing = sharers().count
    let share = 1 + max(0, min(queue.free, queue.cores / max(1, sharing) - 1))
    queue.setThreads(share, of: id)
    if share != session.record.request.threads {
      _ = try session.folder.appendControl(.threads(share), origin: "engine")
    }
  }

  /// The sessions at work whose threads may change now, in the order of their creation.
  private func sharers() -> [String] {
    queue.held.keys.filter { id in
      guard let session = tracked[id], session.record.request.device == "cpu" else { return false }
      return session.record.request.sharesThreads == true
    }.sorted {
      let first = tracked[$0]?.record.request.createdAt ?? 0
      let second = tracked[$1]?.record.request.createdAt ?? 0
      return (first, $0) < (second, $1)
    }
  }

  /// Shares the cores out anew among the sessions that let it happen: less for each where somebody
  /// waits, more where a session has ended.
  ///
  /// A change is a command like any other: obeyed between two steps, recorded, and played again.
  func shareThreads() {
    let changeable = sharers().filter { id in
      guard let session = tracked[id], session.record.state == .running else { return false }
      return session.threadRequests.isEmpty && session.record.step >= session.horizon
    }
    guard !changeable.isEmpty else { return }
    let fixed = queue.held.values.reduce(0) {
      $0 + (changeable.contains($1.session) ? 0 : $1.threads)
    }
    let wanted = queue.waiting.first?.threads ?? 0
    let pool = max(changeable.count, queue.cores - fixed - wanted)
    for (index, id) in changeable.enumerated() {
      let share = pool / changeable.count + (index < pool % changeable.count ? 1 : 0)
      guard let now = queue.held[id]?.threads, share != now else { continue }
      if share > now {
        guard share - now <= queue.free else { continue }
        queue.setThreads(share, of: id)
      }
      if let command = try? tracked[id]?.folder.appendControl(.threads(share), origin: "engine") {
        // Fewer threads count only once the session has let go of the others.
        tracked[id]?.threadRequests[command.number] = share
      }
    }
  }

  /// Takes note of the threads that a session uses from now on.
  func notice(_ entries: [TimelineEntry], of id: String) {
    for entry in entries {
      guard case .acknowledged(let number, let refusal) = entry.event,
        let count = tracked[id]?.threadRequests.removeValue(forKey: number)
      else { continue }
      if refusal == nil { queue.setThreads(count, of: id) }
    }
  }
}
