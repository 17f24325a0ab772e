import Foundation
import Records
import Storage
import Training

/// A session's control log as its trainer reads it, with stop signals mixed in.
final class ControlLog: ControlSource {
  private let folder: SessionFolder
  private let stop: StopFlag
  private var offset = 0
  private var pending: [ControlCommand] = []
  private var hasStopped = false
  private var lastLook = ContinuousClock.now

  /// Opens the log where this attempt's commands begin.
  ///
  /// Commands up to the resume that brought this attempt about are history; of them only changes
  /// of the recipe that no attempt answered are still carried out.
  init(_ folder: SessionFolder, stop: StopFlag) throws {
    self.folder = folder
    self.stop = stop
    let commands = try folder.controls(from: &offset)
    let entries = try folder.timelineEntries()
    let answered = Set(
      entries.compactMap { entry -> Int? in
        if case .acknowledged(let command, _) = entry.event { command } else { nil }
      })
    let isFirst = !entries.contains { if case .started = $0.event { true } else { false } }
    let begin = isFirst ? 0 : commands.last { $0.action == .resume }?.number ?? 0
    pending = commands.filter { command in
      guard !answered.contains(command.number) else { return false }
      if case .set = command.action { return true }
      return command.number > begin
    }
  }

  func commands() -> [ControlCommand] {
    // Asked between any two steps; looking at the file more often than this helps nobody.
    let now = ContinuousClock.now
    if !pending.isEmpty || now - lastLook >= .milliseconds(10) {
      lastLook = now
      pending += (try? folder.controls(from: &offset)) ?? []
    }
    defer { pending = [] }
    if stop.isSet && !hasStopped {
      hasStopped = true
      let command = ControlCommand(
        number: 0, time: Date().timeIntervalSince1970, origin: "signal", action: .stop)
      return pending + [command]
    }
    return pending
  }
}
