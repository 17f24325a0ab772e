import Foundation

/// Which of a file's tensors go into which of a network's parameters.
///
/// Names are compared whole; in patterns `*` stands for any text, also none, and `?` for one
/// character.
public struct ParamsMatching: Equatable, Sendable {
  /// A rule that gives a tensor another name before it is looked for.
  public struct Renaming: Equatable, Sendable {
    /// The tensor's name in the file, with at most one `*`.
    public let from: String
    /// The parameter's name in the network, with a `*` where `from` has one.
    public let to: String

    /// Makes a rule.
    ///
    /// - Throws: `EngineError` if the stars do not pair.
    public init(from: String, to: String) throws(EngineError) {
      let stars = [from, to].map { text in text.count { $0 == "*" } }
      guard !from.isEmpty, !to.isEmpty, stars[0] == stars[1], stars[0] <= 1 else {
        throw EngineError(
          .invalid,
          "The name map '\(from)=\(to)' cannot be used: write FILE=NETWORK, both with one '*' or "
            + "both without, as backbone.*=encoder.*.")
      }
      self.from = from
      self.to = to
    }

    /// Reads `FILE=NETWORK`.
    ///
    /// - Throws: `EngineError` if it has another form.
    public init(_ text: String) throws(EngineError) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      try self.init(from: String(parts[0]), to: parts.count == 2 ? String(parts[1]) : "")
    }

    /// The new name of a tensor; `nil` if the rule is not about it.
    func callAsFunction(_ name: String) -> String? {
      guard let star = from.firstIndex(of: "*") else { return name == from ? to : nil }
      let (before, after) = (from[..<star], from[from.index(after: star)...])
      guard name.count >= before.count + after.count, name.hasPrefix(before), name.hasSuffix(after)
      else { return nil }
      let middle = name.dropFirst(before.count).dropLast(after.count)
      return to.replacing("*", with: middle, maxReplacements: 1)
    }
  }

  /// Patterns of the parameters to load; empty for all.
  public var only: [String]
  /// Patterns of parameters to leave as they are.
  public var except: [String]
  /// Other names for tensors; the first rule that fits counts.
  public var renamings: [Renaming]

  /// Makes a matching from its parts.
  public init(only: [String] = [], except: [String] = [], renamings: [Renaming] = []) {
    self.only = only
    self.except = except
    self.renamings = renamings
  }

  /// Whether a parameter is to be loaded.
  func wants(_ parameter: String) -> Bool {
    (only.isEmpty || only.contains { Self.matches(parameter, $0) })
      && !except.contains { Self.matches(parameter, $0) }
  }

  /// The name under which a tensor is looked for.
  func parameterName(of tensor: String) -> String {
    for renaming in renamings {
      if let name = renaming(tensor) { return name }
    }
    return tensor
  }

  /// Whether a name fits a pattern; takes time in proportion to the product of their lengths.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    let pattern = Array(pattern)
    // Which prefixes of the pattern fit the part of the name that was read.
    var fits = [true] + pattern.indices.map { index in pattern[...index].allSatisfy { $0 == "*" } }
    for character in name {
      var next = [false]
      for (index, wanted) in pattern.enumerated() {
        next.append(
          wanted == "*"
            ? next[index] || fits[index + 1]
            : fits[index] && (wanted == "?" || wanted == character))
      }
      fits = next
    }
    return fits[pattern.count]
  }
}
