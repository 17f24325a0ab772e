import Lasagne
import Records
import Tensors

/// The recipe's metrics of every output.
struct MetricMeters {
  /// The name that the keys of an output have; `nil` where there is one only.
  private var meters: [(layer: String?, place: Int, meter: MetricMeter)]

  /// Measures of each output what says something of it.
  init(_ metrics: [Metric], _ function: LossFunction) {
    meters = function.heads.map { head in
      (
        layer: function.isNamed ? head.output.layer : nil, place: head.output.place,
        meter: MetricMeter(
          metrics.filter { function.reason(against: $0, of: head) == nil },
          objective: head.output.objective)
      )
    }
  }

  /// Takes the predictions of one more batch, with the targets of each output.
  mutating func add(_ pass: ForwardPass, _ targets: [Tensor]) throws {
    for (index, targets) in targets.enumerated() {
      try meters[index].meter.add(pass.outputs[meters[index].place], targets)
    }
  }

  /// The metrics of all batches under their keys: `valid/f1`, `valid/digit/f1`.
  func values(part: String, totals: Totals) -> [String: Double] {
    var values: [String: Double] = [:]
    for (index, (layer, _, meter)) in meters.enumerated() {
      guard let layer, let own = totals.outputs?[index] else {
        return meter.values(part: part, totals: totals)
      }
      guard own.count > 0 else { continue }
      var sums = Totals()
      (sums.loss, sums.count) = (own.loss, own.count)
      values.merge(meter.values(part: "\(part)/\(layer)", totals: sums)) { $1 }
    }
    return values
  }

  /// The confusions, where a metric asks for them.
  func images(part: String, step: Int, time: Double) -> [ImageStack] {
    meters.compactMap { layer, _, meter in
      meter.image(part: layer.map { "\(part)/\($0)" } ?? part, step: step, time: time)
    }
  }
}
