import Lasagne
import Tensors

/// The sums of one output over its targets.
struct OutputTotals: Codable, Equatable, Sendable {
  /// The output's layer.
  var layer: String
  /// What its mean loss counts in the whole.
  var weight: Double
  /// The loss of each target, not weighted, added up.
  var loss: Double
  /// Targets that were met; `nil` where the objective knows no right or wrong.
  var correct: Double?
  /// Targets counted.
  var count: Int

  static func += (left: inout OutputTotals, right: OutputTotals) {
    left.loss += right.loss
    left.correct = left.correct.map { $0 + (right.correct ?? 0) }
    left.count += right.count
  }

  var meanLoss: Double { loss / Double(max(1, count)) }
}

extension LossFunction {
  /// How many numbers a batch gives.
  var numberCount: Int {
    guard isNamed else { return hasAccuracy ? 2 : 1 }
    return heads.reduce(1) { $0 + ($1.output.objective.accuracy == nil ? 1 : 2) }
  }

  /// The sums of a batch from its numbers.
  ///
  /// - Parameter counts: The targets that count, of each output.
  func totals(_ numbers: ArraySlice<Double>, counts: [Int]) -> Totals {
    var rest = numbers
    func next() -> Double { rest.popFirst() ?? 0 }
    var totals = Totals()
    totals.count = counts.first ?? 0
    totals.loss = next() * Double(totals.count)
    if hasAccuracy { totals.correct = next() }
    guard isNamed else { return totals }
    totals.outputs = zip(heads, counts).map { head, count in
      OutputTotals(
        layer: head.output.layer, weight: head.output.weight, loss: next() * Double(count),
        correct: head.output.objective.accuracy == nil ? nil : next(), count: count)
    }
    return totals
  }
}

extension LossFunction {
  /// The part that a batch has in the loss of several, by each output's share of the targets.
  func loss(_ batch: BatchLoss, shares: [Double]) throws(TensorError) -> Tensor {
    guard isNamed else { return try batch.loss * (shares.first ?? 1) }
    var total: Tensor?
    for ((head, output), share) in zip(zip(heads, batch.outputs), shares) {
      let part = try output.loss * (head.output.weight * share)
      total = if let sum = total { try sum + part } else { part }
    }
    return total ?? batch.loss
  }
}
