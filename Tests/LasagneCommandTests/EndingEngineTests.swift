import Foundation
import Records
import Storage
import Synchronization
import Testing

@testable import LasagneEngine

/// A command that meets an engine which is about to end.
@Suite(.serialized)
struct EndingEngineTests {
  /// Has a workspace as an engine that answers once that it is there and ends when it is asked for
  /// more.
  private final class EndingEngine: Sendable {
    /// What it was asked before it ended.
    let calls = Mutex<[EngineCall]>([])
    private let lock: Mutex<Workspace.EngineLock?>

    init(_ workspace: Workspace) throws {
      lock = Mutex(try workspace.lockEngine(purpose: "serve"))
      let path = try SocketPath.fresh(in: workspace.url)
      let listener = try UnixSocket.listening(at: path)
      Thread.detachNewThread { [self] in
        guard let connection = listener.accepted() else { return }
        var channel = LineChannel(connection)
        while let line = try? channel.receive() {
          guard let call = try? JSONDecoder().decode(EngineCall.self, from: line) else { break }
          calls.withLock { $0.append(call) }
          guard case .ping = call else { break }
          try? channel.send(EngineReply.ready(process: 1))
        }
        listener.shutDown()
        connection.shutDown()
        SocketPath.remove(path, in: workspace.url)
        // Between closing its socket and ending, an engine still has the workspace.
        usleep(300_000)
        lock.withLock { $0 = nil }
      }
    }
  }

  @Test(arguments: [["train"], ["session", "start"]])
  func `a session is started once, by the next engine`(words: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("data", "add", "bars", "x.npy", "y.npy").code == 0)
    let workspace = try Workspace.open(at: program.workspace)
    let ending = try EndingEngine(workspace)
    let outcome = try program.run(
      through: [],
      words + ["tiny.yaml", "bars", "--epochs", "2", "--batch-size", "10", "--threads", "1"])
    #expect(outcome.code == 0, "\(outcome.complaint)")
    #expect(outcome.output.contains("Finished"), "\(outcome.output)")
    let sessions = workspace.sessions()
    #expect(sessions.count == 1)
    let asked = ending.calls.withLock { calls in
      calls.compactMap { if case .start(let request) = $0 { request } else { nil } }
    }
    #expect(asked.count == 1 && asked.first?.id == sessions.first?.id)
  }
}
