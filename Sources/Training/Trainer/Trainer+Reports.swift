import Foundation
import Records

// What a run tells about itself between two steps.
extension Trainer {
  /// Images are shown this often at first; each time twice as many are shown, half as often.
  private static let imagesBeforeThinning = 40

  /// Seconds since 1970.
  var time: Double { Date().timeIntervalSince1970 }

  /// Measured values at the present step.
  func points(_ values: [String: Double]) -> MetricPoints {
    MetricPoints(step: step, epoch: epoch, time: time, values: values)
  }

  /// Whether the parameters are looked at around the update that makes this step.
  func isObserved(step: Int) -> Bool {
    recipe.observeEverySteps > 0 && step.isMultiple(of: recipe.observeEverySteps)
  }

  /// Tells what is due after a step.
  func report(_ observer: (TrainingEvent) -> Void) throws {
    if step.isMultiple(of: recipe.reportEverySteps) { try flushReport(observer) }
    guard isObserved(step: step), !watched.isEmpty else { return }
    var values = watched
    watched = [:]
    let isShown = showsImages(at: step)
    if isShown { values.merge(healthFigures()) { $1 } }
    values["rate/observation"] = clock.watchShare
    observer(.metrics(points(values)))
    if clock.canWatch, isShown { try showPictures(observer) }
  }

  /// Tells the means since the last report.
  func flushReport(_ observer: (TrainingEvent) -> Void) throws {
    guard reportTotals.count > 0 else { return }
    if gathersReports { return gatherReport() }
    var values = reportTotals.means(.training, hasAccuracy: function.hasAccuracy)
    values["rate/samples"] = clock.spanSinceReport().rate
    values["rate/learning"] = learningRate
    reportTotals = Totals()
    observer(.metrics(points(values)))
  }

  /// Adds the means since the last report to those that are told together.
  private func gatherReport() {
    let end = clock.end
    let earlier = gathered.add(
      reportTotals, hasAccuracy: function.hasAccuracy, span: clock.spanSinceReport(),
      learningRate: learningRate, at: position, end: end)
    reportTotals = Totals()
    if let earlier { blockObserver?(earlier) }
    if gathered.isDue(at: end) { handOverReports() }
  }

  /// Tells what was gathered, so that all that happens is told in order.
  func handOverReports() {
    if let block = gathered.take() { blockObserver?(block) }
  }

  /// Whether images are due at an observed step: less often the longer a run lasts, so that a long
  /// run's record does not drown in them.
  private func showsImages(at step: Int) -> Bool {
    var interval = recipe.observeEverySteps
    while step > interval * Self.imagesBeforeThinning { interval *= 2 }
    return step.isMultiple(of: interval)
  }

  /// The figures of activations and spectra, as far as there is time for them.
  private func healthFigures() -> [String: Double] {
    guard recipe.observeEverySteps > 0, health.lastStep != step else { return [:] }
    health.lastStep = step
    let start = ContinuousClock.now
    defer { clock.addHealth(ContinuousClock.now - start) }
    return health.values(by: clock)
  }

  /// Tells the figures of activations and spectra at the end of an epoch.
  func showHealth(_ observer: (TrainingEvent) -> Void) {
    let values = healthFigures()
    if !values.isEmpty { observer(.metrics(points(values))) }
  }

  /// Shows the first layer's filters, where there is something to see.
  func showPictures(_ observer: (TrainingEvent) -> Void) throws {
    guard recipe.observeEverySteps > 0, pictures.hasImages else { return }
    try clock.watch {
      if let images = try pictures.images(step: step, time: time) { observer(.images(images)) }
    }
  }

  /// Shows the distribution of every parameter's entries.
  func showHistograms(_ observer: (TrainingEvent) -> Void) throws {
    guard recipe.observeEverySteps > 0 else { return }
    for histogram in try pictures.histograms(step: step, time: time) {
      observer(.histogram(histogram))
    }
  }
}
