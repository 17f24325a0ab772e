import Records

extension Workspace {
  /// What was asked of the sessions that may still do something.
  func unfinishedSessions() -> [SessionRequest] {
    sessions().filter { !$0.isOver }.map(\.request)
  }
}

extension SessionFolder {
  /// Whether its process has said its last word and is gone.
  ///
  /// One that died without a word counts as unfinished: it can be resumed.
  var isOver: Bool {
    let isHeld = (try? isHeld()) ?? true
    return !isHeld && ((try? readExit())??.state.isOver ?? false)
  }
}
