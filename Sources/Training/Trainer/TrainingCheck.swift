import Lasagne
import Tensors

extension TrainingData {
  /// Checks that a network can learn these arrays by a recipe; no device is touched.
  ///
  /// - Throws: `TrainingError` for the first thing that does not fit: a shape, a label, a count.
  public func check(against network: Network, recipe: Recipe) throws(TrainingError) {
    let layout = try SampleLayout(network: network, recipe: recipe)
    func laidOut(
      _ inputs: HostArray, _ targets: HostArray, _ part: Part
    ) throws(TrainingError) -> LaidOutSamples {
      try layout.samples(
        inputs: inputs, targets: targets, others: others(of: part),
        part: part.rawValue)
    }
    let samples = try laidOut(inputs, targets, .training)
    if let validationInputs, let validationTargets {
      _ = try laidOut(validationInputs, validationTargets, .validation)
    }
    if let testInputs, let testTargets { _ = try laidOut(testInputs, testTargets, .test) }
    _ = try Augmenter(recipe, layout: layout, device: .cpu)
    try recipe.checkSizes(sampleCount: samples.count, of: "samples")
    try recipe.checkChoices(network.parameters)
    _ = try network.dropping(by: recipe.dropout)
  }
}

extension Recipe {
  /// Refuses names of layers that are not there, and choices of no parameter.
  func checkChoices(_ parameters: [NetworkParameter]) throws(TrainingError) {
    for term in penalties { try term.choice.check(parameters, field: "penalties") }
    for limit in normConstraints {
      try limit.choice.check(parameters, field: "normConstraints")
      guard parameters.contains(where: limit.accepts) else {
        throw TrainingError(
          .recipe,
          "The recipe's normConstraints choose no parameter with the axes they sum over; tell them "
            + "axes that are there.")
      }
    }
  }

  /// Refuses updates that need more samples than there are.
  func checkSizes(sampleCount: Int, of kind: String) throws(TrainingError) {
    guard batchSize <= sampleCount else {
      throw TrainingError(
        .recipe,
        "The recipe's batchSize is \(batchSize), but there are only \(sampleCount) \(kind); choose "
          + "at most that many.")
    }
    guard samplesPerUpdate <= sampleCount else {
      throw TrainingError(
        .recipe,
        "The recipe's accumulationSteps is \(accumulationSteps), so that an update takes "
          + "\(samplesPerUpdate) samples, but there are only \(sampleCount) \(kind); choose at most "
          + "\(sampleCount / batchSize).")
    }
  }
}
