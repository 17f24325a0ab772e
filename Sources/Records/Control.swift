/// What a person can ask of a live session between two steps.
public enum ControlAction: Codable, Equatable, Sendable {
  /// Write a checkpoint, then give the process and the device back.
  case pause
  /// Pause once so many epochs are done; a later one of these takes the place of those before it.
  case pauseAfter(epochs: Int)
  case resume
  case stop
  /// Write a checkpoint and go on.
  case snapshot
  /// Write a checkpoint from which another session, named by its id, goes its own way.
  case branch(into: String)
  /// Changes a field of the recipe: `set("learningRate", 0.01)`.
  case set(field: String, value: JSONValue)
  /// Lets the parameters that a pattern fits stand still: `conv1`, `conv1.W`, `conv*`.
  case freeze(pattern: String)
  /// Lets them learn again.
  case unfreeze(pattern: String)
  /// How many threads of the CPU to use from the next step on; asked by the engine.
  case threads(Int)
  /// A command that a laboratory brought along.
  case custom(name: String, argument: JSONValue)
}

extension ControlAction {
  /// Whether it decides which numbers a session makes, so that a run played again has to obey it at
  /// the same step.
  public var changesNumbers: Bool {
    switch self {
    case .set, .freeze, .unfreeze, .threads, .custom: true
    case .pause, .pauseAfter, .resume, .stop, .snapshot, .branch: false
    }
  }
}

/// One line of a session's control log (`control.jsonl`).
public struct ControlCommand: Codable, Equatable, Sendable {
  /// 1, 2, … within the session.
  public var number: Int
  /// Seconds since 1970.
  public var time: Double
  /// Who asked: `page`, `command line`, a person's name.
  public var origin: String
  /// What was asked.
  public var action: ControlAction

  /// Makes a command from its parts.
  public init(number: Int, time: Double, origin: String, action: ControlAction) {
    self.number = number
    self.time = time
    self.origin = origin
    self.action = action
  }
}

/// A command and the step before which it has to be obeyed: how a run is played again.
public struct PlannedCommand: Codable, Equatable, Sendable {
  /// Updates done when it takes effect.
  public var step: Int
  /// Epochs that have ended by then, where the step is an epoch's last; `nil` in older records.
  public var epochs: Int?
  /// What was asked, with the number it had.
  public var command: ControlCommand

  /// Makes a planned command from its parts.
  public init(step: Int, epochs: Int? = nil, command: ControlCommand) {
    self.step = step
    self.epochs = epochs
    self.command = command
  }
}
