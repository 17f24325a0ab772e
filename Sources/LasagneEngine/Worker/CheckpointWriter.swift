import Foundation
import Storage
import Synchronization
import Training

/// Writes a session's checkpoints on a thread of its own, so that the training need not wait for
/// the disk; one at a time.
final class CheckpointWriter: Sendable {
  private let store: CheckpointStore
  private let attempt: Int
  private let journal: JournalWriter
  private let thread = DispatchQueue(label: "checkpoints")
  private let work = DispatchGroup()
  private let last = Mutex<CheckpointOutcome?>(nil)

  /// Prepares writing for an attempt whose measurements go into a journal.
  init(_ store: CheckpointStore, attempt: Int, journal: JournalWriter) {
    self.store = store
    self.attempt = attempt
    self.journal = journal
  }

  /// Begins to write a checkpoint, whole and on the disk or not at all, and to remove older ones.
  ///
  /// - Parameters:
  ///   - count: How many of the newest stay.
  ///   - steps: Those that stay whatever their age.
  ///   - refusal: Why none is to be written; `nil` where nothing is in the way.
  func begin(
    _ checkpoint: Checkpoint, keeping count: Int, protected steps: Set<Int>,
    refusal: (any Error)?
  ) {
    thread.async(group: work) { [self] in
      let outcome: CheckpointOutcome
      do {
        if let refusal { throw refusal }
        let warning = try write(checkpoint)
        try store.rotate(keeping: count, protected: steps)
        outcome = .kept(warning: warning)
      } catch {
        outcome = .failed(error)
      }
      last.withLock { $0 = outcome }
    }
  }

  /// What became of the one that was begun last, once; `nil` while it is being written.
  func outcome(waits: Bool) -> CheckpointOutcome? {
    if waits { wait() }
    return last.withLock { last in
      defer { last = nil }
      return last
    }
  }

  /// Waits until nothing is being written.
  func wait() { work.wait() }

  /// Returns what is to be said of a checkpoint that is there.
  private func write(_ checkpoint: Checkpoint) throws -> String? {
    // What was measured before a checkpoint must not be lost when the run goes on from it.
    try journal.synchronize()
    let draft = try store.begin(step: checkpoint.step, attempt: attempt)
    do {
      try checkpoint.write(
        to: draft.url.appendingPathComponent(SessionRecorder.checkpointFile))
    } catch {
      draft.discard()
      throw error
    }
    do {
      _ = try draft.commit(fingerprint: checkpoint.fingerprint)
      return nil
    } catch  where error.kind == .uncertain {
      return error.description
    }
  }
}
