import Foundation
import Lasagne
import Records
import Storage
import Tensors

/// One version of a named set of weights of one model; its parent is what it was trained from.
public struct Params: Equatable, Sendable {
  /// The model they belong to.
  public let model: String
  /// Their name.
  public let name: String
  /// What is known of this version.
  public let version: ParamsVersion
  /// The file that holds the weights.
  public let file: URL

  /// `name@version`.
  public var reference: String { "\(name)@\(version.version)" }

  /// What it was made from, as `name@version`; `nil` for a root.
  public var parent: String? { version.parent }

  /// The version that `name` (the newest) or `name@version` means.
  ///
  /// - Throws: `StorageError` if there is none or its bytes have changed since it was saved.
  public static func find(
    _ reference: String, model: String, in workspace: Workspace
  ) throws -> Params {
    let model = workspace.models.current(model)
    let (file, version) = try workspace.params.file(model: model, reference: reference)
    // What was asked for may be a name from before a renaming.
    let name = try workspace.params.find(model: model, reference: reference).record.name
    return Params(model: model, name: name, version: version, file: file)
  }

  /// Keeps weights, given in their network's order, as the next version of a name.
  ///
  /// - Throws: `StorageError` if the name cannot be used or nothing can be written.
  @discardableResult
  public static func save(
    _ weights: [HostArray], of model: Model, as name: String, in workspace: Workspace,
    origin: ParamsStore.Origin = ParamsStore.Origin()
  ) throws -> Params {
    var metadata = ["model": model.name, "format": "lasagne-params-1"]
    metadata["session"] = origin.session
    metadata["step"] = origin.step.map(String.init)
    metadata["parent"] = origin.parent
    metadata["mixture"] = origin.mixture?.method.rawValue
    let data = try WeightFile.safetensors(weights, of: model.network, metadata: metadata)
    let version = try workspace.params.add(data, model: model.name, name: name, origin: origin)
    return try find("\(name)@\(version.version)", model: model.name, in: workspace)
  }

  /// The weights in their network's order.
  ///
  /// - Throws: `EngineError` if they are not those of this network.
  public func load(for network: Network) throws -> [HostArray] {
    try WeightFile.read(file, for: network)
  }
}
