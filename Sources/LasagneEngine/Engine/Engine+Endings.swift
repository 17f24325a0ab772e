import Foundation
import Records
import Storage
import Tensors
import Training

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Engine {
  /// Ends or pauses a session that has no process, in the place of its process.
  ///
  /// One that is stopped has its weights saved, as its process would have done. A reason comes on
  /// its timeline.
  func end(
    _ id: String, as state: SessionState, answering command: ControlCommand,
    because reason: String? = nil
  ) throws {
    guard var session = tracked[id] else { return }
    let folder = session.folder
    queue.release(id)
    session.hold = .none
    tracked[id] = session
    let lease = try folder.acquireLease(attempt: folder.nextAttempt())
    defer { withExtendedLifetime(lease) {} }
    let (checkpoint, _) = try Checkpoint.newest(of: folder)
    let step = checkpoint?.step ?? 0
    let epochs = checkpoint?.epochsEnded ?? 0
    func note(_ event: TimelineEntry.Event, _ message: String? = nil) throws {
      try folder.appendTimeline(
        TimelineEntry(
          time: Date().timeIntervalSince1970, attempt: lease.attempt, step: step, epochs: epochs,
          event: event, message: message))
    }
    try note(.acknowledged(command: command.number, refusal: nil), reason)
    var exit = ExitRecord(
      state: state, message: reason, attempt: lease.attempt, step: step,
      time: Date().timeIntervalSince1970)
    if let checkpoint, state == .stopped {
      let model = try Model.load(of: folder, in: workspace)
      let arrays = try checkpoint.arrays(for: model.network)
      exit.weights = WeightDigest.sha256(of: arrays, in: model.network)
      let params = try model.saveParams(
        arrays, of: folder.request, step: step,
        metrics: session.record.latest.filter { !MetricPoints.isOfPart($0.key) }, in: workspace)
      try note(.params(name: params.name, version: params.version.version))
      if let average = try model.saveAverage(
        of: checkpoint, beside: params, of: folder.request,
        metrics: session.record.latest, in: workspace)
      {
        try note(.params(name: average.name, version: average.version.version))
      }
    } else if state == .stopped {
      exit.message = reason ?? "It was stopped before it began."
    }
    try folder.writeExit(exit)
    try queueChanged()
  }

  /// Ends the process of a session that shows no sign of life.
  func checkPulse(of id: String) {
    guard var session = tracked[id], session.hold == .active, let process = session.record.process,
      process != Int(ProcessInfo.processInfo.processIdentifier), session.pulse.isDue(patience)
    else { return }
    defer { tracked[id] = session }
    let lease = session.folder.leaseRecord()
    guard lease?.process == process else { return }
    let silence = session.pulse.see(
      step: session.record.step, beat: lease?.aliveAt ?? 0, work: Pulse.work(of: process), patience)
    guard let silence, session.verdict == nil, (try? session.folder.isHeld()) == true else {
      return
    }
    session.verdict =
      "The process \(process) showed no sign of life for \(Int(silence / .seconds(1))) seconds and "
      + "was ended."
    kill(pid_t(process), SIGKILL)
  }
}
