import Lasagne

extension Trainer {
  /// Lets the parameters that a pattern fits stand still from the next step on: no update, no
  /// penalty, and what the update rule remembers of them waits as it is.
  ///
  /// - Parameter pattern: A layer, a parameter, or either with `*` for any text: `conv1`, `conv1.W`,
  ///   `conv*`, `*.b`.
  /// - Throws: `TrainingError` where the pattern fits nothing in the network.
  public func freeze(_ pattern: String) throws(TrainingError) {
    try checkChange()
    frozen.formUnion(try network.parameterNames(fitting: pattern))
  }

  /// Lets the parameters that a pattern fits learn again.
  ///
  /// - Throws: `TrainingError` where the pattern fits nothing in the network.
  public func unfreeze(_ pattern: String) throws(TrainingError) {
    try checkChange()
    frozen.subtract(try network.parameterNames(fitting: pattern))
  }
}

extension Network {
  /// The full names of the parameters that a pattern fits, by themselves or by their layer.
  ///
  /// - Throws: `TrainingError` where it fits none.
  public func parameterNames(fitting pattern: String) throws(TrainingError) -> [String] {
    let fitting = parameters.filter {
      Self.fits($0.fullName, pattern) || Self.fits($0.layer, pattern)
    }
    guard !fitting.isEmpty else {
      let names = layers.map(\.name).filter { name in parameters.contains { $0.layer == name } }
      throw TrainingError(
        .recipe,
        "The network '\(name)' has no layer and no parameter that fits '\(pattern)': "
          + Spelling.hint(for: pattern, among: names + parameters.map(\.fullName)))
    }
    return fitting.map(\.fullName)
  }

  /// Whether a text is a pattern in which each `*` stands for any number of characters.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
      return text == pattern
    }
    guard text.count >= first.count + last.count, text.hasPrefix(first), text.hasSuffix(last) else {
      return false
    }
    var rest = text.dropFirst(first.count).dropLast(last.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let found = rest.firstRange(of: piece) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
