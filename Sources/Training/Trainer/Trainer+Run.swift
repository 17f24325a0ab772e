import Datasets
import Foundation
import Lasagne
import Records
import Tensors

extension Trainer {
  /// Trains until the recipe is done or a command stops it.
  ///
  /// - Parameters:
  ///   - control: Asked between every two steps.
  ///   - save: Keeps a checkpoint: every few epochs by the recipe, at a pause, at the end, and when
  ///     asked. What it throws refuses the command that asked, or ends the run.
  ///   - observer: Told everything that happens, in order, on this thread.
  /// - Returns: `finished`, `stopped` or `paused`.
  /// - Throws: `TrainingError` where the loss is not finite, and what tensors or `save` throw.
  @discardableResult
  public func run(
    control: some ControlSource = NoControl(), save: (Checkpoint) throws -> Void = { _ in },
    observer: (TrainingEvent) -> Void
  ) throws -> SessionState {
    observer(
      .started(
        totalSteps: totalSteps, epochs: recipe.epochs,
        stepsPerEpoch: recipe.stepsPerEpoch(trainingCount: trainingCount),
        fingerprint: fingerprint))
    if let resumeNotice { observer(.warning(step: step, message: resumeNotice)) }
    if step == 0 { try showPictures(observer) }
    while position.epoch < recipe.epochs {
      let order = BatchOrder(
        seed: DerivedSeed.seed(recipe.seed, for: .order), indices: trainingIndices,
        batchSize: recipe.batchSize
      ).indices(epoch: position.epoch)
      training.follow(order)
      let outcome = try runEpoch(order, control: control, save: save, observer: observer)
      if outcome != .goOn {
        let state = outcome == .stop ? SessionState.stopped : .paused
        observer(.ended(step: step, state: state))
        return state
      }
      try endEpoch(save: save, observer: observer)
    }
    try runTest(observer)
    observer(.ended(step: step, state: .finished))
    return .finished
  }

  private func runEpoch(
    _ order: [Int], control: some ControlSource, save: (Checkpoint) throws -> Void,
    observer: (TrainingEvent) -> Void
  ) throws -> Obedience {
    while true {
      let obedience = try obey(control, save: save, observer: observer)
      if obedience != .goOn { return obedience }
      guard let range = nextSamples() else { return .goOn }
      try runStep(order[range], observer: observer)
      position.sample = range.upperBound
      try report(observer)
    }
  }

  /// The next update's part of the epoch's order; `nil` at its end.
  private func nextSamples() -> Range<Int>? {
    let end = min(position.sample + recipe.samplesPerUpdate, trainingCount)
    let isFull = end - position.sample == recipe.samplesPerUpdate
    guard end > position.sample, isFull || !recipe.dropLast else { return nil }
    return position.sample..<end
  }

  private func runStep(_ indices: ArraySlice<Int>, observer: (TrainingEvent) -> Void) throws {
    let number = position.step
    let isWatched = isObserved(step: number + 1) && clock.canWatch
    let result = try clock.work(samples: indices.count) {
      if frozen.isEmpty,
        let planned = try planner.step(
          training, indices, epoch: position.epoch, recipe: recipe, learningRate: learningRate,
          number: number, isWatched: isWatched)
      {
        return planned
      }
      return try trainingStep(
        indices, of: training, epoch: position.epoch, recipe: recipe, learningRate: learningRate,
        number: number, isWatched: isWatched, frozen: frozen)
    }
    clock.moveToWatch(result.watchDuration)
    position.step += 1
    obeyed = []
    reportTotals += result.totals
    epochTotals += result.totals
    watched = result.watched
  }

  /// The step size of the next update: the recipe's, by its schedule.
  public var learningRate: Double {
    recipe.learningRate
      * recipe.schedule.factor(
        at: epoch, of: Double(recipe.epochs), plateauFactor: state.plateau.factor)
  }

  private func endEpoch(
    save: (Checkpoint) throws -> Void, observer: (TrainingEvent) -> Void
  ) throws {
    position.epoch += 1
    position.sample = 0
    try flushReport(observer)
    var values = epochTotals.means(.trainingEpoch, hasAccuracy: function.hasAccuracy)
    values["rate/samples"] = clock.rate(since: .epoch)
    epochTotals = Totals()
    if let validation {
      let totals = try evaluate(validation.store, validation.indices[...])
      values.merge(totals.means(.validation, hasAccuracy: function.hasAccuracy)) { $1 }
    }
    judge(values)
    try showHistograms(observer)
    observer(.epochEnded(epoch: position.epoch, points: points(values)))
    let interval = recipe.checkpointEveryEpochs
    let isLast = position.epoch >= recipe.epochs
    if interval > 0, isLast || position.epoch.isMultiple(of: interval) {
      try save(try checkpoint())
      observer(.checkpointed(step: step))
    }
  }

  /// Lets what depends on metrics see those of the epoch.
  private func judge(_ values: [String: Double]) {
    if let plateau = recipe.schedule.plateau, let value = values[plateau.metric] {
      state.plateau.take(value, plateau)
    }
  }

  private func runTest(_ observer: (TrainingEvent) -> Void) throws {
    guard let test else { return }
    let totals = try evaluate(test, Array(0..<test.count)[...])
    observer(.metrics(points(totals.means(.test, hasAccuracy: function.hasAccuracy))))
  }

  /// The loss and the correct answers over samples in deterministic mode.
  private func evaluate(_ store: SampleStore, _ indices: ArraySlice<Int>) throws -> Totals {
    let evaluation = Evaluation(function: function, weights: weights)
    return try evaluation.totals(of: store, at: indices)
  }
}
