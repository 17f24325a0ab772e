import Lasagne
import Records
import Tensors

// The end of an epoch: what is measured, what depends on it, what is kept.
extension Trainer {
  /// Measures the epoch whose last step is done, and does all that depends on it.
  ///
  /// Until the measurement is whole the epoch counts as one that goes on, and nothing has changed
  /// but what was reported: a run that pauses meanwhile measures it when it is resumed.
  func endEpoch(
    _ control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer: @escaping (TrainingEvent) -> Void
  ) throws -> Obedience {
    try flushReport(observer)
    handOverReports()
    let measurement = try measureObeying(control, checkpoints, observer) { goesOn in
      try measureEpoch(goesOn: goesOn)
    }
    let measured: MeasuredEpoch
    switch measurement {
    case .interrupted(let obedience): return obedience
    case .done(let done): measured = done
    }
    position.epoch += 1
    position.sample = 0
    if let average = measured.average {
      kept.average = average
      state.averageCount += 1
    }
    var values = epochTotals.means(.trainingEpoch, hasAccuracy: function.hasAccuracy)
    values["rate/samples"] = clock.rateSinceEpoch()
    epochTotals = Totals()
    values.merge(measured.samples?.values ?? [:]) { $1 }
    for images in measured.samples?.images ?? [] { observer(.images(images)) }
    try showHistograms(observer)
    showHealth(observer)
    observer(.epochEnded(epoch: position.epoch, points: points(values)))
    let isBest = try judge(values, observer)
    let interval = recipe.checkpointEveryEpochs
    let isDue = interval > 0 && position.epoch.isMultiple(of: interval)
    // Where the run is over, the weights may have to become those of the best epoch first.
    if !isOver, isDue || isBest || isCheckpointDue { try keepCheckpoint(checkpoints, observer) }
    return .goOn
  }

  /// Whether there is no epoch left to train.
  var isOver: Bool { state.isOver || position.epoch >= recipe.epochs }

  /// Brings back the weights that are to stay, and keeps the run as it is at its end.
  func finishEpochs(
    checkpoints: some CheckpointKeeping, observer: (TrainingEvent) -> Void
  ) throws {
    try restoreBest(observer)
    if recipe.checkpointEveryEpochs > 0 || bestCheckpointStep == step || isCheckpointDue {
      try keepCheckpoint(checkpoints, observer)
    }
  }

  /// What is measured at the end of an epoch; changes nothing.
  private func measureEpoch(goesOn: () throws -> Bool) throws -> MeasuredEpoch? {
    guard try goesOn() else { return nil }
    let average = try averageWithEpoch()
    guard let validation else { return MeasuredEpoch(samples: nil, average: average) }
    let samples = try measure(
      validation.store, validation.indices[...], .validation, average: average ?? kept.average,
      goesOn: goesOn)
    return samples.map { MeasuredEpoch(samples: $0, average: average) }
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
    takenMoment = nil
    observer(
      .warning(
        step: step,
        message: "The weights are those of epoch \(state.earlyStopping.epoch) again, the best."))
  }
}

/// What was measured at the end of an epoch.
private struct MeasuredEpoch {
  /// The metrics over the validation samples; `nil` where there are none.
  let samples: MeasuredSamples?
  /// The average over epochs with this one; `nil` where none is taken.
  let average: Weights?
}
