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
    let parts: [MetricNames] = [.trainingEpoch] + validation + averaged
    let whole = parts.flatMap { function.hasAccuracy ? [$0.loss, $0.accuracy] : [$0.loss] }
    let metrics = validation.flatMap { names in
      function.heads.flatMap { head in
        recipe.metrics.filter { function.reason(against: $0, of: head) == nil }.compactMap(\.key)
          .map { (function.isNamed ? "\(names.part)/\(head.output.layer)" : names.part) + "/" + $0 }
      }
    }
    guard function.isNamed else { return whole + metrics }
    let own = parts.flatMap { names in
      function.heads.flatMap { head in
        let own = names.output(head.output.layer)
        return head.output.objective.accuracy == nil ? [own.loss] : [own.loss, own.accuracy]
      }
    }
    return whole + own + metrics
  }
}

extension LossFunction {
  /// Refuses a metric that says nothing of this network and its objectives.
  func check(_ metric: Metric) throws(TrainingError) {
    try metric.validate()
    let reasons = heads.map { reason(against: metric, of: $0) }
    guard reasons.allSatisfy({ $0 != nil }), let reason = reasons.first ?? nil else { return }
    throw TrainingError(
      .recipe, "The recipe's metric '\(metric.name)' \(reason); leave it out.")
  }

  /// Why a metric says nothing of an output; `nil` where it does.
  func reason(against metric: Metric, of head: Head) -> String? {
    let objective = head.output.objective
    switch metric {
    case .accuracy, .precision, .recall, .f1, .confusion:
      return objective.accuracy == nil
        ? "counts classes, but \(objective.name) knows none" : nil
    case .topKAccuracy(let k):
      let classes = (try? network.outputShape(of: head.output.layer).last ?? nil) ?? 0
      return objective.accuracy == .categorical && k <= classes
        ? nil
        : "looks for the right one among \(k) classes, but the network and "
          + "\(objective.name) do not choose from so many"
    case .perplexity:
      return objective == .categoricalCrossentropy
        ? nil
        : "is the exponential of categoricalCrossentropy, but \(objective.name) is minimized"
    case .custom: return nil
    }
  }
}
