import Foundation
import Records
import Storage
import Synchronization
import Testing

@testable import LasagneEngine

/// What is said of a session between the launch of its process and that process's first word.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct StartingTests {
  /// Launches that come to nothing before the test says so: a process takes its time to begin.
  private final class LateLauncher: Launcher {
    private struct State {
      var folders: [URL] = []
      var begun: [Int: LaunchedSession] = [:]
      var ends: [Int: LaunchStatus] = [:]
    }

    private let state = Mutex(State())
    private let threads = InProcessLauncher()

    func launch(_ folder: URL) throws -> LaunchedSession {
      let number = state.withLock { state in
        state.folders.append(folder)
        return state.folders.count
      }
      return LaunchedSession(number: number, process: nil)
    }

    func status(of session: LaunchedSession) -> LaunchStatus {
      let (end, begun) = state.withLock { ($0.ends[session.number], $0.begun[session.number]) }
      return end ?? begun.map(threads.status(of:)) ?? .running
    }

    func terminate(_ session: LaunchedSession) {
      state.withLock { $0.begun[session.number] }.map(threads.terminate)
    }

    /// How many launches there were.
    var count: Int { state.withLock { $0.folders.count } }

    /// Lets the newest process begin.
    func begin() throws {
      let folders = state.withLock { $0.folders }
      let launched = try folders.last.map(threads.launch)
      state.withLock { $0.begun[folders.count] = launched }
    }

    /// Lets the newest process be gone.
    func end(_ status: LaunchStatus) {
      state.withLock { $0.ends[$0.folders.count] = status }
    }
  }

  /// A session whose first process took it up and died without a word.
  private func crashed(_ bench: Bench, _ launcher: LateLauncher) async throws -> (Engine, String) {
    let engine = try Engine(bench.workspace, purpose: "test", launcher: launcher, cores: 2)
    let id = try await engine.start(bench.request(threads: 2)).request.id
    #expect(await engine.isStartingSessions)
    var lease: SessionLease? = try bench.workspace.session(id).acquireLease(attempt: 1)
    await engine.look()
    #expect(await engine.isStartingSessions == false)
    withExtendedLifetime(lease) {}
    lease = nil
    launcher.end(.killed(signal: 9))
    await engine.look()
    #expect(try await engine.session(id).state == .crashed)
    #expect(await engine.cores.free == 2)
    return (engine, id)
  }

  @Test func `after a crash it is starting until the new process begins, never crashed`()
    async throws
  {
    let bench = try Bench()
    defer { bench.remove() }
    let launcher = LateLauncher()
    let (engine, id) = try await crashed(bench, launcher)
    try await engine.resumeSession(id)
    for _ in 0..<5 {
      #expect(try await engine.session(id).state == .starting)
      #expect(await engine.isStartingSessions)
      await engine.look()
    }
    #expect(launcher.count == 2)
    #expect(await engine.cores.free == 0)
    try launcher.begin()
    await engine.run()
    let end = try await engine.sessionOver(id)
    #expect(end.state == .finished && end.attempt == 2)
    await engine.close()
  }

  @Test func `a new process that never begins fails, and gives its cores back`() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let launcher = LateLauncher()
    let (engine, id) = try await crashed(bench, launcher)
    try await engine.resumeSession(id)
    await engine.look()
    launcher.end(.exited(code: 127))
    await engine.look()
    await engine.look()
    let record = try await engine.session(id)
    #expect(record.state == .failed)
    #expect(record.message?.contains("ended with code 127") == true, "\(record)")
    #expect(await engine.cores.free == 2)
    await engine.close()
  }
}
