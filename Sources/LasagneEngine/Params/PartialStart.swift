import Lasagne
import Records
import Storage
import Tensors

/// How a session takes from weights only what fits its network, by name and shape.
///
/// What does not fit is drawn by the recipe's seed, as without any weights. The whole is kept as a
/// version of its own, from which the session starts.
public struct PartialStart: Codable, Equatable, Sendable {
  /// The model the weights belong to; `nil` for the session's own.
  public var model: String?
  /// Patterns of the parameters to take; `nil` for all.
  public var only: [String]?
  /// Patterns of parameters to draw anew.
  public var except: [String]?
  /// Other names for tensors, `FILE=NETWORK`, as `backbone.*=encoder.*`.
  public var map: [String]?

  /// Makes a start from its parts.
  public init(
    model: String? = nil, only: [String]? = nil, except: [String]? = nil, map: [String]? = nil
  ) {
    self.model = model
    self.only = only
    self.except = except
    self.map = map
  }
}

/// First weights of which a part comes from others, before they are kept.
struct PartialStartWeights {
  let source: Params
  let arrays: [HostArray]
  let report: LoadReport

  /// Takes what fits; nothing is written.
  ///
  /// - Throws: `EngineError` if nothing fits or a name map cannot be used, `StorageError` if there are
  ///   no such params.
  init(
    _ start: PartialStart, of reference: String?, for model: Model, seed: UInt64,
    in workspace: Workspace
  ) throws {
    guard let reference else {
      throw EngineError(
        .invalid, "A session takes a part of some weights, but none are named; name params.")
    }
    let isFile = [".npz", ".safetensors"].contains { reference.lowercased().hasSuffix($0) }
    guard !isFile else {
      throw EngineError(
        .invalid,
        "A session starts from params of the workspace, not from the file '\(reference)'; 'lasagne "
          + "params load-report \(model.name) FILE --as NAME' makes params of what fits.")
    }
    source = try Params.find(reference, model: start.model ?? model.name, in: workspace)
    let matching = ParamsMatching(
      only: start.only ?? [], except: start.except ?? [],
      renamings: try (start.map ?? []).map { try ParamsMatching.Renaming($0) })
    let part = try source.loadPart(for: model.network, matching: matching)
    try Backend.load()
    arrays = try part.completed(for: model.network, seed: seed)
    report = part.report
  }

  /// Keeps them under the name of the session's params, with `-start` behind it.
  func saved(for model: Model, as name: String, in workspace: Workspace) throws -> Params {
    let count = model.network.parameters.count
    return try Params.save(
      // A name has at most 64 characters.
      arrays, of: model, as: String(name.prefix(58)) + "-start", in: workspace,
      origin: ParamsStore.Origin(
        parent: source.model == model.name ? source.reference : nil,
        notes: "\(report.loaded.count) of \(count) parameters from \(report.source)"))
  }
}
