import Tensors

/// How far a run has come; with the recipe it decides all that follows.
struct Position: Codable, Equatable, Sendable {
  /// Updates done.
  var step = 0
  /// Epochs done.
  var epoch = 0
  /// Samples of the current epoch that are used up.
  var sample = 0

  /// The position in epochs, fractional within one.
  func epochs(trainingCount: Int) -> Double {
    Double(epoch) + (trainingCount > 0 ? Double(sample) / Double(trainingCount) : 0)
  }
}

/// Sums over targets, from which means are made: one target a sample, or one for each of its steps.
struct Totals: Codable, Equatable, Sendable {
  /// The loss of each target, without penalties, added up.
  var loss = 0.0
  /// The penalty of each batch times its targets, added up.
  var penalty = 0.0
  /// Targets that were met.
  var correct = 0.0
  /// Targets counted.
  var count = 0
  /// Each output by itself; `nil` where there is nothing but the whole.
  var outputs: [OutputTotals]?

  static func += (left: inout Totals, right: Totals) {
    left.loss += right.loss
    left.penalty += right.penalty
    left.correct += right.correct
    left.count += right.count
    guard let more = right.outputs else { return }
    guard var sums = left.outputs, sums.count == more.count else {
      left.outputs = more
      return
    }
    for index in more.indices { sums[index] += more[index] }
    left.outputs = sums
  }

  /// The mean loss; 0 where nothing was counted.
  var meanLoss: Double {
    // Of outputs with different numbers of targets each has its own mean.
    guard let outputs else { return loss / Double(max(1, count)) }
    return outputs.reduce(0) { $0 + $1.weight * $1.meanLoss }
  }

  /// Whether losses and penalties are numbers.
  var isFinite: Bool { (loss + penalty).isFinite }

  /// The means under their keys; a penalty that is 0 is left out.
  func means(_ names: MetricNames, hasAccuracy: Bool) -> [String: Double] {
    guard outputs?.contains(where: { $0.count > 0 }) ?? (count > 0) else { return [:] }
    var values = [names.loss: meanLoss]
    if hasAccuracy { values[names.accuracy] = correct / Double(count) }
    for output in outputs ?? [] where output.count > 0 {
      let own = names.output(output.layer)
      values[own.loss] = output.meanLoss
      if let correct = output.correct { values[own.accuracy] = correct / Double(output.count) }
    }
    if count > 0, penalty != 0, let key = names.penalty { values[key] = penalty / Double(count) }
    return values
  }
}

/// The keys under which the means of a part of the data are reported.
struct MetricNames {
  let loss: String
  let accuracy: String
  let penalty: String?

  /// Means over the steps since the last report.
  static let training = MetricNames(
    loss: "train/loss", accuracy: "train/accuracy", penalty: "train/penalty")
  /// Means over an epoch.
  static let trainingEpoch = MetricNames(
    loss: "train/epochLoss", accuracy: "train/epochAccuracy", penalty: nil)
  static let validation = MetricNames(
    loss: "valid/loss", accuracy: "valid/accuracy", penalty: nil)
  /// The part of the data: `valid`.
  var part: String { String(loss.prefix { $0 != "/" }) }

  /// The names of the same measured of one output: `valid/angle/loss`.
  func output(_ layer: String) -> MetricNames {
    func inserted(_ key: String) -> String {
      guard let slash = key.firstIndex(of: "/") else { return "\(layer)/\(key)" }
      return "\(key[..<slash])/\(layer)\(key[slash...])"
    }
    return MetricNames(loss: inserted(loss), accuracy: inserted(accuracy), penalty: nil)
  }

  /// The names of the same measured with averaged weights.
  var averaged: MetricNames {
    MetricNames(
      loss: loss.replacing("/loss", with: "/averageLoss"),
      accuracy: accuracy.replacing("/accuracy", with: "/averageAccuracy"), penalty: nil)
  }

  static let test = MetricNames(loss: "test/loss", accuracy: "test/accuracy", penalty: nil)
}
