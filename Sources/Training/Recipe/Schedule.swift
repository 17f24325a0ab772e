import Foundation
import Lasagne

/// How the learning rate changes over a run.
public enum Schedule: String, Codable, CaseIterable, Equatable, Hashable, Sendable {
  /// It stays as it is.
  case constant
  /// It falls in a straight line, to 0 at the end.
  case linear
  /// It falls along half a cosine, to 0 at the end.
  ///
  /// Loshchilov and Hutter, SGDR, 2017, without restarts.
  case cosine

  /// What the recipe's learning rate is multiplied with.
  ///
  /// - Parameter progress: The share of all updates that are done, 0 to 1.
  public func factor(progress: Double) -> Double {
    let progress = min(max(progress, 0), 1)
    return switch self {
    case .constant: 1
    case .linear: 1 - progress
    case .cosine: (1 + cos(.pi * progress)) / 2
    }
  }
}

extension Schedule {
  /// Reads the name of a schedule.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let schedule = Schedule(rawValue: name) else {
      let hint = Spelling.hint(for: name, among: Self.allCases.map(\.rawValue))
      throw TrainingError(.recipe, "There is no schedule called '\(name)': \(hint)")
    }
    self = schedule
  }
}
