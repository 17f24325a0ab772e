import Lasagne
import Tensors

/// The targets of one output, laid out for its objective.
struct LaidOutTargets {
  let array: HostArray
  /// The targets as they were given; the numbers of `array` in another type or shape.
  let stored: HostArray
  /// How many targets samples have.
  let counts: TargetCounts
}

extension SampleLayout {
  /// The targets of this output.
  ///
  /// - Parameters:
  ///   - inputs: The shapes of the inputs by their layers, the samples counted first.
  ///   - isOnly: Whether sentences need not tell whose targets they are about.
  func laidOutTargets(
    _ arrays: [String: HostArray], inputs: [String: [Int]], part: String, isOnly: Bool
  ) throws(TrainingError) -> LaidOutTargets {
    guard let stored = arrays[targetsName] else {
      let name = TrainingData.Part(rawValue: part)?.arrayName(targetsName) ?? targetsName
      throw TrainingError(
        .data,
        "The objective of the output '\(output)' needs the array '\(name)', which the data do not "
          + "have; add it, or let the recipe's objectives name another as its targets.")
    }
    let own = isOnly ? part : "\(part) '\(targetsName)'"
    var counts = TargetCounts()
    let array: HostArray
    if hasSteps {
      let steps = try stepTargets(
        stored, samples: inputs.mapValues { Array($0.dropFirst()) }, part: own)
      array = steps.array
      counts = steps.counts
    } else {
      array = try targets(stored, part: own)
    }
    let count = inputs.values.first?.first ?? 0
    guard count == array.shape.first else {
      throw TrainingError(
        .data,
        "There are \(count) \(part) inputs, but \(array.shape.first ?? 0) "
          + "\(isOnly ? "targets" : "in '\(targetsName)'"); each input needs one target.")
    }
    if !isOnly { try checkNumbers(array, part: own) }
    return LaidOutTargets(array: array, stored: stored, counts: counts)
  }

  /// Refuses targets that are no numbers of the output's shape, where the objective needs those.
  private func checkNumbers(_ array: HostArray, part: String) throws(TrainingError) {
    if case .ctcLoss = objective { return }
    let sample = Array(array.shape.dropFirst())
    let isColumn = sample.isEmpty && outputShape == [1]
    let fits =
      sample.count == outputShape.count
      && zip(sample, outputShape).allSatisfy { $1 == nil || $0 == $1 }
    guard !objective.takesClassNumbers, !fits, !isColumn else { return }
    throw TrainingError(
      .data,
      "The \(part) targets are \(Self.text(sample)) for each sample, but the output "
        + "'\(output)' gives \(Self.text(outputShape)); \(objective.name) needs a target for each of "
        + "these numbers.")
  }
}
