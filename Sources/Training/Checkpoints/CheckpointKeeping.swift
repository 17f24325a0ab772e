/// Where a run keeps its checkpoints; the run goes on while one is being kept.
///
/// A run has at most one under way: it asks what became of it before it hands the next one over.
public protocol CheckpointKeeping: AnyObject {
  /// Takes a checkpoint, to keep it whole or not at all.
  func keep(_ checkpoint: Checkpoint)

  /// What became of the checkpoint that was handed over last; each is told once.
  ///
  /// - Parameter waits: Whether to wait for its end; without that `nil` means that it goes on.
  func outcome(waits: Bool) -> CheckpointOutcome?
}

/// What became of a checkpoint.
public enum CheckpointOutcome: Sendable {
  /// It is there; with a sentence where there is something to be said of it.
  case kept(warning: String?)
  /// It is not; those before it are as they were.
  case failed(any Error)
}

/// Keeps checkpoints by a function that returns when they are there.
final class ImmediateKeeping: CheckpointKeeping {
  private let save: (Checkpoint) throws -> Void
  private var last: CheckpointOutcome?

  init(_ save: @escaping (Checkpoint) throws -> Void) {
    self.save = save
  }

  func keep(_ checkpoint: Checkpoint) {
    do {
      try save(checkpoint)
      last = .kept(warning: nil)
    } catch {
      last = .failed(error)
    }
  }

  func outcome(waits: Bool) -> CheckpointOutcome? {
    defer { last = nil }
    return last
  }
}
