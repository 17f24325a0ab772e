import Foundation
import Lasagne
import Records
import Tensors

extension Trainer {
  /// Trains until the recipe is done, or a command or a callback stops it.
  ///
  /// - Parameters:
  ///   - control: Asked between every two steps, and between every two batches of a validation.
  ///   - save: Keeps a checkpoint: every few epochs by the recipe, at a pause, at the end, and when
  ///     asked; the run waits for it. What it throws refuses the command that asked, or ends the run.
  ///   - tell: Told everything that happens, in order, on this thread.
  /// - Returns: `finished`, `stopped` or `paused`.
  /// - Throws: `TrainingError` where a loss or a gradient is not finite and the recipe says to stop, and
  ///   what tensors, callbacks or `save` throw.
  @discardableResult
  public func run(
    control: some ControlSource = NoControl(), save: (Checkpoint) throws -> Void = { _ in },
    observer tell: (TrainingEvent) -> Void
  ) throws -> SessionState {
    try withoutActuallyEscaping(save) { save in
      try run(control: control, checkpoints: ImmediateKeeping(save), observer: tell)
    }
  }

  /// Trains until the recipe is done, or a command or a callback stops it.
  ///
  /// - Parameters:
  ///   - control: Asked between every two steps, and between every two batches of a validation.
  ///   - checkpoints: Keeps checkpoints while the run goes on: every few epochs by the recipe, at a
  ///     pause, at the end, and when asked. One that fails refuses the command that asked, or ends
  ///     the run.
  ///   - tell: Told everything that happens, in order, on this thread; of a checkpoint, and of the
  ///     command that asked for it, when it is there.
  /// - Returns: `finished`, `stopped` or `paused`.
  /// - Throws: `TrainingError` where a loss or a gradient is not finite and the recipe says to stop, and
  ///   what tensors, callbacks or keeping a checkpoint throw.
  @discardableResult
  public func run(
    control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer tell: (TrainingEvent) -> Void
  ) throws -> SessionState {
    try withoutActuallyEscaping(tell) { tell in
      try Backend.withOwnStream(device) {
        defer { handOverReports() }
        return try run(control, checkpoints: checkpoints) { event in
          self.handOverReports()
          tell(event)
          self.callBack(event)
        }
      }
    }
  }

  private func run(
    _ control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer: @escaping (TrainingEvent) -> Void
  ) throws -> SessionState {
    // What was captured belongs to the stream of this run.
    defer { capturer.forget() }
    observer(
      .started(
        totalSteps: totalSteps, epochs: recipe.epochs,
        stepsPerEpoch: recipe.stepsPerEpoch(trainingCount: trainingCount),
        fingerprint: fingerprint))
    if let resumeNotice { observer(.warning(step: step, message: resumeNotice)) }
    if step == 0 { try showPictures(observer) }
    let outcome: Obedience
    do {
      outcome = try runEpochs(control, checkpoints: checkpoints, observer: observer)
    } catch {
      // A checkpoint that came to its end all the same is told of.
      try? settle(checkpoints, observer, waits: true)
      throw error
    }
    try settle(checkpoints, observer, waits: true)
    let state: SessionState =
      switch outcome {
      case .goOn: .finished
      case .pause: .paused
      case .stop: .stopped
      }
    observer(.ended(step: step, state: state))
    return state
  }

  /// Trains the epochs that are left, and tests; `goOn` is the recipe's own end.
  private func runEpochs(
    _ control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer: @escaping (TrainingEvent) -> Void
  ) throws -> Obedience {
    while true {
      let isWork = !isOver
      while !isOver {
        let outcome = try runEpoch(control, checkpoints: checkpoints, observer: observer)
        if outcome != .goOn { return outcome }
      }
      if isWork { try finishEpochs(checkpoints: checkpoints, observer: observer) }
      let outcome = try runTest(control, checkpoints, observer)
      if outcome != .goOn { return outcome }
      // While the test was measured somebody may have asked for more epochs.
      guard isOver else { continue }
      _ = try isToldToStop()
      return .goOn
    }
  }

  private func runEpoch(
    _ control: some ControlSource, checkpoints: some CheckpointKeeping,
    observer: @escaping (TrainingEvent) -> Void
  ) throws -> Obedience {
    let order = sampleOrder(epoch: position.epoch)
    training.follow(order)
    while true {
      let obedience = try obey(control, checkpoints: checkpoints, observer: observer)
      if obedience != .goOn { return obedience }
      if try isToldToStop() {
        try keepCheckpoint(checkpoints, observer)
        return .stop
      }
      // Its epochs may have become so few that it is over before this one begins.
      if position.sample == 0, isOver { return .goOn }
      guard let range = nextSamples() else {
        return try endEpoch(control, checkpoints: checkpoints, observer: observer)
      }
      try runStep(order[range], observer: observer)
      position.sample = range.upperBound
      try settleStepsIfDue(before: nextSamples(), observer)
      try report(observer)
      // At the end of an epoch there is one when it has been measured.
      if nextSamples() != nil, isCheckpointDue { try keepCheckpoint(checkpoints, observer) }
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
    takenMoment = nil
    try keepStart()
    let isWatched = isObserved(step: position.step + 1) && clock.canWatch
    if !isWatched, try queueStep(indices) { return }
    try makeStep(indices, isWatched: isWatched, observer)
  }

  /// Makes a step, and takes in what came of it.
  func makeStep(
    _ indices: ArraySlice<Int>, isWatched: Bool, _ observer: (TrainingEvent) -> Void
  ) throws {
    let number = position.step
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
    // The usual one, and asked for at every step.
    if case .constant = recipe.schedule { return recipe.learningRate * state.rateFactor }
    return recipe.learningRate * state.rateFactor
      * recipe.schedule.factor(
        at: epoch, of: Double(recipe.epochs), plateauFactor: state.plateau.factor)
  }
}
