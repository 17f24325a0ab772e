import Records

extension Workspace {
  /// What was asked of the sessions that may still do something, with the present names of models.
  func unfinishedSessions() -> [SessionRequest] {
    sessions().filter { !$0.isOver }.map { session in
      var request = session.request
      request.model = models.current(request.model)
      return request
    }
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
