import Lasagne

extension TrainingData {
  /// Checks that a network can learn these arrays by a recipe; no device is touched.
  ///
  /// - Throws: `TrainingError` for the first thing that does not fit: a shape, a label, a count.
  public func check(against network: Network, recipe: Recipe) throws(TrainingError) {
    let layout = try SampleLayout(network: network, objective: recipe.objective)
    let samples = try layout.samples(inputs: inputs, targets: targets, part: "training")
    if let validationInputs, let validationTargets {
      _ = try layout.samples(
        inputs: validationInputs, targets: validationTargets, part: "validation")
    }
    if let testInputs, let testTargets {
      _ = try layout.samples(inputs: testInputs, targets: testTargets, part: "test")
    }
    _ = try Augmenter(recipe, layout: layout, device: .cpu)
    guard recipe.batchSize <= samples.count else {
      throw TrainingError(
        .recipe,
        "The recipe's batchSize is \(recipe.batchSize), but there are only \(samples.count) "
          + "samples; choose at most that many.")
    }
  }
}
