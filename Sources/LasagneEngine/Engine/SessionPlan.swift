import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Training

/// A request whose parts are known to fit together, before anything is written.
struct SessionPlan {
  let model: Model
  let recipe: Recipe
  let device: Device
  /// The weights it starts from, with their version.
  let start: Params?
  /// What of other weights it starts from, in the place of `start`.
  let partial: PartialStartWeights?
  let dataFingerprint: String
  let memory: MemoryEstimate
  /// The model file as the session will find it.
  let modelFile: String

  /// Reads the model, the data and the recipe and tries them on each other.
  ///
  /// - Parameters:
  ///   - model: The model where the workspace need not have it; by default that of the request.
  ///   - data: The data where they have been read already.
  /// - Throws: the sentence for the first thing that does not fit.
  init(
    _ request: StartRequest, model given: Model? = nil, data: TrainingData? = nil,
    in workspace: Workspace
  ) throws {
    let model = try given ?? Model.load(request.model, from: workspace)
    self.model = model
    modelFile = try model.network.modelFile()
    recipe = try Recipe(json: request.recipe)
    guard let device = Device(request.device) else {
      throw EngineError(
        .invalid, "'\(request.device)' is no device; use 'cpu' or 'cuda:0'.")
    }
    self.device = device
    if device != .cpu, !Backend.devices().contains(where: { $0.device == device }) {
      throw EngineError(.invalid, "This machine has no device '\(device)'; use 'cpu'.")
    }
    let data = try data ?? TrainingData(request.data, in: workspace)
    try data.check(against: model.network, recipe: recipe)
    dataFingerprint = try DataRecord.find(request.data, in: workspace).fingerprint
    memory = MemoryEstimate(model.network, recipe: recipe, data: data)
    if let wanted = request.partial {
      start = nil
      partial = try PartialStartWeights(
        wanted, of: request.startParams, for: model, seed: recipe.seed, in: workspace)
    } else {
      partial = nil
      start = try request.startParams.map { try Params.find($0, model: model.name, in: workspace) }
      _ = try start?.load(for: model.network)
    }
  }
}
