import Foundation
import Records
import Storage

extension Engine {
  /// Reads what the sessions wrote since the last look, tells the listeners, starts who can start.
  func look() {
    for id in tracked.awake.sorted() { look(at: id) }
    advanceSearches()
    schedule()
  }

  /// Starts sessions from the head of the queue for as long as there is room.
  func schedule() {
    // Whose process has not quite ended cannot begin anew.
    while let claim = queue.next(isReady: { id in
      tracked[id].map { $0.launched == nil && $0.record.process == nil } ?? true
    }) {
      let id = claim.session
      guard var session = tracked[id] else {
        queue.release(id)
        continue
      }
      session.hold = .granted
      session.record.queuePlace = nil
      do {
        session.expectedAttempt = try session.folder.nextAttempt()
        session.horizon = try session.folder.history().last?.step ?? 0
        tracked[id] = session
        try giveThreads(to: id)
        session.launched = try launcher.launch(session.folder.url)
        session.record.state = .starting
        session.record.message = nil
        session.pulse = Pulse()
        tracked[id] = session
        hub.publish(.session(session.record))
      } catch {
        tracked[id] = session
        giveUp(id, "\(error)")
      }
      numberPlaces()
    }
    shareThreads()
  }

  /// Reads what one session wrote since the last look.
  func look(at id: String) {
    guard var session = tracked[id] else { return }
    if session.isAtRest { return }
    // How the process died is asked first: what it wrote before is then in its folder for sure.
    let status = session.launched.map(launcher.status(of:))
    let changes: SessionFollower.Changes
    do {
      changes = try session.follower.poll()
    } catch {
      fail(id, "Its folder cannot be read any more: \(error)")
      return
    }
    if !changes.metrics.isEmpty || !changes.pictures.isEmpty {
      // Listeners may ask the index for what they hear of, so it learns of it before them.
      _ = try? index.importJournals(of: session.folder)
    }
    var record = changes.record
    switch session.hold {
    case .waiting:
      record = Self.queued(record, in: queue)
      record.process = changes.record.process
    case .granted where record.attempt < session.expectedAttempt:
      // The folder still tells of the attempt before.
      record.state = .starting
      record.message = nil
      record.endedAt = nil
    default: break
    }
    record.queuePlace = queue.place(of: id)
    let isGone = status.map { $0 != .running } ?? false
    if isGone {
      session.launched = nil
      if record.state == .crashed, let complaint = session.verdict ?? status?.complaint {
        let known = record.message.map { " \($0.prefix(1).uppercased() + $0.dropFirst())." } ?? ""
        record.message = complaint + known
      }
    }
    let before = session.record
    session.record = record
    tracked[id] = session
    publish(id, changes, before: before, now: record)
    notice(changes.timeline, of: id)
    account(for: id, record)
    checkPulse(of: id)
    if isGone && record.attempt < session.expectedAttempt && !record.state.isOver {
      if (try? session.folder.isHeld()) == true {
        // An engine that was killed had started it already: that process has it.
        tracked[id]?.expectedAttempt = record.attempt
        return
      }
      giveUp(id, status?.complaint ?? "The process ended before it took the session up.")
    }
  }

  private func publish(
    _ id: String, _ changes: SessionFollower.Changes, before: SessionRecord, now: SessionRecord
  ) {
    for entry in changes.timeline { hub.publish(.timeline(session: id, entry: entry)) }
    if !changes.metrics.isEmpty {
      hub.publish(.metrics(session: id, points: changes.metrics))
    }
    if let step = changes.pictures.values.max() {
      hub.publish(.pictures(session: id, keys: changes.pictures.keys.sorted(), step: step))
    }
    if before != now {
      try? index.save(now)
      hub.publish(.session(now))
    }
  }

  /// Gives threads and memory back where a session needs none now.
  private func account(for id: String, _ record: SessionRecord) {
    guard var session = tracked[id], session.hold != .waiting else { return }
    if let bytes = record.memoryBytes { queue.raiseMemory(bytes, of: id) }
    switch record.state {
    case .starting, .running:
      // Until its own attempt shows, it is only said to be starting, and its folder tells of the
      // attempt before.
      if record.attempt >= session.expectedAttempt { session.hold = .active }
    case .paused, .finished, .stopped, .failed, .crashed:
      // The end of an earlier attempt is not that of the one that was just started, and a process
      // that has said its last word still has its memory.
      if record.attempt >= session.expectedAttempt, record.process == nil { session.hold = .none }
    case .queued: break
    }
    if session.hold == .none { queue.release(id) }
    tracked[id] = session
    if session.hold == .none, isAsleep(record) { obeyLateStop(id) }
  }

  /// Ends a session that was asked to stop while it was busy pausing.
  private func obeyLateStop(_ id: String) {
    guard let folder = tracked[id]?.folder, tracked[id]?.launched == nil,
      let late = try? folder.unansweredControls().last(where: { $0.action == .stop })
    else { return }
    try? end(id, as: .stopped, answering: late)
  }

  /// Records the end of an attempt that never began.
  private func giveUp(_ id: String, _ reason: String) {
    guard let session = tracked[id] else { return }
    let log = try? String(contentsOf: session.folder.logURL, encoding: .utf8)
    let last = log?.split(separator: "\n").last.map { " Its last words: \($0)" } ?? ""
    do {
      let attempt = max(session.expectedAttempt, try session.folder.nextAttempt())
      try session.folder.writeExit(
        ExitRecord(
          state: .failed, message: reason + last, attempt: attempt, step: session.record.step,
          time: Date().timeIntervalSince1970))
    } catch {
      fail(id, "\(reason) (\(error))")
    }
    tracked[id]?.hold = .none
    queue.release(id)
  }

  /// Shows a session as failed whose folder cannot say so itself.
  private func fail(_ id: String, _ reason: String) {
    guard var session = tracked[id] else { return }
    session.record.state = .failed
    session.record.message = reason
    session.launched = nil
    session.hold = .none
    tracked[id] = session
    queue.release(id)
    hub.publish(.session(session.record))
  }
}
