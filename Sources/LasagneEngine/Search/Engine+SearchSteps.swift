import Foundation
import Records
import Storage

extension Engine {
  /// How often a session is taken up again whose process is gone without a word.
  static let searchRestarts = 2

  /// Does for each search what its sessions have made possible since the last look.
  ///
  /// All of it can be done again: an engine that ends in the middle leaves nothing undone for the
  /// next one.
  func advanceSearches() {
    for name in searches.keys.sorted() {
      guard let file = searches[name] else { continue }
      // Trouble with the disk ends no search: the next look tries again.
      switch file.state {
      case .running: try? advance(file)
      case .stopping: try? finishStopping(file)
      case .stopped, .finished: break
      }
    }
  }

  private func advance(_ given: SearchFile) throws {
    var file = given
    enrollMissing(&file)
    takeUpCrashed(&file)
    while let decision = decision(of: file) { file.decisions.append(decision) }
    // What was decided is on the disk before anybody is told.
    if file != given { try keep(file) }
    try carryOut(file)
    let isOver = file.trials.allSatisfy { trial in
      isGone(trial) || tracked[trial.session].map { isSettled($0.record, file, trial) } ?? false
    }
    if isOver {
      file.state = .finished
      try keep(file)
    }
  }

  /// Makes the sessions that are not there yet.
  private func enrollMissing(_ file: inout SearchFile) {
    let missing = file.trials.indices.filter {
      let trial = file.trials[$0]
      return tracked[trial.session] == nil && !isGone(trial)
    }
    guard !missing.isEmpty else { return }
    let search = file.search
    let base = Result { try SearchBase(search, in: workspace) }
    // It has to be known before the first step that the session waits for the others.
    let commands = file.rungs.first.map { epochs in
      [
        ControlCommand(
          number: 1, time: Date().timeIntervalSince1970, origin: file.origin,
          action: .pauseAfter(epochs: epochs))
      ]
    }
    for index in missing {
      let trial = file.trials[index]
      do {
        let recipe = try base.get().recipe(trial.values).json
        try start(
          request(for: trial, recipe: recipe, of: search), id: trial.session,
          for: SearchTrial(search: search.name, number: trial.number, values: trial.values),
          commands: commands ?? [])
      } catch {
        file.trials[index].problem = "\(error)"
      }
    }
  }

  /// Lets sessions go on whose processes are gone, as those of an engine that died with them.
  private func takeUpCrashed(_ file: inout SearchFile) {
    for index in file.trials.indices {
      let trial = file.trials[index]
      guard file.contenders.contains(trial.number), let session = tracked[trial.session],
        session.record.state == .crashed, session.launched == nil,
        trial.restarts < Self.searchRestarts
      else { continue }
      file.trials[index].restarts += 1
      try? goOn(trial.session, until: file.nextRung, of: file)
    }
  }

  /// Whether there is no session for a trial, and none can be made.
  private func isGone(_ trial: SearchFile.Trial) -> Bool {
    trial.problem != nil || damaged[trial.session] != nil
  }

  /// Whether nothing happens to a session any more by itself.
  private func isSettled(
    _ record: SessionRecord, _ file: SearchFile, _ trial: SearchFile.Trial
  ) -> Bool {
    record.state.isOver && (record.state != .crashed || trial.restarts >= Self.searchRestarts)
  }

  /// Whether a session waits for the others after so many epochs.
  private func waits(_ record: SessionRecord, at epochs: Int) -> Bool {
    isAsleep(record) && record.epoch == Double(epochs)
  }

  /// Who goes on, once all contenders have come to the next rung or to their ends.
  private func decision(of file: SearchFile) -> SearchDecision? {
    guard let epochs = file.nextRung, !file.contenders.isEmpty else { return nil }
    var waiting: [Int] = []
    var values: [Int: Double] = [:]
    for number in file.contenders {
      guard let trial = file.trial(number) else { continue }
      if isGone(trial) { continue }
      guard let record = tracked[trial.session]?.record else { return nil }
      if waits(record, at: epochs) {
        waiting.append(number)
        values[number] = SearchRecord.value(of: file.search.metric, in: record)
      } else if !isSettled(record, file, trial) {
        return nil
      }
    }
    let order = waiting.sorted { first, second in
      guard let left = values[first], let right = values[second], left != right else {
        return (values[first] == nil ? 1 : 0, first) < (values[second] == nil ? 1 : 0, second)
      }
      return file.search.isBetter(left, than: right)
    }
    let count = file.search.halving?.survivorCount(of: file.contenders.count) ?? order.count
    let survivors = order.filter { values[$0] != nil }.prefix(count)
    return SearchDecision(
      epochs: epochs, survivors: Array(survivors),
      stopped: order.filter { !survivors.contains($0) }, values: values)
  }

  /// Lets those go on that were chosen last, and ends the others.
  private func carryOut(_ file: SearchFile) throws {
    guard let decision = file.decisions.last else { return }
    for number in decision.survivors + decision.stopped {
      guard let trial = file.trial(number), let record = tracked[trial.session]?.record,
        waits(record, at: decision.epochs), tracked[trial.session]?.launched == nil
      else { continue }
      if decision.survivors.contains(number) {
        try goOn(trial.session, until: file.nextRung, of: file)
      } else {
        try giveUp(trial, decision, of: file)
      }
    }
  }

  /// Has a session go on, to the epoch where it waits for the others or to its end.
  func goOn(_ id: String, until epochs: Int?, of file: SearchFile) throws {
    if let epochs, let folder = tracked[id]?.folder {
      _ = try folder.appendControl(.pauseAfter(epochs: epochs), origin: file.origin)
    }
    try order(id, .resume, origin: file.origin)
  }

  private func giveUp(
    _ trial: SearchFile.Trial, _ decision: SearchDecision, of file: SearchFile
  ) throws {
    guard let folder = tracked[trial.session]?.folder else { return }
    let metric = file.search.metric
    let count = decision.survivors.count + decision.stopped.count
    let place = (decision.stopped.firstIndex(of: trial.number) ?? 0) + decision.survivors.count + 1
    let epochs = "\(decision.epochs) \(decision.epochs == 1 ? "epoch" : "epochs")"
    let reason =
      decision.values[trial.number].map {
        "The search '\(file.search.name)' gave it up after \(epochs): its \(metric) of \($0) was in "
          + "place \(place) of \(count), the first \(decision.survivors.count) went on."
      } ?? "The search '\(file.search.name)' gave it up after \(epochs): it has no number for "
      + "\(metric)."
    let command = try folder.appendControl(.stop, origin: file.origin)
    try end(trial.session, as: .stopped, answering: command, because: reason)
    look(at: trial.session)
  }

  /// Asks the sessions of a search to stop that have not been asked.
  private func finishStopping(_ given: SearchFile) throws {
    var isOver = true
    for trial in given.trials {
      guard let session = tracked[trial.session], !session.record.state.isOver else { continue }
      isOver = false
      // One that was about to pause when it was asked is ended by the next look at it.
      let isAsked = try session.folder.unansweredControls().contains { $0.action == .stop }
      if !isAsked { try order(trial.session, .stop, origin: given.origin) }
    }
    guard isOver else { return }
    var file = given
    file.state = .stopped
    try keep(file)
  }
}
