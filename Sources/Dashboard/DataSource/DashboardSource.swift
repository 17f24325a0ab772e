import Records

/// What the page can ask for and do: the engine, seen from the web.
///
/// Every id that arrives here has the form of one ("26 characters of 0-9a-z"), but need not exist.
/// Implementations throw ``DashboardError`` for what is the asker's mistake.
public protocol DashboardSource: DashboardActions, SteeringSource, ViewSource {
  /// All sessions, newest first.
  func sessions() async throws -> [SessionRecord]
  /// One session, or `.notFound`.
  func session(_ id: String) async throws -> SessionRecord
  /// The network that a session trains.
  func network(ofSession id: String) async throws -> NetworkSummary
  /// The keys of the metrics that a session has, in a stable order.
  func seriesKeys(ofSession id: String) async throws -> [String]
  /// Windows of series: steps `from...to` (all where `nil`), in at most about `pixels` buckets each.
  func series(sessions: [String], keys: [String], from: Int?, to: Int?, pixels: Int) async throws
    -> [Series]
  /// The keys of the images that a session has.
  func imageKeys(ofSession id: String) async throws -> [String]
  /// The newest images under a key, or `.notFound`.
  func images(ofSession id: String, key: String) async throws -> ImageStack
  /// The newest histograms under a key, oldest first.
  func histograms(ofSession id: String, key: String) async throws -> [Histogram]
  /// A session's timeline, oldest first.
  func timeline(ofSession id: String) async throws -> [TimelineEntry]
  /// The names of the models in the workspace.
  func models() async throws -> [String]
  /// The named weights in the workspace.
  func params() async throws -> [ParamsRecord]
  /// The data sets in the workspace.
  func data() async throws -> [DataRecord]
  /// The devices of this machine.
  func devices() async throws -> [DeviceStatus]
  /// Asks a session to do something; `.conflict` where its state forbids it.
  func control(_ id: String, _ action: ControlAction, origin: String) async throws
    -> ControlCommand
  /// What happens from now on; with a sequence number, first what happened after it, as far as it
  /// is still known. Slow listeners lose the oldest events, which shows as a gap in the sequence.
  func events(after sequence: Int?) async -> AsyncStream<EngineEvent>
}

/// A device as the page shows it.
public struct DeviceStatus: Codable, Equatable, Sendable {
  /// `cpu` or `cuda:0`.
  public var name: String
  /// What it is in a person's words.
  public var description: String
  /// Bytes of memory; 0 while unknown.
  public var totalBytes: Int
  /// Bytes in use by anybody.
  public var usedBytes: Int
  /// Cores of a CPU, 0 for others.
  public var cores: Int
  /// Threads given to sessions.
  public var threadsInUse: Int
  /// The ids of the sessions on it.
  public var sessions: [String]

  /// Makes a status from its parts.
  public init(
    name: String, description: String, totalBytes: Int, usedBytes: Int, cores: Int,
    threadsInUse: Int, sessions: [String]
  ) {
    self.name = name
    self.description = description
    self.totalBytes = totalBytes
    self.usedBytes = usedBytes
    self.cores = cores
    self.threadsInUse = threadsInUse
    self.sessions = sessions
  }
}

/// A request that cannot be carried out, with the sentence that says why.
public enum DashboardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such thing.
  case notFound(String)
  /// The state of things forbids it now.
  case conflict(String)
  /// The request's content is wrong.
  case invalid(String)
  /// There is too much of it already.
  case tooMany(String)

  /// The sentence.
  public var description: String {
    switch self {
    case .notFound(let sentence), .conflict(let sentence), .invalid(let sentence),
      .tooMany(let sentence):
      sentence
    }
  }
}
