import Foundation
import Records
import Storage
import Training

/// Writes what a training run reports into its session's folder.
///
/// The run never waits for readers. A write that fails is kept as `problem`, and the worker ends
/// the session with that sentence.
final class SessionRecorder {
  /// The file of a checkpoint that holds weights, state and position.
  static let checkpointFile = "state.safetensors"

  /// The first write that failed.
  private(set) var problem: (any Error)?
  /// How the run ended, by its own word.
  private(set) var endState = SessionState.finished
  /// The newest value of the metrics that sum the run up.
  private(set) var summary: [String: Double] = [:]

  private let folder: SessionFolder
  private let lease: SessionLease
  private let trainer: Trainer
  private let data: DataManager
  private let journal: JournalWriter
  private let checkpoints: CheckpointWriter
  private let events: EventFile?
  private let ownsProcess: Bool
  /// The newest steps that branches leave from; the engine copies them as soon as it hears of them.
  private var branchSteps: [Int] = []
  private var lastBeat = 0.0
  /// The length of the run that the timeline has told last.
  private var length: RunLength?
  /// The most bytes of memory the process was seen to take; `nil` where it is not the session's own.
  private(set) var memoryBytes: Int?

  init(
    folder: SessionFolder, lease: SessionLease, trainer: Trainer, data: DataManager,
    warnings: [String], ownsProcess: Bool
  ) throws {
    self.data = data
    self.ownsProcess = ownsProcess
    self.folder = folder
    self.lease = lease
    self.trainer = trainer
    journal = try folder.makeJournal(attempt: lease.attempt, resumedFrom: trainer.step)
    checkpoints = CheckpointWriter(
      folder.checkpoints, attempt: lease.attempt, journal: journal)
    events =
      folder.request.writesTensorBoard
      ? try EventFile(in: folder.url, attempt: lease.attempt) : nil
    for warning in warnings { try note(.warning, message: warning) }
  }

  /// Writes an event down.
  func record(_ event: TrainingEvent) {
    guard problem == nil else { return }
    do {
      try write(event)
    } catch {
      problem = error
    }
  }

  /// Writes down what was measured at several steps.
  func record(_ block: MetricBlock) {
    guard problem == nil, block.count > 0 else { return }
    do {
      try journal.append(block)
      if let events {
        for index in 0..<block.count { try events.append(block.points(at: index)) }
      }
      sumUp(block.points(at: block.count - 1))
      if block.times[block.count - 1] - lastBeat >= 1 { try beat() }
    } catch {
      problem = error
    }
  }

  /// Adds a line to the timeline.
  func note(_ event: TimelineEntry.Event, message: String? = nil, step: Int? = nil) throws {
    var entry = TimelineEntry(
      time: Date().timeIntervalSince1970, attempt: lease.attempt, step: step ?? trainer.step,
      epochs: trainer.epochsEnded, event: event, message: message)
    let length = RunLength(epochs: trainer.recipe.epochs, totalSteps: trainer.totalSteps)
    if let told = self.length, told != length { entry.length = length }
    self.length = length
    try folder.appendTimeline(entry)
  }

  /// Writes what is left, and waits for a checkpoint that is being written.
  func close() throws {
    checkpoints.wait()
    try journal.close()
    try events?.close()
  }

  private func write(_ event: TrainingEvent) throws {
    switch event {
    case .started(let totalSteps, let epochs, _, let fingerprint):
      let process = Int(ProcessInfo.processInfo.processIdentifier)
      try note(
        .started(
          process: process, totalSteps: totalSteps, epochs: epochs, fingerprint: fingerprint))
      try note(.state(.running))
      try beat()
    case .metrics(let points): try measured(points)
    case .histogram(let histogram): try journal.append(histogram)
    case .images(let images): try journal.append(images)
    case .epochEnded(let epoch, let points):
      try measured(points)
      try note(.epoch(epoch), step: points.step)
    case .acknowledged(let command, let step, _) where command.number == 0:
      try note(.warning, message: "A signal asked the process to stop.", step: step)
    case .acknowledged(let command, let step, let refusal):
      try note(.acknowledged(command: command.number, refusal: refusal), step: step)
      if case .threads(let count) = command.action, refusal == nil {
        try note(.threads(count), step: step)
      }
      if case .branch = command.action, refusal == nil {
        branchSteps = branchSteps.suffix(7) + [step]
      }
    case .checkpointed(let step): try note(.checkpoint(step: step), step: step)
    case .warning(let step, let message): try note(.warning, message: message, step: step)
    case .ended(_, let state): endState = state
    }
    if Date().timeIntervalSince1970 - lastBeat >= 1 { try beat() }
  }

  private func measured(_ points: MetricPoints) throws {
    try journal.append(points)
    try events?.append(points)
    sumUp(points)
  }

  private func sumUp(_ points: MetricPoints) {
    for (key, value) in points.values where !MetricPoints.isOfPart(key) { summary[key] = value }
  }

  /// Tells whoever watches that the run goes on.
  func beat() throws {
    lastBeat = Date().timeIntervalSince1970
    if ownsProcess { memoryBytes = ProcessMemory.peak(on: trainer.device) }
    try lease.beat(
      step: trainer.step, memoryBytes: memoryBytes, placements: data.placements)
  }
}

extension SessionRecorder: CheckpointKeeping {
  /// Begins to write a checkpoint into the session's folder.
  func keep(_ checkpoint: Checkpoint) {
    checkpoints.begin(
      checkpoint, keeping: trainer.recipe.keepCheckpoints,
      protected: Set([trainer.bestCheckpointStep].compactMap(\.self) + branchSteps),
      refusal: problem)
  }

  /// What became of it.
  func outcome(waits: Bool) -> CheckpointOutcome? { checkpoints.outcome(waits: waits) }
}
