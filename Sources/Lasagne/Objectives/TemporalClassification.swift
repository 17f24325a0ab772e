import Tensors

extension Objective {
  /// The connectionist temporal classification loss of each sequence: -log of the probability of all
  /// ways to read the labels.
  ///
  /// Infinite where a sequence is too short for its labels. Nothing waits for the device.
  /// Graves et al., Connectionist temporal classification, 2006; the recursion runs on logarithms,
  /// for all sequences of the batch at once.
  ///
  /// - Parameters:
  ///   - logProbabilities: batch × time × classes.
  ///   - targets: Whole numbers, batch × labels; negative ones fill the ends of shorter rows.
  ///   - inputLengths: How many times of each sequence count, whole numbers of shape [batch]; `nil`
  ///     counts all.
  ///   - blank: The class that stands for no label.
  public static func ctcLoss(
    logProbabilities: Tensor, targets: Tensor, inputLengths: Tensor? = nil, blank: Int = 0
  ) throws(TensorError) -> Tensor {
    try TemporalClassification(logProbabilities, targets, blank: blank).loss(inputLengths)
  }
}

/// The labels of a batch with blanks around them, and the sums over the ways to read them.
private struct TemporalClassification {
  /// The logarithm of nothing: far below all others, but a number, so that it has gradients.
  private static let impossible = -1e30

  /// The logarithms of the probabilities of each state's class: batch × time × states.
  private let emissions: Tensor
  /// 0 where a state can be reached from the second before it, else impossible: batch × states.
  private let skips: Tensor
  /// The number of labels of each sequence: batch × 1.
  private let labelCounts: Tensor

  init(_ logProbabilities: Tensor, _ targets: Tensor, blank: Int) throws(TensorError) {
    let shape = logProbabilities.shape
    guard shape.count == 3, targets.rank == 2, targets.shape[0] == shape[0], shape[1] > 0,
      targets.dataType.holdsWholeNumbers
    else {
      throw TensorError(
        operation: "ctcLoss",
        message: "ctcLoss takes predictions of batch × time × classes and whole numbers of batch "
          + "× labels.",
        shapes: [shape, targets.shape])
    }
    guard (0..<shape[2]).contains(blank) else {
      throw TensorError(
        operation: "ctcLoss",
        message: "the blank must be a class from 0 to \(shape[2] - 1), got \(blank).",
        shapes: [shape, targets.shape])
    }
    let (batch, labelLimit) = (shape[0], targets.shape[1])
    let device = logProbabilities.device
    func constant(_ sizes: [Int], _ value: Double, _ type: DataType) throws(TensorError) -> Tensor {
      try Tensor.full(sizes, value, dataType: type, device: device)
    }
    let labels = try targets.dataType == .int64 ? targets : targets.converted(to: .int64)
    let isLabel = try labels.greaterOrEqual(0)
    let blanks = try constant([batch, labelLimit], Double(blank), .int64)
    let known = try Tensor.select(isLabel, labels, blanks)
    let states = try Tensor.concatenate(
      [
        Tensor.stack([blanks, known], axis: 2).reshaped([batch, 2 * labelLimit]),
        constant([batch, 1], Double(blank), .int64),
      ], axis: 1)
    let stateCount = 2 * labelLimit + 1
    emissions = try logProbabilities.gathered(
      axis: 2,
      indices: states.unsqueezed(axis: 1).expanded(to: [batch, shape[1], stateCount]).contiguous())
    labelCounts = try isLabel.converted(to: .int64).sum(axes: [1], keepAxes: true)
    let type = logProbabilities.dataType
    let none = try constant([batch, min(2, stateCount)], Self.impossible, type)
    if labelLimit == 0 {
      skips = none
    } else {
      let later = try states.sliced(axis: 1, from: 2, to: stateCount)
      let repeats = try later.equal(states.sliced(axis: 1, from: 0, to: stateCount - 2))
      let costs = try repeats.converted(to: type) * Self.impossible
      skips = try Tensor.concatenate([none, costs], axis: 1)
    }
  }

  func loss(_ inputLengths: Tensor?) throws(TensorError) -> Tensor {
    let (batch, times, stateCount) = (
      emissions.shape[0], emissions.shape[1], emissions.shape[2]
    )
    let lengths = try inputLengths?.converted(to: .int64).reshaped([batch, 1])
    let type = emissions.dataType
    func impossible(_ states: Int) throws(TensorError) -> Tensor {
      try Tensor.full(
        [batch, states], Self.impossible, dataType: type, device: emissions.device)
    }
    let first = min(2, stateCount)
    // Reading begins at the first blank or at the first label.
    var sums = try emissions.selected(axis: 1, index: 0).sliced(axis: 1, from: 0, to: first)
    if stateCount > first {
      sums = try Tensor.concatenate([sums, impossible(stateCount - first)], axis: 1)
    }
    let (before, beforeThat) = (try impossible(1), try impossible(first))
    for time in stride(from: 1, to: times, by: 1) {
      var ways = [sums]
      if stateCount > 1 {
        let kept = try sums.sliced(axis: 1, from: 0, to: stateCount - 1)
        let skipped = try sums.sliced(axis: 1, from: 0, to: stateCount - 2)
        ways.append(try Tensor.concatenate([before, kept], axis: 1))
        ways.append(try Tensor.concatenate([beforeThat, skipped], axis: 1) + skips)
      }
      let next = try Self.logOfSum(ways) + emissions.selected(axis: 1, index: time)
      sums =
        if let lengths { try Tensor.select(lengths.greater(Double(time)), next, sums) } else {
          next
        }
    }
    // It ends at the last label or at the blank behind it.
    let last = try labelCounts + labelCounts
    let ends = [
      try sums.gathered(axis: 1, indices: last),
      try Tensor.select(
        labelCounts.greater(0),
        sums.gathered(
          axis: 1, indices: Tensor.select(labelCounts.greater(0), last - 1, last)),
        impossible(1)),
    ]
    let loss = try -Self.logOfSum(ends).squeezed(axis: 1)
    let infinite = try Tensor.full(
      [batch], .infinity, dataType: type, device: emissions.device)
    return try Tensor.select(loss.greater(-Self.impossible / 10), infinite, loss)
  }

  /// log(exp(a) + exp(b) + …), entry by entry.
  private static func logOfSum(_ terms: [Tensor]) throws(TensorError) -> Tensor {
    // The greatest only keeps the exponentials in range; the sum's slope does not depend on it.
    let greatest = try withoutGradients { () throws(TensorError) in
      var greatest = terms[0]
      for term in terms.dropFirst() { greatest = try greatest.maximum(term) }
      return greatest
    }
    var sum: Tensor?
    for term in terms {
      let part = try (term - greatest).exponential()
      sum = if let before = sum { try before + part } else { part }
    }
    guard let sum else { return greatest }
    return try greatest + sum.log()
  }
}
