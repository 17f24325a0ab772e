/// Finds what a person probably meant by a name nobody knows, and words the sentence that says so.
package enum Spelling {
  /// The candidate that takes the fewest edits to reach, or nil if none is close.
  ///
  /// Case does not count, and at most a third of the letters (at least two) may differ.
  package static func closestMatch(to name: String, among candidates: some Sequence<String>)
    -> String?
  {
    let wanted = Array(name.lowercased())
    let limit = max(2, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = editDistance(wanted, Array(candidate.lowercased()))
      if distance <= limit, distance < (best?.distance ?? .max) {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  /// The end of an error sentence: the closest candidate, or the candidates if none is close.
  package static func hint(for name: String, among candidates: [String]) -> String {
    if let match = closestMatch(to: name, among: candidates) {
      return "did you mean '\(match)'?"
    }
    let shown = candidates.prefix(18).joined(separator: ", ")
    let rest = candidates.count - 18
    return "use one of \(shown)\(rest > 0 ? " or \(rest) others" : "")."
  }

  /// The number of insertions, deletions, substitutions and swaps of neighbours between two texts.
  private static func editDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let substitution = previous[column] + (first[row] == second[column] ? 0 : 1)
        var distance = min(substitution, previous[column + 1] + 1, current[column] + 1)
        let isSwap =
          row > 0 && column > 0 && first[row] == second[column - 1]
          && first[row - 1] == second[column]
        if isSwap {
          distance = min(distance, beforePrevious[column - 1] + 1)
        }
        current.append(distance)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[second.count]
  }
}
