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
  private var pending: [ControlCommand] = []
  private var hasStopped = false
  private var lastLook = ContinuousClock.now

  /// Opens the log for an attempt that goes on at a step.
  ///
  /// Commands up to the resume that brought this attempt about are history; of them those that
  /// change numbers and that no attempt answered are still carried out.
  ///
  /// - Parameter obeyed: The numbers of those that were obeyed at that very step already.
  init(_ folder: SessionFolder, from step: Int, obeyed: [Int], stop: StopFlag) throws {
    self.folder = folder
    self.stop = stop
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
  }

  func commands() -> [ControlCommand] { [] }

  func commands(at step: Int) -> [ControlCommand] {
    let due = planned.prefix { $0.step <= step }
    planned.removeFirst(due.count)
    // Asked between any two steps; looking at the file more often than this helps nobody.
    let now = ContinuousClock.now
    if now - lastLook >= .milliseconds(10) {
      lastLook = now
      pending += (try? folder.controls(from: &offset)) ?? []
    }
    var commands = due.map(\.command)
    if planned.isEmpty {
      commands += pending
      pending = []
    } else {
      commands += pending.filter { !$0.action.changesNumbers }
      pending.removeAll { !$0.action.changesNumbers }
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
