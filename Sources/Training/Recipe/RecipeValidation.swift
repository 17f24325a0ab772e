extension Recipe {
  /// Checks every field by itself.
  ///
  /// - Throws: `TrainingError` that names the first field that cannot be used.
  public func validate() throws(TrainingError) {
    try require(
      learningRate.isFinite && learningRate >= 0, "learningRate", learningRate,
      "a number that is not negative")
    try require(batchSize >= 1, "batchSize", batchSize, "at least 1")
    try require(accumulationSteps >= 1, "accumulationSteps", accumulationSteps, "at least 1")
    try require(epochs >= 1, "epochs", epochs, "at least 1")
    try require(
      seed <= Self.largestSeed, "seed", seed, "at most \(Self.largestSeed), which JSON keeps exact")
    try require(
      (0..<1).contains(validationFraction), "validationFraction", validationFraction,
      "at least 0 and less than 1")
    try require(l1.isFinite && l1 >= 0, "l1", l1, "a number that is not negative")
    try require(l2.isFinite && l2 >= 0, "l2", l2, "a number that is not negative")
    if let limit = totalNormConstraint {
      try require(
        limit.isFinite && limit > 0, "totalNormConstraint", limit, "positive, or left out")
    }
    if let bound = gradientClipping {
      try require(bound.isFinite && bound > 0, "gradientClipping", bound, "positive, or left out")
    }
    try dropout?.validate()
    for (_, own) in (objectives ?? [:]).sorted(by: { $0.key < $1.key }) { try own.validate() }
    for term in penalties { try term.validate() }
    for limit in normConstraints { try limit.validate() }
    try earlyStopping?.validate()
    if let inputScale {
      try require(
        inputScale.isFinite && inputScale != 0, "inputScale", inputScale,
        "a number that is not zero, or left out")
    }
    try require(
      checkpointEveryEpochs >= 0, "checkpointEveryEpochs", checkpointEveryEpochs, "at least 0")
    try require(
      checkpointEverySteps >= 0, "checkpointEverySteps", checkpointEverySteps, "at least 0")
    try require(
      checkpointEveryMinutes.isFinite && checkpointEveryMinutes >= 0, "checkpointEveryMinutes",
      checkpointEveryMinutes, "a number that is not negative")
    try require(keepCheckpoints >= 2, "keepCheckpoints", keepCheckpoints, "at least 2")
    try require(reportEverySteps >= 1, "reportEverySteps", reportEverySteps, "at least 1")
    try require(observeEverySteps >= 0, "observeEverySteps", observeEverySteps, "at least 0")
    for augmentation in augmentation { try augmentation.validate() }
    for metric in metrics { try metric.validate() }
    for callback in callbacks { _ = try CallbackRegistry.shared.callback(callback) }
  }
}
