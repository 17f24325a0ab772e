import Foundation
import Lasagne
import Records
import Tensors

// The end of an epoch: what is measured, what depends on it, what is kept.
extension Trainer {
  func endEpoch(
    save: (Checkpoint) throws -> Void, observer: (TrainingEvent) -> Void
  ) throws {
    position.epoch += 1
    position.sample = 0
    try flushReport(observer)
    try averageEpoch()
    var values = epochTotals.means(.trainingEpoch, hasAccuracy: function.hasAccuracy)
    values["rate/samples"] = clock.rate(since: .epoch)
    epochTotals = Totals()
    if let validation {
      let indices = validation.indices[...]
      values.merge(try measure(validation.store, indices, .validation, observer)) { $1 }
    }
    try showHistograms(observer)
    observer(.epochEnded(epoch: position.epoch, points: points(values)))
    let isBest = try judge(values, observer)
    let interval = recipe.checkpointEveryEpochs
    let isLast = position.epoch >= recipe.epochs || state.isOver
    if isLast { try restoreBest(observer) }
    let isDue = interval > 0 && (isLast || position.epoch.isMultiple(of: interval))
    if isDue || isBest || isCheckpointDue { try keepCheckpoint(save, observer) }
  }

  func runTest(_ observer: (TrainingEvent) -> Void) throws {
    guard let test else { return }
    let indices = Array(0..<test.count)[...]
    observer(.metrics(points(try measure(test, indices, .test, observer))))
  }

  /// The metrics over samples in deterministic mode, also of the averaged weights.
  private func measure(
    _ store: SampleStore, _ indices: ArraySlice<Int>, _ names: MetricNames,
    _ observer: (TrainingEvent) -> Void
  ) throws -> [String: Double] {
    var meter = MetricMeter(recipe.metrics, objective: recipe.objective)
    let totals = try Evaluation(function: function, weights: weights)
      .totals(of: store, at: indices, meter: &meter)
    var values = totals.means(names, hasAccuracy: function.hasAccuracy)
    values.merge(meter.values(part: names.part, totals: totals)) { $1 }
    if let image = meter.image(part: names.part, step: step, time: time) {
      observer(.images(image))
    }
    guard let average = kept.average, recipe.average?.evaluates == true else { return values }
    var unused = MetricMeter([], objective: recipe.objective)
    let averaged = try Evaluation(function: function, weights: average)
      .totals(of: store, at: indices, meter: &unused)
    values.merge(averaged.means(names.averaged, hasAccuracy: function.hasAccuracy)) { $1 }
    return values
  }

  /// Lets what depends on metrics see those of the epoch.
  ///
  /// - Returns: Whether it is the best epoch so far and is to be kept.
  private func judge(
    _ values: [String: Double], _ observer: (TrainingEvent) -> Void
  ) throws -> Bool {
    if let plateau = recipe.schedule.plateau, let value = values[plateau.metric] {
      state.plateau.take(value, plateau)
    }
    if let stopping = recipe.earlyStopping, let value = values[stopping.metric] {
      let isBest = state.earlyStopping.take(
        value, goal: stopping.goal ?? .usual(for: stopping.metric),
        minimumChange: stopping.minimumChange, epoch: position.epoch, step: step)
      if isBest, stopping.restoresBest { kept.best = try weights.namedArrays() }
      if state.earlyStopping.waited > stopping.patience {
        state.isOver = true
        observer(
          .warning(
            step: step,
            message: "The run ends early: \(stopping.metric) has not got better for "
              + "\(state.earlyStopping.waited) epochs."))
      }
    }
    guard let metric = recipe.bestCheckpointBy, let value = values[metric] else { return false }
    return state.bestCheckpoint.take(
      value, goal: .usual(for: metric), epoch: position.epoch, step: step)
  }

  /// Brings back the weights of the best epoch, where the recipe asks for it.
  private func restoreBest(_ observer: (TrainingEvent) -> Void) throws {
    guard recipe.earlyStopping?.restoresBest == true, !kept.best.isEmpty,
      state.earlyStopping.waited > 0
    else { return }
    try weights.assign(kept.best, device: device)
    observer(
      .warning(
        step: step,
        message: "The weights are those of epoch \(state.earlyStopping.epoch) again, the best."))
  }

  /// The step of the best epoch's checkpoint, which is kept whatever its age; `nil` without one.
  public var bestCheckpointStep: Int? {
    recipe.bestCheckpointBy != nil && state.bestCheckpoint.epoch > 0
      ? state.bestCheckpoint.step : nil
  }

  /// Whether steps or minutes ask for a checkpoint.
  var isCheckpointDue: Bool {
    let steps = recipe.checkpointEverySteps
    let seconds = 60 * recipe.checkpointEveryMinutes
    return steps > 0 && step.isMultiple(of: steps)
      || seconds > 0 && (ContinuousClock.now - lastCheckpoint).seconds >= seconds
  }

  func keepCheckpoint(
    _ save: (Checkpoint) throws -> Void, _ observer: (TrainingEvent) -> Void
  ) throws {
    try save(try checkpoint())
    lastCheckpoint = .now
    observer(.checkpointed(step: step))
  }
}
