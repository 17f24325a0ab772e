import Lasagne
import Records
import Tensors

// Captured steps are queued: the host goes on and looks later at what came of them. It looks before
// anything is told, measured, kept or changed, so that nobody can see the difference.
extension Trainer {
  /// Why steps are not captured; `nil` where they are.
  public var captureRefusal: String? { capturer.reason(for: recipe) }

  /// Queues a step, where it can be captured.
  ///
  /// - Returns: Whether it was queued.
  func queueStep(_ indices: ArraySlice<Int>) throws -> Bool {
    guard capturer.isPossible else { return false }
    let isQueued = try clock.work(samples: indices.count) {
      try capturer.queue(
        indices, of: training, step: trainingStep, recipe: recipe, learningRate: learningRate,
        position: position, frozen: frozen)
    }
    if isQueued {
      position.step += 1
      obeyed = []
    } else if fingerprint["step"] == StepCapturer.way, captureRefusal != nil {
      fingerprint["step"] = "libtorch"
    }
    return isQueued
  }

  /// Looks at the queued steps, where the next one is not to be queued behind them or something has to
  /// be told before it.
  ///
  /// - Parameter next: The samples of the next update; nil at the end of the epoch.
  func settleStepsIfDue(
    before next: Range<Int>?, _ observer: (TrainingEvent) -> Void
  ) throws {
    guard capturer.isPossible, let last = capturer.queue.last else { return }
    let isDue =
      next?.count != last.indices.count || !capturer.isSteady
      || capturer.queue.count >= StepCapturer.longestQueue
      || step.isMultiple(of: recipe.reportEverySteps) || isObserved(step: step + 1)
      || isObserved(step: step) || isCheckpointDue
    if isDue { try settleSteps(observer) }
  }

  /// Waits for the queued steps and takes in what came of them.
  ///
  /// Where one was not finite, the run is as it was before it: that step is then made once more one
  /// operation after the other, which finds out what was not finite and does what the recipe says, and
  /// those behind it are made again.
  func settleSteps(_ observer: (TrainingEvent) -> Void) throws {
    guard !capturer.queue.isEmpty else { return }
    for (queued, totals) in try clock.work(samples: 0, { try capturer.settle() }) {
      if let totals {
        state.skipped = 0
        try averageUpdate()
        reportTotals += totals
        epochTotals += totals
        continue
      }
      position = queued.before
      trainingStep.state.stepCounts = queued.counts
      try makeStep(queued.indices, isWatched: false, observer)
      position.sample = queued.before.sample + queued.indices.count
    }
  }
}
