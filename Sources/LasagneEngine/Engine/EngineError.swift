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
  static func unknown(_ what: String, _ name: String, among names: [String]) -> EngineError {
    if let closest = closestName(to: name, among: names) {
      return EngineError(.unknown, "There is no \(what) '\(name)'; did you mean '\(closest)'?")
    }
    if names.isEmpty {
      return EngineError(.unknown, "There is no \(what) '\(name)'; the workspace has none yet.")
    }
    let list = names.sorted().prefix(8).joined(separator: ", ")
    return EngineError(.unknown, "There is no \(what) '\(name)'; there are: \(list).")
  }
}

/// The name that differs least from the one given, if it is near enough to have been meant.
public func closestName(to name: String, among names: [String]) -> String? {
  let ranked = names.map { (distance: editDistance(name.lowercased(), $0.lowercased()), name: $0) }
  guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
    return nil
  }
  return best.distance <= max(2, name.count / 3) ? best.name : nil
}

private func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first), Array(second))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}
