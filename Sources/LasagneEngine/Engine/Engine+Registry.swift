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
    let name = workspace.models.current(name)
    return sessions().filter { workspace.models.current($0.request.model) == name }
  }

  /// Gives a model, and its params with it, another name; it is still found under the old one.
  ///
  /// - Throws: `StorageError` if there is none of this name, the other is taken, or a session that
  ///   goes on trains it.
  public nonisolated func renameModel(_ name: String, to other: String) throws {
    try workspace.models.rename(name, to: other)
  }

  /// Takes the last change to models back, a removal or a new name, and returns what it was.
  ///
  /// - Throws: `StorageError` if there is none, or something was built upon it.
  @discardableResult
  public nonisolated func undoModelChange() throws -> WorkspaceChange {
    try workspace.changes.undo(area: .models)
  }

  /// Where the arrays of the sessions that run lie now, largest first.
  public nonisolated func placements() -> [ArrayPlacement] {
    workspace.placements()
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

  /// How much of the input each layer of the network sees that a session trains.
  public nonisolated func capacity(ofSession id: String) throws -> CapacityReport {
    try Model.load(of: workspace.session(id), in: workspace).network.capacity()
  }

  /// A session's timeline, oldest first.
  public nonisolated func timeline(ofSession id: String) throws -> [TimelineEntry] {
    try workspace.session(id).timelineEntries()
  }
}
