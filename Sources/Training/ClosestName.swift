/// Words the sentence for a name nobody knows, with the known name that was probably meant.
enum ClosestName {
  /// `did you mean 'epochs'?`, or all candidates where none is close.
  static func hint(for name: String, among candidates: [String]) -> String {
    let wanted = Array(name.lowercased())
    let distances = candidates.map {
      (name: $0, distance: distance(wanted, Array($0.lowercased())))
    }
    if let best = distances.min(by: { $0.distance < $1.distance }),
      best.distance <= max(2, wanted.count / 3)
    {
      return "did you mean '\(best.name)'?"
    }
    return "use one of \(candidates.sorted().joined(separator: ", "))."
  }

  /// The number of insertions, deletions and substitutions between two texts.
  private static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in second.enumerated() {
        let substitution = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
