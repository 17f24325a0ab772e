import LasagneEngine
import Records
import Storage

/// What can be done from the web beyond steering one session: the calls that other processes can
/// make of an engine, and changes to what its workspace keeps.
public protocol DashboardActions: Sendable {
  /// Asks the engine, and returns what it says where it agrees.
  ///
  /// Throws ``DashboardError`` where it refuses.
  func ask(_ call: EngineCall) async throws -> EngineReply
  /// The workspace whose models, data and params can be changed.
  func workspace() throws -> Workspace
}

extension DashboardActions {
  /// Refuses: a source of mere records can do nothing.
  public func ask(_ call: EngineCall) async throws -> EngineReply {
    throw DashboardError.conflict("This server shows records only; it has no engine to ask.")
  }

  /// Refuses: a source of mere records has no workspace.
  public func workspace() throws -> Workspace {
    throw DashboardError.conflict("This server shows records only; it has no workspace.")
  }
}

extension EngineSource {
  /// Asks the engine, as the command line does through its socket.
  public func ask(_ call: EngineCall) async throws -> EngineReply {
    let reply = await engine.answer(call)
    guard case .refused(let error) = reply else { return reply }
    throw translation(of: error)
  }

  /// The engine's workspace.
  public func workspace() throws -> Workspace { engine.workspace }
}
