import Foundation
import Records

/// Where a run learns between two steps what people ask of it.
public protocol ControlSource {
  /// The commands that have arrived since the last call, in order; must return at once.
  func commands() -> [ControlCommand]
  /// Waits for a short while, or until something arrives: called over and over while paused.
  func wait()
}

extension ControlSource {
  /// Sleeps for 20 milliseconds.
  public func wait() {
    Thread.sleep(forTimeInterval: 0.02)
  }
}

/// A source that never asks for anything.
public struct NoControl: ControlSource {
  /// Makes the source.
  public init() {}

  /// Nothing.
  public func commands() -> [ControlCommand] { [] }
}
