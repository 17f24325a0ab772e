import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Training

/// A session's network with weights that it had, to look through.
public struct SessionLook: Sendable {
  /// The network.
  public let network: Network
  /// The recipe it was trained by.
  public let recipe: Recipe
  /// The weights in the network's order.
  public let weights: [HostArray]
  /// Updates that made them.
  public let step: Int
  /// The data it learns from.
  public let data: DataView
  private let workspace: Workspace

  /// Opens the newest weights that a session has kept: those of its last checkpoint, else those it
  /// saved at its end.
  ///
  /// - Throws: `EngineError` if it has kept none yet.
  public init(_ id: String, in workspace: Workspace) throws {
    let folder = try workspace.session(id)
    let model = try Model.load(of: folder, in: workspace)
    network = model.network
    data = try DataView(folder.request.data, in: workspace)
    self.workspace = workspace
    if let found = folder.checkpoints.newestVerified().checkpoint {
      let checkpoint = try Checkpoint(found.folder)
      recipe = checkpoint.recipe
      weights = try checkpoint.arrays(for: network)
      step = checkpoint.step
      return
    }
    recipe = try Recipe(json: folder.request.recipe)
    let kept = try workspace.params.list(model: model.name)
      .flatMap { record in record.versions.map { (record, $0) } }
      .last { $0.1.session == folder.id }
    guard let (record, version) = kept else {
      throw EngineError(
        .busy,
        "The session '\(folder.request.name)' has kept no weights yet; ask it for a snapshot, or "
          + "wait for the end of its first epoch.")
    }
    let params = try Params.find(record.reference(version), model: model.name, in: workspace)
    weights = try params.load(for: network)
    step = version.step ?? 0
  }

  /// The step of the weights that ``init(_:in:)`` would open; `nil` where they are those that were
  /// saved at the end.
  public static func newestStep(of id: String, in workspace: Workspace) throws -> Int? {
    try workspace.session(id).checkpoints.list().map(\.step).max()
  }

  /// Samples to look at: an array of inputs and positions in it.
  public struct Part: Sendable {
    /// The array's name.
    public let array: String
    /// The inputs themselves.
    public let inputs: HostArray
    /// The positions that belong to the part, in rising order.
    public let indices: [Int]
    /// The class of each sample of the array.
    public let labels: [Int]
  }

  /// The names of the parts that there are: `test`, `validation`.
  public var parts: [String] {
    let names = data.record.arrays.map(\.name)
    let hasValidation = names.contains("validationInputs") || recipe.validationFraction > 0
    return (names.contains("testInputs") ? ["test"] : [])
      + (hasValidation && names.contains("inputs") ? ["validation"] : [])
  }

  /// The samples of a part.
  ///
  /// - Throws: `EngineError` where there is no such part or it has no classes.
  public func part(_ name: String) throws -> Part {
    guard parts.contains(name) else { throw EngineError.unknown("part", name, among: parts) }
    let isOwn = name == "test" || data.record.arrays.contains { $0.name == "validationInputs" }
    let array = name == "test" ? "testInputs" : isOwn ? "validationInputs" : "inputs"
    guard network.inputs.count == 1 else {
      throw EngineError(
        .invalid,
        "The network '\(network.name)' has the inputs \(network.inputs.joined(separator: ", ")); only "
          + "samples of one input can be looked through.")
    }
    guard network.outputs.count == 1 else {
      throw EngineError(
        .invalid,
        "The network '\(network.name)' has the outputs \(network.outputs.joined(separator: ", ")); "
          + "only samples of one output can be looked through.")
    }
    let inputs = try data.array(array)
    guard let labels = try data.labels(of: array) else {
      throw EngineError(
        .invalid,
        "The data '\(data.record.name)' have no classes, so there is nothing to confuse; their "
          + "curves are on the overview.")
    }
    let indices =
      try isOwn
      ? Array(0..<(inputs.shape.first ?? 0))
      : recipe.heldOut(of: TrainingData(data.record.name, in: workspace), network: network)
    return Part(array: array, inputs: inputs, indices: indices, labels: labels)
  }
}
