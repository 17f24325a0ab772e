import Records

/// The means of steps on their way to somebody who takes many at a time.
final class GatheredReports {
  /// Steps wait for at most so many nanoseconds, and for the end of the step under way.
  private static let delay = 25_000_000
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

  /// What is known of a step; what is told of it is reckoned later, for many at once.
  ///
  /// Numbers only: rows are put where nothing was before.
  private struct Row {
    var position: Position
    var end: Int
    var span: WorkClock.Span
    var loss: Double
    var correct: Double
    var penalty: Double
    var count: Int
    var learningRate: Double
  }

  /// So many rows stay in the processor's nearest memory from step to step; blocks, which are a
  /// hundred times longer, do not, and are written to less often therefore.
  private static let mostRows = 64

  private var form = Form(hasAccuracy: false, hasPenalty: false, hasRate: false)
  /// The newest steps; memory of its own, as an array would be checked at each step for others who
  /// might hold it.
  private let rows = UnsafeMutableBufferPointer<Row>.allocate(capacity: mostRows)
  private var rowCount = 0
  /// Those before them, and how many they are.
  private var block = MetricBlock(keys: [])
  private var blockCount = 0
  private var hasKeys = false
  private var handedOverAt = 0
  private let clock: WorkClock
  private let trainingCount: Int

  /// Gathers reports of a run with so many training samples, whose clock tells their time.
  init(clock: WorkClock, trainingCount: Int) {
    self.clock = clock
    self.trainingCount = trainingCount
  }

  deinit { rows.deallocate() }

  /// Adds the means of the steps since the last report.
  ///
  /// - Parameters:
  ///   - span: Training since then.
  ///   - end: When the newest step was done, by the run's clock.
  /// - Returns: What is to be handed over before, as it has other metrics.
  func add(
    _ totals: Totals, hasAccuracy: Bool, span: WorkClock.Span, learningRate: Double,
    at position: Position, end: Int
  ) -> MetricBlock? {
    let form = Form(
      hasAccuracy: hasAccuracy, hasPenalty: totals.penalty != 0, hasRate: span.hasRate)
    var earlier: MetricBlock?
    if form != self.form || !hasKeys {
      earlier = take()
      self.form = form
      block = MetricBlock(keys: form.keys)
      hasKeys = true
    }
    if rowCount == Self.mostRows { moveRows() }
    rows[rowCount] = Row(
      position: position, end: end, span: span, loss: totals.loss, correct: totals.correct,
      penalty: totals.penalty, count: totals.count, learningRate: learningRate)
    rowCount += 1
    return earlier
  }

  /// Whether steps have waited long enough at a moment of the run's clock.
  func isDue(at moment: Int) -> Bool {
    moment - handedOverAt >= Self.delay || blockCount + rowCount >= Self.mostSteps
  }

  /// Takes what was gathered; `nil` where there is nothing.
  func take() -> MetricBlock? {
    guard rowCount > 0 else { return nil }
    handedOverAt = rows[rowCount - 1].end
    moveRows()
    let gathered = block
    block = MetricBlock(
      keys: gathered.keys, capacity: min(gathered.count + gathered.count / 8, Self.mostSteps))
    blockCount = 0
    return gathered
  }

  /// Moves the rows to the block's end.
  private func moveRows() {
    let rows = rows[..<rowCount]
    var values: [Double] = []
    values.reserveCapacity(rowCount * block.keys.count)
    for row in rows {
      let count = Double(row.count)
      values.append(row.loss / count)
      if form.hasAccuracy { values.append(row.correct / count) }
      if form.hasPenalty { values.append(row.penalty / count) }
      if form.hasRate { values.append(row.span.rate ?? .nan) }
      values.append(row.learningRate)
    }
    block.append(
      steps: rows.map(\.position.step),
      epochs: rows.map { $0.position.epochs(trainingCount: trainingCount) },
      times: rows.map { clock.time(at: $0.end) }, values: values)
    blockCount = block.count
    rowCount = 0
  }
}
