import Datasets
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
  private let ownsProcess: Bool

  /// Prepares the training of the session in this folder.
  ///
  /// - Parameter ownsProcess: Whether the process does nothing else, so that its memory is the
  ///   session's.
  public init(
    folder: URL, data: DataManager = DataManager(), stop: StopFlag = StopFlag(),
    ownsProcess: Bool = true
  ) {
    self.url = folder
    self.data = data
    self.stop = stop
    self.ownsProcess = ownsProcess
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
    var exit = ExitRecord(
      state: .failed, message: nil, attempt: lease.attempt, step: 0,
      time: Date().timeIntervalSince1970)
    do {
      try train(folder, lease, &exit)
    } catch {
      say("\(error)")
      exit.state = Self.isDiskFull(error) ? .paused : .failed
      exit.message = "\(error)"
    }
    exit.time = Date().timeIntervalSince1970
    reserve.release()
    do {
      try folder.writeExit(exit)
    } catch {
      say("\(error)")
      return 1
    }
    return exit.message == nil ? 0 : 1
  }

  /// Whether somebody only has to make room for the session to go on as if nothing had happened.
  static func isDiskFull(_ error: any Error) -> Bool {
    if let error = error as? StorageError { return error.kind == .noSpace }
    return (error as? FileFormatError)?.isDiskFull == true
  }

  private func train(
    _ folder: SessionFolder, _ lease: SessionLease, _ exit: inout ExitRecord
  ) throws {
    let preparation = try SessionPreparation(folder, data: data)
    let trainer = try preparation.trainer(attempt: lease.attempt)
    exit.step = trainer.step
    let recorder = try SessionRecorder(
      folder: folder, lease: lease, trainer: trainer, data: data,
      warnings: preparation.warnings, ownsProcess: ownsProcess)
    let control = try ControlLog(
      folder, from: trainer.step, epochs: trainer.epochsEnded,
      obeyed: preparation.checkpoint?.obeyed ?? [], stop: stop)
    if let resume = control.resume {
      try recorder.note(.acknowledged(command: resume, refusal: nil))
    }
    trainer.blockObserver = { [weak recorder] block in recorder?.record(block) }
    do {
      try trainer.run(control: control, checkpoints: recorder) { event in
        recorder.record(event)
        if case .epochEnded(let epoch, _) = event { control.epochEnded(epoch) }
      }
    } catch {
      exit.step = trainer.step
      exit.memoryBytes = recorder.memoryBytes
      // What was measured up to the mistake helps to understand it.
      try? recorder.close()
      throw recorder.problem ?? error
    }
    exit.step = trainer.step
    if let problem = recorder.problem {
      try? recorder.close()
      throw problem
    }
    exit.state = recorder.endState
    if exit.state == .paused {
      try recorder.note(.state(.paused))
    } else {
      let arrays = try trainer.weights.hostArrays()
      exit.weights = WeightDigest.sha256(of: arrays, in: trainer.network)
      let params = try preparation.saveParams(
        arrays, step: trainer.step, metrics: recorder.summary)
      try recorder.note(.params(name: params.name, version: params.version.version))
      let average = try preparation.saveAverage(
        of: trainer, beside: params, metrics: recorder.summary)
      if let average {
        try recorder.note(.params(name: average.name, version: average.version.version))
      }
    }
    try recorder.close()
    try recorder.beat()
    exit.memoryBytes = recorder.memoryBytes
  }

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
