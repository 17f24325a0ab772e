import Foundation

/// Measures how long steps take, and how much of that time goes into looking at the parameters.
///
/// A class, as are `GatheredReports`, so that nothing has to be checked at each step for somebody else
/// who might be changing it.
final class WorkClock {
  /// Looking at parameters may take this share of the time of the steps, and a moment more so that
  /// the shortest run can be looked at: around updates, and at activations and spectra.
  private static let (watchBudget, healthBudget) = (0.013, 0.007)
  private static let watchAllowance = 0.05

  /// The time of day is asked for once in so many nanoseconds at most; in between the steady clock
  /// tells it.
  private static let timeInterval = 25_000_000

  // Nanoseconds.
  private var working = 0
  private var watching = 0
  private var health = 0
  private var samples = 0
  /// When the last piece of training was done.
  private(set) var end = 0
  /// When the time of day was asked for, and the answer in seconds since 1970.
  private var asked: (at: Int, time: Double)?
  /// When and at how many samples the rates were asked for the last time.
  private var report = Mark()
  private var epoch = Mark()

  /// Since when a rate is measured.
  private struct Mark {
    var nanoseconds = 0
    var samples = 0
  }

  /// Training between two marks.
  struct Span {
    var nanoseconds: Int
    var samples: Int

    /// Whether there is a rate: there are samples, and time has passed.
    var hasRate: Bool { nanoseconds > 0 && samples > 0 }

    /// Samples per second, in the 24 bits that a clock can fill; `nil` where there is none.
    var rate: Double? { hasRate ? Double(Float(Double(samples) * 1e9 / Double(nanoseconds))) : nil }
  }

  /// Nanoseconds of a clock that nobody sets; steps are so short that `ContinuousClock`, whose
  /// durations have 128 bits, would be seen in them.
  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Does a piece of training and adds its time.
  func work<Result>(samples count: Int, _ body: () throws -> Result) rethrows -> Result {
    let start = Self.now
    let result = try body()
    end = Self.now
    working += end - start
    samples += count
    return result
  }

  /// Counts a part of the last piece of training as looking.
  func moveToWatch(_ part: Duration) {
    guard part != .zero else { return }
    working -= part.nanoseconds
    watching += part.nanoseconds
  }

  /// Looks at parameters and adds the time.
  func watch(_ body: () throws -> Void) rethrows {
    let start = Self.now
    try body()
    watching += Self.now - start
  }

  /// Adds time that went into looking at activations and spectra.
  func addHealth(_ part: Duration) { health += part.nanoseconds }

  private var total: Int { working + watching + health }

  /// The share of all time so far that went into looking.
  var watchShare: Double { total > 0 ? Double(watching + health) / Double(total) : 0 }

  /// Whether there is time to look again.
  var canWatch: Bool {
    Double(watching) * 1e-9 <= Self.watchBudget * Double(total) * 1e-9 + Self.watchAllowance
  }

  /// Whether there is time to look at activations or spectra for so many seconds.
  func canWatchHealth(for seconds: Double) -> Bool {
    Double(health) * 1e-9 + seconds
      <= Self.healthBudget * Double(total) * 1e-9 + Self.watchAllowance
  }

  /// Training since the last report.
  func spanSinceReport() -> Span { span(since: &report) }

  /// Samples per second since the last epoch.
  func rateSinceEpoch() -> Double? { span(since: &epoch).rate }

  @inline(__always)
  private func span(since mark: inout Mark) -> Span {
    let now = Mark(nanoseconds: total, samples: samples)
    defer { mark = now }
    return Span(
      nanoseconds: now.nanoseconds - mark.nanoseconds, samples: now.samples - mark.samples)
  }

  /// Seconds since 1970 at a moment that is not long ago, such as the last ``end``.
  func time(at moment: Int) -> Double {
    if let asked, abs(moment - asked.at) < Self.timeInterval {
      return asked.time + Double(moment - asked.at) * 1e-9
    }
    let now = (at: Self.now, time: Date().timeIntervalSince1970)
    asked = now
    // Before the first piece of training there is nothing to reckon back to.
    return moment == 0 ? now.time : now.time - Double(now.at - moment) * 1e-9
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// The duration in whole nanoseconds.
  fileprivate var nanoseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
  }
}
