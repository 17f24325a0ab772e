import Foundation
import Records
import Storage

/// A command's way to the engine of a workspace: another process's where there is one, else its own.
///
/// When the other process ends, the link becomes the engine itself, so that a session that still
/// waits for its turn gets it.
public actor EngineLink {
  private enum Way {
    case other(EngineClient)
    case own(Engine, EngineSocket)
  }

  /// How long another process may take from locking the workspace to answering on its socket.
  private static let patience = Duration.seconds(30)

  private let workspace: Workspace
  private let purpose: String
  private var way: Way

  /// Finds the engine of a workspace, or becomes it.
  ///
  /// - Parameter purpose: what others read who find the workspace in use: `train`, `resume`.
  /// - Throws: `StorageError` if a process has the workspace locked and does not answer for 30 s.
  public init(_ workspace: Workspace, purpose: String) async throws {
    self.workspace = workspace
    self.purpose = purpose
    way = try await Self.reach(workspace, purpose)
  }

  /// Whether this process is the engine.
  public var isOwn: Bool {
    if case .own = way { true } else { false }
  }

  /// Starts a session.
  ///
  /// - Throws: `EngineError` with the engine's own sentence where it refuses.
  public func start(_ request: StartRequest) async throws -> SessionRecord {
    switch way {
    case .other(let client): try client.start(request)
    case .own(let engine, _): try await engine.start(request)
    }
  }

  /// What a session is now, as the engine sees it.
  ///
  /// - Throws: `EngineError` if there is no such session.
  public func session(_ id: String) async throws -> SessionRecord {
    switch way {
    case .own(let engine, _): return try await engine.session(id)
    case .other(let client):
      do {
        return try client.session(id)
      } catch let error as EngineError where error.kind == .failed {
        // The process that was the engine is gone.
        way = try await Self.reach(workspace, purpose)
        return try await session(id)
      }
    }
  }

  /// Asks something of a session.
  @discardableResult
  public func control(
    _ id: String, _ action: ControlAction, origin: String
  ) async throws -> ControlCommand {
    switch way {
    case .other(let client): try client.control(id, action, origin: origin)
    case .own(let engine, _): try await engine.control(id, action, origin: origin)
    }
  }

  /// Changes what is noted of a session.
  public func annotate(_ id: String, _ change: SessionNotesChange) async throws -> SessionNotes {
    switch way {
    case .own(let engine, _): return try await engine.annotate(id, change)
    case .other(let client):
      guard case .notes(let notes) = try client.call(.annotate(session: id, change: change)) else {
        throw EngineError(.failed, "The engine answered something else than was asked.")
      }
      return notes
    }
  }

  /// Asks the engine anything.
  ///
  /// - Throws: `EngineError` with the engine's own sentence where it refuses.
  public func ask(_ call: EngineCall) async throws -> EngineReply {
    let reply: EngineReply
    switch way {
    case .own(let engine, _): reply = await engine.answer(call)
    case .other(let client): reply = try client.call(call)
    }
    if case .refused(let error) = reply { throw error }
    return reply
  }

  /// Starts a session from a step of another.
  public func branch(
    _ id: String, _ request: BranchRequest, origin: String
  ) async throws -> SessionRecord {
    switch way {
    case .other(let client): try client.branch(id, request, origin: origin)
    case .own(let engine, _): try await engine.branch(id, request, origin: origin)
    }
  }

  /// Starts a session that plays another one again.
  public func reproduce(_ id: String, name: String?) async throws -> SessionRecord {
    switch way {
    case .other(let client): try client.reproduce(id, name: name)
    case .own(let engine, _): try await engine.reproduce(id, name: name)
    }
  }

  /// Asks something about searches, or has one started, stopped or resumed.
  ///
  /// - Throws: `EngineError` with the engine's own sentence where it refuses.
  public func search(_ call: EngineCall) async throws -> SearchRecord {
    let reply: EngineReply
    switch way {
    case .own(let engine, _): reply = await engine.answer(call)
    case .other(let client):
      do {
        reply = try client.call(call)
      } catch let error as EngineError where error.kind == .failed {
        // The process that was the engine is gone.
        guard case .searchRecord = call else { throw error }
        way = try await Self.reach(workspace, purpose)
        return try await search(call)
      }
    }
    switch reply {
    case .search(let record): return record
    case .refused(let error): throw error
    default:
      throw EngineError(.failed, "The engine answered something else than was asked.")
    }
  }

  /// Gives the workspace back if this process is its engine; sessions go on by themselves.
  public func close() async {
    guard case .own(let engine, let socket) = way else { return }
    socket.close()
    let end = ContinuousClock.now + Self.patience
    while await engine.isStartingSessions, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(20))
    }
    await engine.close()
  }

  private static func reach(_ workspace: Workspace, _ purpose: String) async throws -> Way {
    let end = ContinuousClock.now + patience
    while true {
      if let client = try EngineClient(workspace: workspace.url) { return .other(client) }
      do {
        let engine = try Engine(workspace, purpose: purpose)
        await engine.run()
        return .own(engine, try EngineSocket(engine))
      } catch let error as StorageError where error.kind == .locked {
        guard ContinuousClock.now < end else { throw error }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
