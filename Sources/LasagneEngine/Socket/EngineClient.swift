import Foundation
import Records

/// Talks to the engine that has a workspace open, from another process.
public final class EngineClient {
  private var channel: LineChannel
  /// Whether the engine was gone when it was asked something; whether it did that is not known then.
  public private(set) var isGone = false

  /// Connects to a workspace's engine; `nil` if there is none, or one that is ending and takes no
  /// calls any more.
  ///
  /// - Throws: `EngineError` if there is one that cannot be reached.
  public init?(workspace: URL) throws {
    guard let path = SocketPath.existing(in: workspace),
      let socket = try UnixSocket.connected(to: path)
    else { return nil }
    self.channel = LineChannel(socket)
    // Whoever connects to an engine that ends may still be let in, but is not served.
    do {
      _ = try call(.ping)
    } catch {
      if isGone { return nil }
      throw error
    }
  }

  /// Asks something and waits for the answer.
  ///
  /// - Throws: `EngineError` with the engine's own sentence where it refuses.
  public func call(_ call: EngineCall) throws -> EngineReply {
    let line: Data
    do {
      try channel.send(call)
      guard let answer = try channel.receive() else {
        throw EngineError(.failed, "The engine closed the connection before it answered.")
      }
      line = answer
    } catch {
      isGone = true
      throw error
    }
    guard let reply = try? JSONDecoder().decode(EngineReply.self, from: line) else {
      throw EngineError(.failed, "The engine's answer was not understood: is it another version?")
    }
    if case .refused(let error) = reply { throw error }
    return reply
  }

  /// Starts a session.
  public func start(_ request: StartRequest) throws -> SessionRecord {
    guard case .session(let record) = try call(.start(request)) else { throw unexpected() }
    return record
  }

  /// What a session is now, as the engine sees it.
  public func session(_ id: String) throws -> SessionRecord {
    guard case .session(let record) = try call(.session(id: id)) else { throw unexpected() }
    return record
  }

  /// Asks something of a session.
  @discardableResult
  public func control(
    _ session: String, _ action: ControlAction, origin: String
  ) throws -> ControlCommand {
    let reply = try call(.control(session: session, action: action, origin: origin))
    guard case .accepted(let command) = reply else { throw unexpected() }
    return command
  }

  /// Starts a session from a step of another.
  public func branch(
    _ session: String, _ request: BranchRequest, origin: String
  ) throws -> SessionRecord {
    let reply = try call(.branch(session: session, request: request, origin: origin))
    guard case .session(let record) = reply else { throw unexpected() }
    return record
  }

  /// Starts a session that plays another one again.
  public func reproduce(_ session: String, name: String?) throws -> SessionRecord {
    let reply = try call(.reproduce(session: session, name: name))
    guard case .session(let record) = reply else { throw unexpected() }
    return record
  }

  /// What is shared out of each device.
  public func devices() throws -> [DeviceShare] {
    guard case .devices(let devices) = try call(.devices) else { throw unexpected() }
    return devices
  }

  private func unexpected() -> EngineError {
    EngineError(.failed, "The engine answered something else than was asked.")
  }
}
