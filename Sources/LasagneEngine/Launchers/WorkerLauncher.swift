import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Trains each session in a child process that outlives its engine.
///
/// The program is called as `PROGRAM worker --session FOLDER`, its output goes to the session's
/// `log.txt`.
public final class WorkerLauncher: Launcher {
  private let program: String
  private let ended = Mutex<[Int: LaunchStatus]>([:])

  /// Makes a launcher for a program that has the subcommand `worker`; by default the running one.
  public init(program: String = currentExecutable()) {
    self.program = program
  }

  /// Starts a child process that trains the session in this folder.
  public func launch(_ folder: URL) throws -> LaunchedSession {
    let process = try ChildProcess.spawn(
      program, ["worker", "--session", folder.path],
      output: folder.appendingPathComponent("log.txt").path)
    _ = ended.withLock { $0.removeValue(forKey: Int(process)) }
    return LaunchedSession(number: Int(process), process: Int(process))
  }

  /// How the child process is doing; never waits.
  public func status(of session: LaunchedSession) -> LaunchStatus {
    ended.withLock { ended in
      if let known = ended[session.number] { return known }
      let status = ChildProcess.status(of: pid_t(session.number))
      if status != .running { ended[session.number] = status }
      return status
    }
  }

  /// Asks the child process to write a checkpoint and stop.
  public func terminate(_ session: LaunchedSession) {
    // Once reaped, the number may belong to a stranger.
    guard status(of: session) == .running else { return }
    kill(pid_t(session.number), SIGTERM)
  }
}
