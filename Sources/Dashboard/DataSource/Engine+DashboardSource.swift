import Datasets
import Foundation
import LasagneEngine
import Records
import Storage
import Tensors
import Training

/// An engine as the page's source.
///
/// Curves and pictures come from the index, which the engine feeds before it tells of them.
public struct EngineSource: DashboardSource {
  let engine: Engine
  let looks = LookQueue()

  /// Shows what this engine keeps and does.
  public init(_ engine: Engine) { self.engine = engine }

  /// All sessions, newest first.
  public func sessions() async throws -> [SessionRecord] { await engine.sessions() }

  /// One session.
  public func session(_ id: String) async throws -> SessionRecord {
    try await translated { try await engine.session(id) }
  }

  /// The network that a session trains.
  public func network(ofSession id: String) async throws -> NetworkSummary {
    _ = try await session(id)
    return try await translated { try engine.network(ofSession: id) }
  }

  /// The keys of a session's metrics, in alphabetical order.
  public func seriesKeys(ofSession id: String) async throws -> [String] {
    _ = try await session(id)
    return try engine.index.metrics(of: id).map(\.key)
  }

  /// Windows of series, with exact extremes.
  public func series(
    sessions: [String], keys: [String], from: Int?, to: Int?, pixels: Int
  ) async throws -> [Series] {
    // One look at the list, however many are asked for.
    for id in await engine.unknownSessions(among: sessions) { _ = try await session(id) }
    return try keys.flatMap {
      try engine.index.series(sessions: sessions, key: $0, from: from, to: to, pixels: pixels)
    }
  }

  /// The keys of a session's images.
  public func imageKeys(ofSession id: String) async throws -> [String] {
    _ = try await session(id)
    return try engine.index.pictures(of: id).filter(\.isImages).map(\.key)
  }

  /// The newest images under a key.
  public func images(ofSession id: String, key: String) async throws -> ImageStack {
    _ = try await session(id)
    guard let stack = try engine.index.images(session: id, key: key) else {
      throw DashboardError.notFound("The session has no images under this key.")
    }
    return stack
  }

  /// The newest histograms under a key, oldest first.
  public func histograms(ofSession id: String, key: String) async throws -> [Histogram] {
    _ = try await session(id)
    return try engine.index.histograms(session: id, key: key, limit: 200)
  }

  /// A session's timeline, oldest first; acknowledgements say what was asked, and by whom.
  public func timeline(ofSession id: String) async throws -> [TimelineEntry] {
    _ = try await session(id)
    let commands = (try? engine.workspace.session(id).controls()) ?? []
    let asked = Dictionary(commands.map { ($0.number, $0) }) { $1 }
    return try await translated { try engine.timeline(ofSession: id) }.map { entry in
      guard case .acknowledged(let number, _) = entry.event, entry.message == nil,
        let command = asked[number]
      else { return entry }
      var entry = entry
      entry.message = command.sentence
      return entry
    }
  }

  /// The names of the models.
  public func models() async throws -> [String] { engine.models() }

  /// The named weights.
  public func params() async throws -> [ParamsRecord] { try engine.workspace.params.list() }

  /// The data sets.
  public func data() async throws -> [DataRecord] { try engine.dataSets() }

  /// The devices of this machine, with the sessions at work on each.
  public func devices() async throws -> [DeviceStatus] {
    let cores = await engine.cores
    let active = await engine.sessions().filter { [.starting, .running].contains($0.state) }
    return MachineDevices.list(
      cores: cores.all, threadsInUse: cores.all - cores.free, active: active)
  }

  /// Asks something of a session.
  public func control(
    _ id: String, _ action: ControlAction, origin: String
  ) async throws -> ControlCommand {
    _ = try await session(id)
    do {
      return try await engine.control(id, action, origin: origin)
    } catch let error as EngineError where error.kind == .invalid {
      // The id and the action were fine, so it is the session's state that is in the way.
      throw DashboardError.conflict(error.message)
    } catch let error as EngineError {
      throw translation(of: error)
    } catch let error as TrainingError {
      throw DashboardError.invalid(error.description)
    }
  }

  /// What happens from now on.
  public func events(after sequence: Int?) async -> AsyncStream<EngineEvent> {
    engine.events(after: sequence)
  }

  func translated<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await work()
    } catch let error as EngineError {
      throw translation(of: error)
    } catch let error as StorageError where error.kind == .missing {
      throw DashboardError.notFound(error.message)
    } catch let error as StorageError where [.invalid, .exists, .locked].contains(error.kind) {
      throw DashboardError.conflict(error.message)
    } catch let error as FileFormatError {
      // Data can be removed or renamed after their session began.
      let name = URL(fileURLWithPath: error.path).lastPathComponent
      throw DashboardError.conflict("The data cannot be read: '\(name)': \(error.reason).")
    } catch let error as TrainingError {
      throw DashboardError.invalid(error.description)
    } catch let error as TensorError {
      // What cannot be computed here is said with its reason, such as a backend that is missing.
      throw DashboardError.conflict("\(error)")
    }
  }

  func translation(of error: EngineError) -> any Error {
    switch error.kind {
    case .unknown: DashboardError.notFound(error.message)
    case .invalid: DashboardError.invalid(error.message)
    case .busy: DashboardError.conflict(error.message)
    case .failed: error
    }
  }
}
