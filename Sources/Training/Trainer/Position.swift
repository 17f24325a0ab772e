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

  static func += (left: inout Totals, right: Totals) {
    left.loss += right.loss
    left.penalty += right.penalty
    left.correct += right.correct
    left.count += right.count
  }

  /// The mean loss; 0 where nothing was counted.
  var meanLoss: Double { loss / Double(max(1, count)) }

  /// Whether losses and penalties are numbers.
  var isFinite: Bool { (loss + penalty).isFinite }

  /// The means under their keys; a penalty that is 0 is left out.
  func means(_ names: MetricNames, hasAccuracy: Bool) -> [String: Double] {
    guard count > 0 else { return [:] }
    var values = [names.loss: loss / Double(count)]
    if hasAccuracy { values[names.accuracy] = correct / Double(count) }
    if penalty != 0, let key = names.penalty { values[key] = penalty / Double(count) }
    return values
  }
}

extension Totals {
  /// The sums of one batch, fetched from the device at once.
  init(_ batch: BatchLoss, penalty: Tensor?, count: Int) throws(TensorError) {
    let values = try withoutGradients { () throws(TensorError) in
      let wanted = [batch.loss, penalty, batch.correct].compactMap(\.self)
      return try Tensor.stack(wanted, axis: 0).values(as: Double.self)
    }
    self.init()
    self.count = count
    loss = values[0] * Double(count)
    if penalty != nil { self.penalty = values[1] * Double(count) }
    if batch.correct != nil, let last = values.last { correct = last }
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

  /// The names of the same measured with averaged weights.
  var averaged: MetricNames {
    MetricNames(
      loss: loss.replacing("/loss", with: "/averageLoss"),
      accuracy: accuracy.replacing("/accuracy", with: "/averageAccuracy"), penalty: nil)
  }

  static let test = MetricNames(loss: "test/loss", accuracy: "test/accuracy", penalty: nil)
}
