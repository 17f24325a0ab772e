import Lasagne
import Tensors

/// Measures a network on stored samples in deterministic mode.
struct Evaluation {
  /// Samples at a time: enough to keep the device busy, few enough to take no longer than a step of
  /// training, since commands are obeyed in between.
  static let batchSize = 128

  let function: LossFunction
  let weights: Weights

  /// The sums over the samples at these positions; meters get the predictions.
  ///
  /// - Parameter goesOn: Asked before each batch; `nil` is returned once it says no.
  func totals(
    of store: SampleStore, at indices: ArraySlice<Int>, meters: inout MetricMeters,
    goesOn: () throws -> Bool
  ) throws -> Totals? {
    var totals = Totals()
    var start = indices.startIndex
    while start < indices.endIndex {
      guard try goesOn() else { return nil }
      let end = min(start + Self.batchSize, indices.endIndex)
      totals += try withoutGradients { () throws -> Totals in
        let batch = try store.batch(indices[start..<end])
        let further = try store.furtherInputs(indices[start..<end])
        let furtherTargets = try store.furtherTargets(indices[start..<end])
        let result = try function(
          batch.inputs, batch.targets, furtherTargets: furtherTargets, further: further,
          weights: weights, mode: .deterministic)
        try meters.add(result.pass, [batch.targets] + furtherTargets)
        let numbers = try Tensor.stack(result.numbers(), axis: 0).values(as: Double.self)
        return function.totals(numbers[...], counts: store.targetCounts(indices[start..<end]))
      }
      start = end
    }
    return totals
  }

  /// The sums over the samples at these positions; meters get the predictions.
  func totals(
    of store: SampleStore, at indices: ArraySlice<Int>, meters: inout MetricMeters
  ) throws -> Totals {
    try totals(of: store, at: indices, meters: &meters, goesOn: { true }) ?? Totals()
  }
}
