import Records

/// The means of steps on their way to somebody who takes many at a time.
struct GatheredReports {
  /// Steps wait for at most so many seconds, and for the end of the step under way.
  private static let delay = 0.025
  private static let mostSteps = 4096

  /// Which metrics a step has.
  private struct Form: Equatable {
    var hasAccuracy: Bool
    var hasPenalty: Bool
    var hasRate: Bool

    var keys: [String] {
      let names = MetricNames.training
      return [
        names.loss, hasAccuracy ? names.accuracy : nil, hasPenalty ? names.penalty : nil,
        hasRate ? "rate/samples" : nil, "rate/learning",
      ].compactMap(\.self)
    }
  }

  private var form = Form(hasAccuracy: false, hasPenalty: false, hasRate: false)
  private var block = MetricBlock(keys: [])
  private var handedOverAt = 0.0

  /// Adds the means of the steps since the last report.
  ///
  /// - Returns: What is to be handed over before, as it has other metrics.
  mutating func add(
    _ totals: Totals, hasAccuracy: Bool, rate: Double?, learningRate: Double,
    step: Int, epoch: Double, time: Double
  ) -> MetricBlock? {
    let form = Form(
      hasAccuracy: hasAccuracy, hasPenalty: totals.penalty != 0, hasRate: rate != nil)
    var earlier: MetricBlock?
    if block.keys.isEmpty || form != self.form {
      earlier = take()
      self.form = form
      block = MetricBlock(keys: form.keys)
    }
    let count = Double(totals.count)
    block.begin(step: step, epoch: epoch, time: time)
    block.put(totals.loss / count)
    if form.hasAccuracy { block.put(totals.correct / count) }
    if form.hasPenalty { block.put(totals.penalty / count) }
    if let rate { block.put(rate) }
    block.put(learningRate)
    return earlier
  }

  /// Whether steps have waited long enough; `time` is that of the newest.
  func isDue(at time: Double) -> Bool {
    // A clock that was put back must not keep them waiting.
    block.count >= Self.mostSteps || abs(time - handedOverAt) >= Self.delay
  }

  /// Takes what was gathered; `nil` where there is nothing.
  mutating func take() -> MetricBlock? {
    guard block.count > 0 else { return nil }
    handedOverAt = block.times[block.count - 1]
    let gathered = block
    block = MetricBlock(
      keys: gathered.keys, capacity: min(gathered.count + gathered.count / 8, Self.mostSteps))
    return gathered
  }
}
