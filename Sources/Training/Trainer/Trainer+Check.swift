import Lasagne

// What only network and data together can tell of a recipe.
extension Trainer {
  /// Checks a recipe against network and data: the size of an update, layers, metrics.
  func check(_ recipe: Recipe) throws(TrainingError) {
    try recipe.checkSizes(sampleCount: trainingCount, of: "training samples")
    try recipe.checkChoices(network.parameters)
    for metric in recipe.metrics { try function.check(metric) }
    for callback in recipe.callbacks { _ = try CallbackRegistry.shared.callback(callback) }
    if let plateau = recipe.schedule.plateau {
      try checkMetric(plateau.metric, recipe, of: "schedule")
    }
    if let stopping = recipe.earlyStopping {
      try checkMetric(stopping.metric, recipe, of: "earlyStopping")
    }
    if let metric = recipe.bestCheckpointBy {
      try checkMetric(metric, recipe, of: "bestCheckpointBy")
    }
  }

  private func checkMetric(
    _ metric: String, _ recipe: Recipe, of field: String
  ) throws(TrainingError) {
    let names = epochMetricNames(recipe)
    guard names.contains(metric) else {
      let hint = Spelling.hint(for: metric, among: names)
      throw TrainingError(
        .recipe,
        "The recipe's \(field) waits for the metric '\(metric)', which this session does not "
          + "measure after an epoch: \(hint)")
    }
  }

  /// The metrics that are known after every epoch.
  private func epochMetricNames(_ recipe: Recipe) -> [String] {
    let validation = self.validation == nil ? [] : [MetricNames.validation]
    let averaged = recipe.average?.evaluates == true ? validation.map(\.averaged) : []
    let names = ([.trainingEpoch] + validation + averaged).flatMap {
      function.hasAccuracy ? [$0.loss, $0.accuracy] : [$0.loss]
    }
    return names
      + validation.flatMap { part in
        recipe.metrics.compactMap(\.key).map { "\(part.part)/\($0)" }
      }
  }
}

extension LossFunction {
  /// Refuses a metric that says nothing of this network and objective.
  func check(_ metric: Metric) throws(TrainingError) {
    func require(_ isFine: Bool, _ expected: String) throws(TrainingError) {
      guard !isFine else { return }
      throw TrainingError(
        .recipe, "The recipe's metric '\(metric.name)' \(expected); leave it out.")
    }
    switch metric {
    case .accuracy, .precision, .recall, .f1, .confusion:
      try require(
        objective.accuracy != nil,
        "counts classes, but \(objective.name) knows none")
    case .topKAccuracy(let k):
      let classes = (try? network.outputShape().last ?? nil) ?? 0
      try require(
        objective.accuracy == .categorical && k <= classes,
        "looks for the right one among \(k) classes, but the network and "
          + "\(objective.name) do not choose from so many")
    case .perplexity:
      try require(
        objective == .categoricalCrossentropy,
        "is the exponential of categoricalCrossentropy, but \(objective.name) is minimized"
      )
    case .custom: try metric.validate()
    }
  }
}
