import Foundation
import Records
import Synchronization

/// Lets other processes of the same user talk to an engine through a socket in its workspace.
///
/// Each connection is served on a thread of its own, so that nobody waits for somebody else's
/// slow reading; answers come in the order of the calls.
public final class EngineSocket: Sendable {
  private let listener: UnixSocket
  private let path: String
  private let workspace: URL
  private let engine: Engine
  private let connections = Mutex<[ObjectIdentifier: UnixSocket]>([:])

  /// Listens for an engine.
  ///
  /// - Throws: `EngineError` if no socket can be made.
  public init(_ engine: Engine) throws {
    self.engine = engine
    self.workspace = engine.folder
    self.path = try SocketPath.fresh(in: engine.folder)
    self.listener = try UnixSocket.listening(at: path)
    Thread.detachNewThread { [weak self, listener] in
      while let connection = listener.accepted() {
        guard let self else { return }
        self.connections.withLock { $0[ObjectIdentifier(connection)] = connection }
        Thread.detachNewThread { self.serve(connection) }
      }
    }
  }

  /// Stops listening and takes the socket away.
  public func close() {
    listener.shutDown()
    for connection in connections.withLock({ Array($0.values) }) { connection.shutDown() }
    SocketPath.remove(path, in: workspace)
  }

  private func serve(_ connection: UnixSocket) {
    defer { _ = connections.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) } }
    var channel = LineChannel(connection)
    while let line = try? channel.receive() {
      guard (try? channel.send(answer(line))) != nil else { return }
    }
  }

  private func answer(_ line: Data) -> EngineReply {
    guard let call = try? JSONDecoder().decode(EngineCall.self, from: line) else {
      return .refused(EngineError(.invalid, "The engine does not understand this call."))
    }
    let engine = self.engine
    return waiting { await engine.answer(call) }
  }
}

/// Runs asynchronous work to its end from a thread that may wait; never from an asynchronous one.
func waiting<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
  let box = ResultBox<Value>()
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    let value = await body()
    box.value.withLock { $0 = value }
    done.signal()
  }
  while true {
    done.wait()
    if let value = box.value.withLock({ $0 }) { return value }
  }
}

private final class ResultBox<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}
