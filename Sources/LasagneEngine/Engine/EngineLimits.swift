import Foundation

/// How long an engine waits for a sign of life of a session before it ends its process.
public struct EnginePatience: Equatable, Sendable {
  /// For a process that does nothing at all: no step and no work of the processor.
  public var idle: Duration
  /// For a process that computes, but comes to no step.
  public var busy: Duration

  /// Makes limits; by default a minute, and half an hour.
  public init(idle: Duration = .seconds(60), busy: Duration = .seconds(1800)) {
    self.idle = idle
    self.busy = busy
  }
}

/// The signs of life of a process, as they were seen from outside.
struct Pulse {
  private var step = -1
  private var beat = 0.0
  private var work = -1
  private var lastBeat = SuspendingClock.now
  private var lastWork = SuspendingClock.now
  private var lastLook = SuspendingClock.now

  /// Whether a look is due: once in a while is enough.
  mutating func isDue(_ patience: EnginePatience) -> Bool {
    let now = SuspendingClock.now
    guard now - lastLook >= min(.seconds(1), patience.idle / 4) else { return false }
    lastLook = now
    return true
  }

  /// Takes note of what is seen now, and says for how long the process has been silent if that is
  /// too long.
  mutating func see(
    step: Int, beat: Double, work: Int?, _ patience: EnginePatience
  ) -> Duration? {
    let now = SuspendingClock.now
    if step != self.step || beat != self.beat {
      (self.step, self.beat, lastBeat, lastWork) = (step, beat, now, now)
    }
    if let work, work != self.work { (self.work, lastWork) = (work, now) }
    let silence = now - lastBeat
    let idleness = work == nil ? .zero : now - lastWork
    return idleness > patience.idle || silence > patience.busy ? silence : nil
  }

  /// The processor time that a process has used, in ticks; `nil` where the system does not say.
  static func work(of process: Int) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    // Counted from the process's state: user time and system time, with their children's after them.
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
      return nil
    }
    return user + system
  }
}
