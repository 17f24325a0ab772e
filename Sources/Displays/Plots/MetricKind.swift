/// What kind of value a metric is: its last part, so that train/loss and valid/loss stand together.
public enum MetricKind {
  private static let titles = [
    "loss": "Loss", "accuracy": "Accuracy", "updateRatio": "Update to weight ratio",
    "gradientNorm": "Gradient norm", "norm": "Weight norm", "samples": "Samples per second",
    "learning": "Learning rate", "penalty": "Penalty",
    "observation": "Share of time spent observing", "deadShare": "Units that do nothing",
    "saturation": "Outputs in the flat part", "stableRank": "Stable rank",
    "effectiveRank": "Effective rank", "alpha": "Power law exponent α",
    "spectralNorm": "Largest singular value",
  ]

  /// The kind of a metric's key.
  public static func name(of key: String) -> String {
    let last = key.split(separator: "/").last.map(String.init) ?? key
    return ["epochLoss": "loss", "epochAccuracy": "accuracy"][last] ?? last
  }

  /// The kind in a person's words.
  public static func title(of kind: String) -> String { titles[kind] ?? kind }

  /// Whether values of this kind are parts of one.
  public static func isPart(_ kind: String) -> Bool {
    kind.lowercased().contains("accuracy")
      || ["observation", "deadShare", "saturation"].contains(kind)
  }

  /// Keys in the order in which curves are drawn: of training, of validation, of tests, others.
  public static func ordered(_ keys: [String]) -> [String] {
    func rank(_ key: String) -> Int {
      ["train/", "valid/", "test/"].firstIndex { key.hasPrefix($0) } ?? 3
    }
    return keys.sorted {
      (rank($0), $0.contains("/epoch") ? 1 : 0, $0) < (rank($1), $1.contains("/epoch") ? 1 : 0, $1)
    }
  }
}
