import Foundation
import Synchronization

/// A process that dies at one of its file operations: how tests see every state that a crash can
/// leave behind.
///
/// From the fatal operation on nothing reaches the disk any more; a write or a removal that is cut
/// short leaves a part done.
final class FileFaults: Sendable {
  /// Those of the running test; nobody else has any.
  @TaskLocal static var current: FileFaults?

  private let left: Mutex<Int>

  /// Dies at the operation after `count` of them.
  init(after count: Int) {
    left = Mutex(count)
  }

  /// Whether the process has died.
  var isDead: Bool { left.withLock { $0 < 0 } }

  /// Whether the coming operation is the fatal one.
  static var isLast: Bool { current?.left.withLock { $0 == 0 } ?? false }

  /// Counts an operation that changes something; throws where the process is dead.
  static func step(_ url: URL) throws(StorageError) {
    guard let current else { return }
    let isAlive = current.left.withLock { left in
      left = max(-1, left - 1)
      return left >= 0
    }
    if !isAlive {
      throw StorageError(.system(ECANCELED), path: url.path, "the process is dead")
    }
  }
}
