import Records

/// Where a run learns between two steps what people ask of it.
public protocol ControlSource {
  /// The commands that have arrived since the last call, in order; must return at once.
  func commands() -> [ControlCommand]
  /// The commands to obey before the next step, `step` steps being done; must return at once.
  func commands(at step: Int) -> [ControlCommand]
}

extension ControlSource {
  /// Those that have arrived, whatever the step.
  public func commands(at step: Int) -> [ControlCommand] { commands() }
}

/// A source that never asks for anything.
public struct NoControl: ControlSource {
  /// Makes the source.
  public init() {}

  /// Nothing.
  public func commands() -> [ControlCommand] { [] }
}
