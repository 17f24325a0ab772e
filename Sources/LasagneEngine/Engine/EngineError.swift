import Lasagne

/// Why an engine refused or failed, as one sentence.
public struct EngineError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
  /// Whose turn it is to do something about it.
  public enum Kind: String, Codable, Sendable {
    /// The thing named does not exist.
    case unknown
    /// The request cannot be carried out as it stands.
    case invalid
    /// Something else is in the way now; later it may work.
    case busy
    /// The work was begun and failed.
    case failed
  }

  /// Whose turn it is to do something about it.
  public let kind: Kind
  /// One sentence: what, what came, what was expected, what to do.
  public let message: String

  /// Makes an error from its sentence.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The sentence.
  public var description: String { message }

  /// A name that is not there, with those that are.
  package static func unknown(_ what: String, _ name: String, among names: [String]) -> EngineError
  {
    if let closest = Spelling.closestMatch(to: name, among: names) {
      return EngineError(.unknown, "There is no \(what) '\(name)'; did you mean '\(closest)'?")
    }
    if names.isEmpty {
      return EngineError(.unknown, "There is no \(what) '\(name)'; the workspace has none yet.")
    }
    let list = names.sorted().prefix(8).joined(separator: ", ")
    return EngineError(.unknown, "There is no \(what) '\(name)'; there are: \(list).")
  }
}
