import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Training

/// All that a session needs before its first step, read from its folder and its workspace.
struct SessionPreparation {
  /// What it goes on from; `nil` where it begins.
  let checkpoint: Checkpoint?
  /// What is to be said of older checkpoints, as sentences.
  let warnings: [String]
  let model: Model
  private let workspace: Workspace
  private let request: SessionRequest
  private let device: Device
  private let samples: TrainingData

  /// Reads everything as the session's process, and has the calling thread use the session's number of threads.
  ///
  /// - Throws: the sentence for the first thing that cannot be used.
  init(_ folder: SessionFolder, data: DataManager) throws {
    request = folder.request
    workspace = try folder.workspace()
    guard let device = Device(request.device) else {
      throw EngineError(.invalid, "'\(request.device)' is no device; use 'cpu' or 'cuda:0'.")
    }
    self.device = device
    try Backend.load()
    model = try Model.load(of: folder, in: workspace)
    let record = try DataRecord.find(request.data, in: workspace)
    if let expected = request.dataFingerprint, expected != record.fingerprint {
      throw EngineError(
        .invalid,
        "The data '\(request.data)' are not those the session was started with; put them back "
          + "under that name, or start a new session.")
    }
    samples = try data.trainingData(request.data, from: workspace)
    try folder.checkpoints.removeLeftovers()
    let (found, problems) = try Checkpoint.newest(of: folder)
    var newest = found
    // What a callback wished for has come true; whoever goes on now wants more.
    if let exit = try folder.readExit(), exit.state == .stopped, exit.step == newest?.step {
      newest?.forgetWishToStop()
    }
    checkpoint = newest
    warnings = problems
    if device == .cpu {
      // The number of threads decides bits, so a run goes on with that of its checkpoint.
      let threads = checkpoint?.fingerprint["threads"].flatMap { Int($0) }
      Backend.setThreadCount(threads ?? request.threads)
    }
  }

  /// The trainer of an attempt, which owns the weights.
  func trainer(attempt: Int) throws -> Trainer {
    if var checkpoint {
      // Attempts are counted by starts, also by those that never came to a checkpoint.
      checkpoint.attempt = attempt - 1
      return try Trainer.resume(
        from: checkpoint, network: model.network, data: samples, device: device)
    }
    return try Trainer(
      network: model.network, weights: try startWeights(), data: samples,
      recipe: try Recipe(json: request.recipe), device: device)
  }

  /// Keeps weights under the session's name for them.
  func saveParams(
    _ arrays: [HostArray], step: Int, metrics: [String: Double]
  ) throws -> Params {
    try model.saveParams(arrays, of: request, step: step, metrics: metrics, in: workspace)
  }

  /// Keeps the averaged weights of a run, made from those it ended with; `nil` where it has none.
  func saveAverage(
    of trainer: Trainer, beside params: Params, metrics: [String: Double]
  ) throws -> Params? {
    guard let average = trainer.recipe.average, let weights = trainer.averagedWeights else {
      return nil
    }
    return try model.saveAverage(
      weights.hostArrays(), average, beside: params, of: request, step: trainer.step,
      metrics: metrics, in: workspace)
  }

  private func startWeights() throws -> Weights? {
    guard let reference = request.startParams else { return nil }
    let params = try Params.find(reference, model: model.name, in: workspace)
    return try Weights(params.load(for: model.network), for: model.network, device: device)
  }
}

extension SessionFolder {
  /// The workspace it lies in.
  func workspace() throws(StorageError) -> Workspace {
    try Workspace.open(at: url.deletingLastPathComponent().deletingLastPathComponent())
  }
}

extension Model {
  /// The model that a session trains, as it was when the session was asked for.
  static func load(of folder: SessionFolder, in workspace: Workspace) throws -> Model {
    guard let text = try folder.model() else {
      return try load(folder.request.model, from: workspace)
    }
    let name = workspace.models.current(folder.request.model)
    return Model(name, network: try Network(modelFile: text))
  }

  /// Keeps the weights of a session as the next version of the name it was given for them.
  func saveParams(
    _ arrays: [HostArray], of request: SessionRequest, step: Int, metrics: [String: Double],
    in workspace: Workspace
  ) throws -> Params {
    let parent = try request.startParams.map {
      try Params.find($0, model: name, in: workspace).reference
    }
    return try Params.save(
      arrays, of: self, as: request.saveParams, in: workspace,
      origin: ParamsStore.Origin(
        parent: parent, session: request.id, step: step, metrics: metrics))
  }

  /// Keeps the averaged weights of a session as the next version of a name of their own, made from
  /// the weights it ended with.
  func saveAverage(
    _ arrays: [HostArray], _ average: WeightAverage, beside params: Params,
    of request: SessionRequest, step: Int, metrics: [String: Double], in workspace: Workspace
  ) throws -> Params {
    try Params.save(
      // A name has at most 64 characters.
      arrays, of: self, as: String(params.name.prefix(60)) + average.suffix, in: workspace,
      origin: ParamsStore.Origin(
        parent: params.reference, session: request.id, step: step,
        metrics: WeightAverage.metrics(among: metrics), notes: average.summary))
  }

  /// Keeps the averaged weights of a checkpoint; `nil` where it has none.
  func saveAverage(
    of checkpoint: Checkpoint, beside params: Params, of request: SessionRequest,
    metrics: [String: Double], in workspace: Workspace
  ) throws -> Params? {
    let weights = checkpoint.averagedWeights
    guard let average = checkpoint.recipe.average, !weights.isEmpty else { return nil }
    return try saveAverage(
      checkpoint.arrays(for: network, among: weights), average, beside: params, of: request,
      step: checkpoint.step, metrics: metrics, in: workspace)
  }
}

extension Checkpoint {
  /// The newest good checkpoint of a session, else the one it branched from, with a sentence for
  /// each that had to be passed over.
  static func newest(of folder: SessionFolder) throws -> (Checkpoint?, [String]) {
    let (found, warnings) = folder.checkpoints.newestVerified()
    if let found { return (try Checkpoint(found.folder), warnings) }
    guard let origin = folder.request.origin else { return (nil, warnings) }
    guard let source = folder.origin.newestVerified().checkpoint else {
      throw EngineError(
        .failed,
        "The checkpoint at step \(origin.step) that the session branched from is damaged or gone; "
          + "branch again from the session \(origin.session).")
    }
    var checkpoint = try Checkpoint(source.folder)
    checkpoint.recipe = try Recipe(json: folder.request.recipe)
    // The numbers of commands are those of the other session.
    checkpoint.obeyed = []
    return (checkpoint, warnings)
  }

  /// Reads the checkpoint in a committed folder.
  init(_ folder: CheckpointFolder) throws {
    try self.init(contentsOf: folder.url.appendingPathComponent(SessionRecorder.checkpointFile))
  }

  /// The weights in a network's order.
  ///
  /// - Parameter chosen: Others of the checkpoint, by full name.
  /// - Throws: `EngineError` where one is missing.
  func arrays(
    for network: Network, among chosen: [String: HostArray]? = nil
  ) throws(EngineError) -> [HostArray] {
    try network.parameters.map { parameter throws(EngineError) in
      guard let array = (chosen ?? weights)[parameter.fullName] else {
        throw EngineError(
          .failed, "The checkpoint at step \(step) has no \(parameter.fullName).")
      }
      return array
    }
  }
}
