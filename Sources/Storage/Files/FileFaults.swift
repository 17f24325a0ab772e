import Foundation
import Synchronization

/// One thing that a program does to the disk.
enum FileOperation: Sendable, Equatable {
  /// Opens a file for writing, and makes it if it is not there.
  case open(URL, isEmptied: Bool)
  /// Writes bytes at a file's end.
  case write(URL, Data)
  /// Cuts a file to so many bytes.
  case truncate(URL, Int)
  /// Waits until the disk has a file's bytes, or a folder's names.
  case synchronize(URL)
  case close(URL)
  case makeFolder(URL)
  /// Gives a file a second name.
  case link(URL, URL)
  case rename(URL, URL)
  /// Puts each of two things in the other's place.
  case exchange(URL, URL)
  /// Removes a file, or a folder with all it holds.
  case remove(URL)
  /// Looks at something; nothing on the disk changes.
  case read(URL)

  /// What it is done to.
  var url: URL {
    switch self {
    case .open(let url, _), .write(let url, _), .truncate(let url, _), .synchronize(let url),
      .close(let url), .makeFolder(let url), .link(_, let url), .rename(_, let url),
      .exchange(_, let url), .remove(let url), .read(let url):
      url
    }
  }
}

/// A disk that fails, or a process that dies, at one of its file operations: how tests see every
/// state that this can leave behind.
final class FileFaults: Sendable {
  /// What happens at the fatal operation.
  enum Fault: Sendable, Equatable {
    /// The process dies: from there on nothing reaches the disk any more, and a write or a removal
    /// that is cut short leaves a part done.
    case death
    /// The system refuses once, with an error number.
    case error(Int32)
    /// The system takes only a part of the bytes, once.
    case shortWrite
  }

  private struct State {
    var left: Int
    var hasStruck = false
    var operations: [FileOperation] = []
  }

  /// Those of the running test; nobody else has any.
  @TaskLocal static var current: FileFaults?

  private let fault: Fault
  private let isStruck: @Sendable (FileOperation) -> Bool
  private let state: Mutex<State>

  /// Lets the operation after `count` of those that fit fail.
  init(
    _ fault: Fault = .death, after count: Int,
    where isStruck: @escaping @Sendable (FileOperation) -> Bool = FileFaults.changes
  ) {
    self.fault = fault
    self.isStruck = isStruck
    state = Mutex(State(left: count))
  }

  /// Whether an operation changes something that stays.
  static func changes(_ operation: FileOperation) -> Bool {
    switch operation {
    case .read, .close: false
    default: true
    }
  }

  /// Whether the fatal operation was reached.
  var hasStruck: Bool { state.withLock { $0.hasStruck } }

  /// What was done so far, in order.
  var operations: [FileOperation] { state.withLock { $0.operations } }

  /// What the coming operation meets.
  private enum Verdict {
    case fine
    case struck
    case dead
  }

  private func judge(_ operation: FileOperation) -> Verdict {
    state.withLock { state in
      if state.hasStruck && fault == .death { return .dead }
      guard !state.hasStruck, isStruck(operation) else { return .fine }
      state.left -= 1
      if state.left >= 0 { return .fine }
      state.hasStruck = true
      return .struck
    }
  }

  private func note(_ operation: FileOperation) {
    if case .read = operation { return }
    state.withLock { $0.operations.append(operation) }
  }

  /// Makes a system call that says -1 where it fails, or lets it fail as the running test wants.
  ///
  /// - Parameters:
  ///   - part: What a process that dies in the middle has done of it.
  ///   - body: The call; told whether it is to do a part only.
  /// - Throws: `StorageError` where the process is dead.
  static func call<Result: FixedWidthInteger>(
    _ operation: @autoclosure () -> FileOperation, part: () -> Void = {},
    _ body: (_ isShort: Bool) -> Result
  ) throws(StorageError) -> Result {
    guard let current else { return body(false) }
    let operation = operation()
    let verdict = current.judge(operation)
    // A file that is closed stays closed, whatever the system says of it.
    if case .close = operation, verdict != .fine { _ = body(false) }
    switch (verdict, current.fault) {
    case (.fine, _), (.struck, .shortWrite): break
    case (.struck, .error(let code)):
      errno = code
      return -1
    case (.struck, .death), (.dead, _):
      if verdict == .struck { part() }
      throw StorageError(
        .system(ECANCELED), path: operation.url.path, "the process is dead")
    }
    let result = body(verdict == .struck)
    if result >= 0 {
      var done = operation
      if case .write(let url, let data) = operation { done = .write(url, data.prefix(Int(result))) }
      let code = errno
      current.note(done)
      errno = code
    }
    return result
  }
}
