import Foundation
import Lasagne
import Records
import Tensors

/// Adds up over batches what metrics are made of.
struct MetricMeter {
  private let metrics: [Metric]
  private let objective: Objective
  private var sums: [String: Double] = [:]
  private var confusion = Confusion()

  init(_ metrics: [Metric], objective: Objective) {
    self.metrics = metrics
    self.objective = objective
  }

  /// Takes the predictions of one more batch; each step that counts is a row of its own.
  mutating func add(_ batch: Tensor, _ batchTargets: Tensor) throws {
    guard !metrics.isEmpty else { return }
    var (predictions, targets) = try objective.byStep(batch, batchTargets)
    if predictions.rank < batch.rank, targets.dataType == .int64 {
      let numbers = try targets.values(as: Int64.self)
      let counted = numbers.indices.filter { numbers[$0] >= 0 }.map(Int64.init)
      guard !counted.isEmpty else { return }
      if counted.count < numbers.count {
        let places = try Tensor(counted, shape: [counted.count], device: targets.device)
        (predictions, targets) = (try predictions.rows(places), try targets.rows(places))
      }
    }
    for metric in metrics {
      switch metric {
      case .topKAccuracy(let k):
        sums[metric.name + "\(k)", default: 0] +=
          try categoricalAccuracy(predictions, targets, topK: k).sum().item()
      case .custom(let name):
        try metric.validate()
        guard let values = try MetricRegistry.shared.metric(name)?.body(predictions, targets) else {
          continue
        }
        guard values.shape == [predictions.shape[0]] else {
          throw TrainingError(
            .recipe,
            "The metric '\(name)' gave numbers of shape \(values.shape) for \(predictions.shape[0]) "
              + "targets; it must give one number for each.")
        }
        sums[name, default: 0] += try values.sum().item()
      case .accuracy, .precision, .recall, .f1, .confusion, .perplexity: break
      }
    }
    if metrics.contains(where: \.countsClasses) {
      try confusion.add(predictions, targets, kind: objective.accuracy)
    }
  }

  /// The metrics of all batches under their keys behind a part of the data: `valid/f1`.
  func values(part: String, totals: Totals) -> [String: Double] {
    var values: [String: Double] = [:]
    for metric in metrics {
      guard let key = metric.key else { continue }
      switch metric {
      case .topKAccuracy(let k):
        values["\(part)/\(key)"] = (sums[metric.name + "\(k)"] ?? 0) / Double(totals.count)
      case .custom(let name):
        values["\(part)/\(key)"] = (sums[name] ?? 0) / Double(totals.count)
      case .accuracy: break
      case .perplexity:
        values["\(part)/\(key)"] = exp(totals.loss / Double(totals.count))
      case .precision, .recall, .f1, .confusion:
        let classes = confusion.values(of: metric)
        guard !classes.isEmpty else { continue }
        values["\(part)/\(key)"] = classes.reduce(0, +) / Double(classes.count)
        guard metric.isPerClass else { continue }
        for (index, value) in classes.enumerated() { values["\(part)/\(key)/\(index)"] = value }
      }
    }
    return values
  }

  /// The confusion as an image of counts, where a metric asks for it.
  func image(part: String, step: Int, time: Double) -> ImageStack? {
    guard metrics.contains(.confusion), confusion.classCount > 0 else { return nil }
    return ImageStack(
      key: "\(part)/confusion", step: step, time: time, count: 1, channels: 1,
      height: confusion.classCount, width: confusion.classCount,
      values: confusion.counts.map(Float.init))
  }
}

/// How often each class (row) was taken for each (column).
struct Confusion: Equatable {
  private(set) var classCount = 0
  private(set) var counts: [Int] = []

  mutating func add(
    _ predictions: Tensor, _ targets: Tensor, kind: Objective.AccuracyKind?
  ) throws(TensorError) {
    let (right, taken, classes) = try Self.classes(predictions, targets, kind: kind)
    if counts.isEmpty {
      classCount = classes
      counts = [Int](repeating: 0, count: classes * classes)
    }
    let cells = try (right * Double(classes) + taken).values(as: Int64.self)
    for cell in cells where counts.indices.contains(Int(cell)) { counts[Int(cell)] += 1 }
  }

  /// The right classes, those that were predicted, and how many there are.
  private static func classes(
    _ predictions: Tensor, _ targets: Tensor, kind: Objective.AccuracyKind?
  ) throws(TensorError) -> (right: Tensor, taken: Tensor, count: Int) {
    if kind == .binary {
      func isOne(_ values: Tensor) throws(TensorError) -> Tensor {
        try values.greaterOrEqual(0.5).converted(to: .int64).flattened()
      }
      return (try isOne(targets), try isOne(predictions), 2)
    }
    let axis = predictions.rank - 1
    let right = try targets.rank == axis ? targets : targets.argmax(axis: axis)
    return (
      try right.converted(to: .int64).flattened(), try predictions.argmax(axis: axis).flattened(),
      predictions.shape[axis]
    )
  }

  /// A metric of each class.
  func values(of metric: Metric) -> [Double] {
    (0..<classCount).map { index in
      let hits = Double(counts[index * classCount + index])
      let right = Double((0..<classCount).reduce(0) { $0 + counts[index * classCount + $1] })
      let taken = Double((0..<classCount).reduce(0) { $0 + counts[$1 * classCount + index] })
      let whole =
        switch metric {
        case .precision: taken
        case .recall: right
        default: (taken + right) / 2
        }
      return whole > 0 ? hits / whole : 0
    }
  }
}
