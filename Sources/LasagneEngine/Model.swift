import Foundation
import Lasagne
import Records
import Storage

/// A named container around a network, kept in a workspace with its earlier forms; it holds no
/// weights.
public struct Model: Equatable, Sendable {
  /// The name in the workspace.
  public let name: String
  /// The layers and how they connect.
  public let network: Network

  /// Names a network.
  public init(_ name: String, network: Network) {
    self.name = name
    self.network = network
  }

  /// Shapes and parameters, layer by layer.
  public var summary: NetworkSummary { network.summary() }

  /// Reads a model, by its name or one it had before.
  ///
  /// - Throws: `EngineError` if the workspace has none of this name, `NetworkError` if its file
  ///   cannot be used.
  public static func load(_ name: String, from workspace: Workspace) throws -> Model {
    let names = workspace.models.names()
    let name = workspace.models.current(name)
    guard names.contains(name) else {
      throw EngineError.unknown("model", name, among: names)
    }
    let text = try workspace.models.text(name)
    return Model(name, network: try Network(modelFile: text))
  }

  /// Keeps a network; a different one of that name goes to the model's history.
  ///
  /// - Throws: `StorageError` if the name cannot be used or nothing can be written.
  @discardableResult
  public static func save(
    _ network: Network, as name: String, in workspace: Workspace
  ) throws -> Model {
    try workspace.models.put(network.modelFile(), as: name)
    return Model(name, network: network)
  }
}
