import Lasagne
import Records

/// What came of a measurement that commands may end.
enum Measurement<Value> {
  case done(Value)
  /// Nothing: the run pauses, stops, or has more to do first.
  case interrupted(Trainer.Obedience)
}

/// The metrics over samples, with what there is to see of them.
struct MeasuredSamples {
  var values: [String: Double]
  var images: [ImageStack]
}

// Validation and test: measured between two steps, in pieces between which commands are obeyed.
extension Trainer {
  /// Measures, and obeys commands meanwhile as between two steps.
  ///
  /// A command that changes what is measured has it measured again from the beginning: the numbers
  /// are always those of a run that obeyed it before, as one that is played again does.
  ///
  /// - Parameter measure: Changes nothing; asks before each piece whether to go on, and returns
  ///   `nil` if not.
  func measureObeying<Value>(
    _ control: some ControlSource, _ checkpoints: some CheckpointKeeping,
    _ observer: @escaping (TrainingEvent) -> Void,
    _ measure: (_ goesOn: () throws -> Bool) throws -> Value?
  ) throws -> Measurement<Value> {
    while true {
      isMeasurementStale = false
      var obedience = Obedience.goOn
      let value = try measure {
        obedience = try obey(control, checkpoints: checkpoints, observer: observer)
        return obedience == .goOn && !isMeasurementStale
      }
      if let value { return .done(value) }
      if obedience != .goOn || !isMeasurementStale { return .interrupted(obedience) }
    }
  }

  /// The metrics over samples in deterministic mode, also of averaged weights; `nil` if told not to
  /// go on.
  func measure(
    _ store: SampleStore, _ indices: ArraySlice<Int>, _ names: MetricNames, average: Weights?,
    goesOn: () throws -> Bool
  ) throws -> MeasuredSamples? {
    var meters = MetricMeters(recipe.metrics, function)
    let evaluation = Evaluation(function: function, weights: weights)
    guard
      let totals = try evaluation.totals(of: store, at: indices, meters: &meters, goesOn: goesOn)
    else { return nil }
    var values = totals.means(names, hasAccuracy: function.hasAccuracy)
    values.merge(meters.values(part: names.part, totals: totals)) { $1 }
    let images = meters.images(part: names.part, step: step, time: time)
    if let average, recipe.average?.evaluates == true {
      var unused = MetricMeters([], function)
      let evaluation = Evaluation(function: function, weights: average)
      guard
        let totals = try evaluation.totals(of: store, at: indices, meters: &unused, goesOn: goesOn)
      else { return nil }
      values.merge(totals.means(names.averaged, hasAccuracy: function.hasAccuracy)) { $1 }
    }
    return MeasuredSamples(values: values, images: images)
  }

  /// Measures the test samples once the run is over.
  ///
  /// - Returns: `goOn` where it is done, or the run has more epochs to do after all.
  func runTest(
    _ control: some ControlSource, _ checkpoints: some CheckpointKeeping,
    _ observer: @escaping (TrainingEvent) -> Void
  ) throws -> Obedience {
    guard let test else { return .goOn }
    let indices = Array(0..<test.count)[...]
    let measured = try measureObeying(control, checkpoints, observer) { goesOn in
      try measure(test, indices, .test, average: kept.average) { try goesOn() && isOver }
    }
    switch measured {
    case .interrupted(let obedience): return obedience
    case .done(let measured):
      for images in measured.images { observer(.images(images)) }
      observer(.metrics(points(measured.values)))
      return .goOn
    }
  }
}
