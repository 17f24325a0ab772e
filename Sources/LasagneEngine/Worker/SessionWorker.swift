import Foundation
import Lasagne
import Records
import Storage
import Tensors
import Training

/// Trains one session from its folder, on the calling thread, and writes all that happens there.
///
/// It owns the session's lease while it lives, and leaves `exit.json` as its last word, whatever
/// happens short of the process's own death.
public struct SessionWorker {
  private let url: URL
  private let data: DataManager
  private let stop: StopFlag

  /// Prepares the training of the session in this folder.
  public init(folder: URL, data: DataManager = DataManager(), stop: StopFlag = StopFlag()) {
    self.url = folder
    self.data = data
    self.stop = stop
  }

  /// Trains until the end and returns the exit code: 0 done, 1 the work failed, 2 no such session.
  public func run() -> Int32 {
    let folder: SessionFolder
    let lease: SessionLease
    do {
      folder = try SessionFolder.open(url)
      lease = try folder.acquireLease(attempt: folder.nextAttempt())
    } catch {
      say("\(error)")
      return 2
    }
    defer { withExtendedLifetime(lease) {} }
    let reserve = DiskReserve(in: url)
    var step = 0
    var exit: ExitRecord
    do {
      let state = try train(folder, lease, &step)
      exit = ExitRecord(
        state: state, message: nil, attempt: lease.attempt, step: step, time: now())
    } catch {
      say("\(error)")
      exit = ExitRecord(
        state: .failed, message: "\(error)", attempt: lease.attempt, step: step, time: now())
    }
    reserve.release()
    do {
      try folder.writeExit(exit)
    } catch {
      say("\(error)")
      return 1
    }
    return exit.state == .failed ? 1 : 0
  }

  private func train(
    _ folder: SessionFolder, _ lease: SessionLease, _ step: inout Int
  ) throws -> SessionState {
    let request = folder.request
    let workspace = try Workspace.open(
      at: url.deletingLastPathComponent().deletingLastPathComponent())
    guard let device = Device(request.device) else {
      throw EngineError(.invalid, "'\(request.device)' is no device; use 'cpu' or 'cuda:0'.")
    }
    try Backend.load()
    if device == .cpu { Backend.setThreadCount(request.threads) }
    let model = try Model.load(request.model, from: workspace)
    let samples = try data.trainingData(request.data, from: workspace)
    let (checkpoint, warnings) = try newestCheckpoint(folder)
    let trainer: Trainer
    if var checkpoint {
      // Attempts are counted by starts, also by those that never came to a checkpoint.
      checkpoint.attempt = lease.attempt - 1
      trainer = try Trainer.resume(
        from: checkpoint, network: model.network, data: samples, device: device)
    } else {
      trainer = try Trainer(
        network: model.network, weights: try startWeights(model, request, device, workspace),
        data: samples, recipe: try Recipe(json: request.recipe), device: device)
    }
    step = trainer.step
    let recorder = try SessionRecorder(
      folder: folder, lease: lease, trainer: trainer, warnings: warnings)
    let control = try ControlLog(folder, stop: stop)
    do {
      try trainer.run(control: control, save: recorder.save) { event in recorder.record(event) }
    } catch {
      step = trainer.step
      // What was measured up to the mistake helps to understand it.
      try? recorder.close()
      throw recorder.problem ?? error
    }
    step = trainer.step
    if let problem = recorder.problem {
      try? recorder.close()
      throw problem
    }
    let state = recorder.endState
    try saveParams(trainer, model, request, recorder, workspace)
    try recorder.close()
    return state
  }

  private func startWeights(
    _ model: Model, _ request: SessionRequest, _ device: Device, _ workspace: Workspace
  ) throws -> Weights? {
    guard let reference = request.startParams else { return nil }
    let params = try Params.find(reference, model: model.name, in: workspace)
    return try Weights(params.load(for: model.network), for: model.network, device: device)
  }

  private func newestCheckpoint(_ folder: SessionFolder) throws -> (Checkpoint?, [String]) {
    try folder.checkpoints.removeLeftovers()
    let (found, warnings) = folder.checkpoints.newestVerified()
    guard let found else { return (nil, warnings) }
    let file = found.folder.url.appendingPathComponent(SessionRecorder.checkpointFile)
    return (try Checkpoint(contentsOf: file), warnings)
  }

  private func saveParams(
    _ trainer: Trainer, _ model: Model, _ request: SessionRequest, _ recorder: SessionRecorder,
    _ workspace: Workspace
  ) throws {
    let parent = try request.startParams.map {
      try Params.find($0, model: model.name, in: workspace).reference
    }
    let params = try Params.save(
      trainer.weights.hostArrays(), of: model, as: request.saveParams, in: workspace,
      origin: ParamsStore.Origin(
        parent: parent, session: request.id, step: trainer.step, metrics: recorder.summary))
    try recorder.note(.params(name: params.name, version: params.version.version))
  }

  private func now() -> Double { Date().timeIntervalSince1970 }

  /// A sentence for the session's log, which may lie on a full disk.
  private func say(_ sentence: String) {
    try? FileHandle.standardError.write(contentsOf: Data((sentence + "\n").utf8))
  }
}

/// A little room on the disk, so that a session can still say why it ended when the disk is full.
struct DiskReserve {
  private let file: URL

  init(in folder: URL) {
    file = folder.appendingPathComponent(".reserve")
    try? Data(repeating: 0x20, count: 32_768).write(to: file)
  }

  func release() {
    try? FileManager.default.removeItem(at: file)
  }
}
