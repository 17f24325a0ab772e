import Foundation

extension Engine {
  /// Does what a call from another process asks for.
  func answer(_ call: EngineCall) -> EngineReply {
    do {
      switch call {
      case .ping: return .ready(process: Int(ProcessInfo.processInfo.processIdentifier))
      case .sessions: return .sessions(sessions())
      case .session(let id): return .session(try session(id))
      case .start(let request): return .session(try start(request))
      case .control(let id, let action, let origin):
        return .accepted(try control(id, action, origin: origin))
      }
    } catch let error as EngineError {
      return .refused(error)
    } catch {
      return .refused(EngineError(.invalid, "\(error)"))
    }
  }
}
