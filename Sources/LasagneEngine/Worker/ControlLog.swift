import Foundation
import Records
import Storage
import Training

/// A session's control log as its trainer reads it, with stop signals mixed in.
///
/// What an earlier attempt obeyed behind the checkpoint it goes on from, or what the run that is
/// played again obeyed, is obeyed once more at the same steps. What changes numbers and is new waits
/// until all of that is done, so that the order of numbers stays the order of steps.
final class ControlLog: ControlSource {
  private let folder: SessionFolder
  private let stop: StopFlag
  /// The resume that brought this attempt about; `nil` where nobody asked for it or it was answered.
  let resume: Int?
  private var planned: [PlannedCommand]
  private var offset = 0
  /// Where the session is to pause by itself; `nil` where it is not, or has done so.
  private var limit: (epochs: Int, command: ControlCommand)?
  private var epochs: Int
  private var pending: [ControlCommand] = []
  private var hasStopped = false
  private var lastLook = ContinuousClock.now

  /// Opens the log for an attempt that goes on at a step.
  ///
  /// Commands up to the resume that brought this attempt about are history; of them those that
  /// change numbers and that no attempt answered are still carried out.
  ///
  /// - Parameters:
  ///   - epochs: The epochs done.
  ///   - obeyed: The numbers of those that were obeyed at that very step already.
  init(
    _ folder: SessionFolder, from step: Int, epochs: Int, obeyed: [Int], stop: StopFlag
  ) throws {
    self.folder = folder
    self.stop = stop
    self.epochs = epochs
    planned = try folder.history().filter {
      $0.step > step || ($0.step == step && !obeyed.contains($0.command.number))
    }
    let commands = try folder.controls(from: &offset)
    let unanswered = Set(try folder.unansweredControls().map(\.number))
    let isFirst = try !folder.timelineEntries().contains {
      if case .started = $0.event { true } else { false }
    }
    resume = commands.last { $0.action == .resume && unanswered.contains($0.number) }?.number
    let begin = isFirst ? 0 : commands.last { $0.action == .resume }?.number ?? 0
    pending = commands.filter {
      unanswered.contains($0.number) && ($0.action.changesNumbers || $0.number > begin)
    }
    pending = takeLimits(from: pending)
    // Whoever has paused there once and goes on does not pause there again.
    limit = commands.last(where: \.isLimit).flatMap {
      unanswered.contains($0.number) ? Self.limit($0) : nil
    }
  }

  /// Takes note that so many epochs are done.
  func epochEnded(_ epochs: Int) {
    self.epochs = epochs
  }

  private static func limit(_ command: ControlCommand) -> (Int, ControlCommand)? {
    guard case .pauseAfter(let epochs) = command.action else { return nil }
    return (epochs, command)
  }

  /// Remembers the newest limit among commands, and returns the others.
  private func takeLimits(from commands: [ControlCommand]) -> [ControlCommand] {
    if let newest = commands.last(where: \.isLimit) { limit = Self.limit(newest) }
    return commands.filter { !$0.isLimit }
  }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    // At the last step of an epoch some were obeyed before the epoch was measured, some then.
    let due = planned.prefix { $0.step < step || $0.step == step && $0.epochs ?? 0 <= epochs }
    planned.removeFirst(due.count)
    // Asked between any two steps; looking at the file more often than this helps nobody.
    let now = ContinuousClock.now
    if now - lastLook >= .milliseconds(10) {
      lastLook = now
      pending += takeLimits(from: (try? folder.controls(from: &offset)) ?? [])
    }
    var commands = due.map(\.command)
    if planned.isEmpty {
      commands += pending
      pending = []
    } else {
      commands += pending.filter { !$0.action.changesNumbers }
      pending.removeAll { !$0.action.changesNumbers }
    }
    if let limit, epochs >= limit.epochs {
      commands.append(limit.command)
      self.limit = nil
    }
    if stop.isSet && !hasStopped {
      hasStopped = true
      commands.append(
        ControlCommand(
          number: 0, time: Date().timeIntervalSince1970, origin: "signal", action: .stop))
    }
    return commands
  }
}

extension ControlCommand {
  /// Whether it says where a session is to pause by itself.
  fileprivate var isLimit: Bool {
    if case .pauseAfter = action { true } else { false }
  }
}
