import Foundation

/// Brings a session's training to life somewhere: in a child process, on a thread.
///
/// A launcher starts and signals; what became of a session is read from its folder. The status
/// asked of the launcher only adds what the folder cannot know: how a process died.
public protocol Launcher: Sendable {
  /// Starts training the session in this folder.
  ///
  /// - Throws: `EngineError` if nothing could be started.
  func launch(_ folder: URL) throws -> LaunchedSession

  /// What is known of a session this launcher started; never waits.
  func status(of session: LaunchedSession) -> LaunchStatus

  /// Asks the session to write a checkpoint and stop, as the end of a machine's day would.
  func terminate(_ session: LaunchedSession)
}

/// What a launcher started.
public struct LaunchedSession: Hashable, Sendable {
  /// Tells this start from all others of its launcher.
  public let number: Int
  /// The process that trains; `nil` where it is the caller's own.
  public let process: Int?

  /// Names a start.
  public init(number: Int, process: Int?) {
    self.number = number
    self.process = process
  }
}

/// How a launched session is doing.
public enum LaunchStatus: Equatable, Sendable {
  case running
  case exited(code: Int)
  case killed(signal: Int)

  /// What a person should read of an end that was not orderly; `nil` for the others.
  public var complaint: String? {
    switch self {
    case .running, .exited(code: 0): nil
    case .exited(let code): "The process ended with code \(code) before it could say why."
    case .killed(9): "The process was killed (signal 9): by hand, or by the system for its memory."
    case .killed(let signal): "The process was ended by signal \(signal)."
    }
  }
}
