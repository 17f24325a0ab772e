import Datasets
import Lasagne
import Records
import Storage

extension Engine {
  /// The names of the models, sorted.
  public nonisolated func models() -> [String] {
    workspace.models.names()
  }

  /// Keeps a network under a name; what was there before goes to the model's history.
  ///
  /// - Throws: `StorageError` if the name cannot be used or nothing can be written.
  @discardableResult
  public nonisolated func register(_ network: Network, as name: String? = nil) throws -> Model {
    try Model.save(network, as: name ?? network.name, in: workspace)
  }

  /// The model of this name.
  ///
  /// - Throws: `EngineError` if there is none, `NetworkError` if its file cannot be used.
  public nonisolated func model(_ name: String) throws -> Model {
    try Model.load(name, from: workspace)
  }

  /// The sessions that train or trained a model, newest first.
  public func sessions(ofModel name: String) -> [SessionRecord] {
    sessions().filter { $0.request.model == name }
  }

  /// The records of all data sets.
  public nonisolated func dataSets() throws -> [DataRecord] {
    try workspace.data.list()
  }

  /// Keeps a data set under a name, as array files that all sessions map.
  ///
  /// - Throws: `StorageError` if the name is taken or nothing can be written.
  @discardableResult
  public nonisolated func register(_ dataset: Dataset, as name: String? = nil) throws -> DataRecord
  {
    try dataset.add(to: workspace, as: name ?? dataset.name)
  }

  /// A session to hold on to: its methods ask this engine.
  ///
  /// - Throws: `EngineError` if there is no such session.
  public func handle(of id: String) throws -> Session {
    Session(id: try session(id).request.id, engine: self)
  }

  /// The network that a session trains.
  public nonisolated func network(ofSession id: String) throws -> NetworkSummary {
    try Model.load(of: workspace.session(id), in: workspace).network.summary()
  }

  /// A session's timeline, oldest first.
  public nonisolated func timeline(ofSession id: String) throws -> [TimelineEntry] {
    try workspace.session(id).timelineEntries()
  }
}
