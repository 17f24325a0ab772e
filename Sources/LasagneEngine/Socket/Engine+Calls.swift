import Foundation

extension Engine {
  /// Does what a call from another process asks for.
  package func answer(_ call: EngineCall) async -> EngineReply {
    do {
      switch call {
      case .ping: return .ready(process: Int(ProcessInfo.processInfo.processIdentifier))
      case .sessions: return .sessions(sessions())
      case .session(let id): return .session(try session(id))
      case .start(let request): return .session(try start(request))
      case .control(let id, let action, let origin):
        return .accepted(try control(id, action, origin: origin))
      case .branch(let id, let request, let origin):
        return .session(try await branch(id, request, origin: origin))
      case .reproduce(let id, let name): return .session(try reproduce(id, name: name))
      case .queue: return .sessions(waitingSessions())
      case .moveInQueue(let id, let place): return .session(try moveInQueue(id, to: place))
      case .annotate(let id, let change): return .notes(try annotate(id, change))
      case .rename(let id, let name): return .session(try rename(id, to: name))
      case .remove(let id): return .change(try remove(id))
      case .undoSession: return .change(try undoSessionChange())
      case .prioritize(let id, let priority): return .session(try prioritize(id, priority))
      case .search(let search): return .search(try self.search(search))
      case .searches: return .searches(searchRecords())
      case .searchRecord(let name): return .search(try searchRecord(name))
      case .stopSearch(let name): return .search(try stopSearch(name))
      case .resumeSearch(let name): return .search(try resumeSearch(name))
      case .devices: return .devices(devices())
      case .limit(let cores, let gpus):
        if let cores { useCores(cores) }
        if let gpus { useGPUs(gpus) }
        return .devices(devices())
      }
    } catch let error as EngineError {
      return .refused(error)
    } catch {
      return .refused(EngineError(.invalid, "\(error)"))
    }
  }
}
