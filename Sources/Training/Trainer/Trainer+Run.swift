import Foundation
import Lasagne
import Records
import Tensors

extension Trainer {
  /// Trains until the recipe is done, or a command or a callback stops it.
  ///
  /// - Parameters:
  ///   - control: Asked between every two steps.
  ///   - save: Keeps a checkpoint: every few epochs by the recipe, at a pause, at the end, and when
  ///     asked. What it throws refuses the command that asked, or ends the run.
  ///   - tell: Told everything that happens, in order, on this thread.
  /// - Returns: `finished`, `stopped` or `paused`.
  /// - Throws: `TrainingError` where a loss or a gradient is not finite and the recipe says to stop, and
  ///   what tensors, callbacks or `save` throw.
  @discardableResult
  public func run(
    control: some ControlSource = NoControl(), save: (Checkpoint) throws -> Void = { _ in },
    observer tell: (TrainingEvent) -> Void
  ) throws -> SessionState {
    func observer(_ event: TrainingEvent) {
      tell(event)
      callBack(event)
    }
    observer(
      .started(
        totalSteps: totalSteps, epochs: recipe.epochs,
        stepsPerEpoch: recipe.stepsPerEpoch(trainingCount: trainingCount),
        fingerprint: fingerprint))
    if let resumeNotice { observer(.warning(step: step, message: resumeNotice)) }
    if step == 0 { try showPictures(observer) }
    while position.epoch < recipe.epochs, !state.isOver {
      let order = sampleOrder(epoch: position.epoch)
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
    _ = try isToldToStop()
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
      if try isToldToStop() {
        try keepCheckpoint(save, observer)
        return .stop
      }
      guard let range = nextSamples() else { return .goOn }
      try runStep(order[range], observer: observer)
      position.sample = range.upperBound
      try report(observer)
      // At the end of an epoch there is one when it has been measured.
      if nextSamples() != nil, isCheckpointDue { try keepCheckpoint(save, observer) }
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
    try keepStart()
    let isWatched = isObserved(step: number + 1) && clock.canWatch
    let outcome = try clock.work(samples: indices.count) {
      if frozen.isEmpty,
        let planned = try planner.step(
          training, indices, epoch: position.epoch, recipe: recipe, learningRate: learningRate,
          number: number, isWatched: isWatched)
      {
        return StepOutcome.done(planned)
      }
      return try trainingStep(
        indices, of: training, epoch: position.epoch, recipe: recipe, learningRate: learningRate,
        number: number, isWatched: isWatched, frozen: frozen)
    }
    let result: StepResult
    switch outcome {
    case .refused(let finding): return try answer(finding, observer)
    case .done(let done): result = done
    }
    clock.moveToWatch(result.watchDuration)
    position.step += 1
    obeyed = []
    state.skipped = 0
    try averageUpdate()
    reportTotals += result.totals
    epochTotals += result.totals
    watched = result.watched
  }

  /// The step size of the next update: the recipe's, by its schedule.
  public var learningRate: Double {
    recipe.learningRate * state.rateFactor
      * recipe.schedule.factor(
        at: epoch, of: Double(recipe.epochs), plateauFactor: state.plateau.factor)
  }
}
