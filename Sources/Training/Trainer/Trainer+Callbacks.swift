import Records

/// What a callback wants of the run.
public enum CallbackWish: Equatable, Sendable {
  /// It goes on.
  case goOn
  /// It stops before the next update, with a checkpoint, as by the command `stop`.
  case stop
}

// Code of one's own that is called while a run goes on.
extension Trainer {
  /// Called with everything that happens, after the observer, on the thread of the run.
  public typealias Callback = (TrainingEvent, Trainer) throws -> CallbackWish

  /// Adds a callback; those before it are called first.
  ///
  /// The cases of `TrainingEvent` are all there is to wait for. A callback may read weights and
  /// metrics, change live fields by `set`, and end the run; what it throws ends the run before the
  /// next update. A run that is resumed needs its callbacks added again.
  /// ```swift
  /// trainer.onEvent { event, trainer in
  ///   guard case .epochEnded(let epoch, let points) = event else { return .goOn }
  ///   if epoch == 3 { try trainer.set("learningRate", to: .number(0.001)) }
  ///   return points.values["valid/accuracy"] ?? 0 > 0.99 ? .stop : .goOn
  /// }
  /// ```
  public func onEvent(_ callback: @escaping Callback) { callbacks.append(callback) }

  /// Lets the callbacks see an event.
  func callBack(_ event: TrainingEvent) {
    for callback in callbacks where callbackProblem == nil {
      do {
        if try callback(event, self) == .stop { callbackWish = .stop }
      } catch {
        callbackProblem = error
      }
    }
  }

  /// Whether a callback has asked for the end.
  ///
  /// - Throws: What a callback has thrown.
  func isToldToStop() throws -> Bool {
    if let problem = callbackProblem {
      callbackProblem = nil
      throw problem
    }
    defer { callbackWish = .goOn }
    return callbackWish == .stop
  }
}
