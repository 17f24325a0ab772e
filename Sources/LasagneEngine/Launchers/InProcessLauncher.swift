import Foundation
import Synchronization

/// Trains each session on a thread of the calling process: for use as a library, and for tests.
///
/// Sessions of one launcher share the arrays of its ``DataManager``.
public final class InProcessLauncher: Launcher {
  private struct State {
    var next = 1
    var running: [Int: StopFlag] = [:]
    var ended: [Int: LaunchStatus] = [:]
  }

  private let state = Mutex(State())
  private let data: DataManager

  /// Makes a launcher whose sessions take their data from this manager.
  public init(data: DataManager = DataManager()) {
    self.data = data
  }

  /// Starts a thread that trains the session in this folder.
  public func launch(_ folder: URL) throws -> LaunchedSession {
    let flag = StopFlag()
    let number = state.withLock { state in
      defer { state.next += 1 }
      state.running[state.next] = flag
      return state.next
    }
    let data = self.data
    let thread = Thread { [weak self] in
      let code = SessionWorker(folder: folder, data: data, stop: flag, ownsProcess: false)
        .run()
      self?.state.withLock { state in
        state.running[number] = nil
        state.ended[number] = .exited(code: Int(code))
      }
    }
    thread.name = "lasagne session"
    // libtorch's planners recurse deeper than the small default of secondary threads allows.
    thread.stackSize = 8 << 20
    thread.start()
    return LaunchedSession(number: number, process: nil)
  }

  /// How the thread is doing; never waits.
  public func status(of session: LaunchedSession) -> LaunchStatus {
    state.withLock { $0.ended[session.number] ?? .running }
  }

  /// Asks the thread to write a checkpoint and stop.
  public func terminate(_ session: LaunchedSession) {
    state.withLock { $0.running[session.number] }?.set()
  }
}
