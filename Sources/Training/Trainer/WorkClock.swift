import Foundation

/// Measures how long steps take, and how much of that time goes into looking at the parameters.
struct WorkClock {
  /// Looking at parameters may take this share of the time of the steps, and a moment more so that
  /// the shortest run can be looked at: around updates, and at activations and spectra.
  private static let (watchBudget, healthBudget) = (0.013, 0.007)
  private static let watchAllowance = 0.05

  private let clock = ContinuousClock()
  private var workSeconds = 0.0
  private var watchSeconds = 0.0
  private var healthSeconds = 0.0
  private var samples = 0
  /// When and at how many samples the rates were asked for the last time.
  private var report = Mark()
  private var epoch = Mark()

  /// Since when a rate is measured.
  private struct Mark {
    var seconds = 0.0
    var samples = 0

    /// Samples per second; `nil` where there are none, or no time has passed.
    func rate(since before: Mark) -> Double? {
      guard seconds > before.seconds, samples > before.samples else { return nil }
      return Double(samples - before.samples) / (seconds - before.seconds)
    }
  }

  /// Does a piece of training and adds its time.
  mutating func work<Result>(samples count: Int, _ body: () throws -> Result) rethrows -> Result {
    let start = clock.now
    let result = try body()
    workSeconds += (clock.now - start).seconds
    samples += count
    return result
  }

  /// Counts a part of the last piece of training as looking.
  mutating func moveToWatch(_ part: Duration) {
    workSeconds -= part.seconds
    watchSeconds += part.seconds
  }

  /// Looks at parameters and adds the time.
  mutating func watch(_ body: () throws -> Void) rethrows {
    let start = clock.now
    try body()
    watchSeconds += (clock.now - start).seconds
  }

  /// Adds time that went into looking at activations and spectra.
  mutating func addHealth(_ part: Duration) { healthSeconds += part.seconds }

  private var totalSeconds: Double { workSeconds + watchSeconds + healthSeconds }

  /// The share of all time so far that went into looking.
  var watchShare: Double {
    totalSeconds > 0 ? (watchSeconds + healthSeconds) / totalSeconds : 0
  }

  /// Whether there is time to look again.
  var canWatch: Bool {
    watchSeconds <= Self.watchBudget * totalSeconds + Self.watchAllowance
  }

  /// Whether there is time to look at activations or spectra for so many seconds.
  func canWatchHealth(for seconds: Double) -> Bool {
    healthSeconds + seconds <= Self.healthBudget * totalSeconds + Self.watchAllowance
  }

  /// Samples per second since the last report.
  mutating func rateSinceReport() -> Double? {
    let before = report
    report = Mark(seconds: totalSeconds, samples: samples)
    return report.rate(since: before)
  }

  /// Samples per second since the last epoch.
  mutating func rateSinceEpoch() -> Double? {
    let before = epoch
    epoch = Mark(seconds: totalSeconds, samples: samples)
    return epoch.rate(since: before)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
