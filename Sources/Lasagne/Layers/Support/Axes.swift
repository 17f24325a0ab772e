/// Which axes a layer works over or shares its parameters across.
public enum Axes: Equatable, Hashable, Sendable {
  /// What the layer's documentation says for the input's rank.
  case auto
  /// These axes; negative ones count from the end.
  case axes([Int])
  /// All axes after the first two.
  case spatial
  /// All axes after the first.
  case features
  /// Every axis.
  case all

  /// The axes for an input of the given rank, sorted, each once.
  ///
  /// `allowed` are the words the layer knows; `auto` is what that word means to it.
  package func resolved(
    rank: Int, auto: [Int], words allowed: Set<Axes> = [.auto], _ what: String
  ) throws(NetworkError) -> [Int] {
    switch self {
    case .axes(let axes): return try axes.normalized(rank: rank, what)
    case _ where !allowed.contains(self):
      let words = allowed.map(\.word).sorted().map { " or '\($0)'" }.joined()
      throw NetworkError("does not know the \(what) '\(word)'; give axis numbers\(words).")
    case .auto: return auto
    case .spatial: return Array(2..<max(2, rank))
    case .features: return Array(1..<max(1, rank))
    case .all: return Array(0..<rank)
    }
  }

  /// The axes of all but the channels: Lasagne's `auto` for biases, scales and batch normalization.
  package static func allButChannels(rank: Int) -> [Int] { [0] + Array(2..<Swift.max(2, rank)) }

  /// One number instead of a list of one is the same; nothing else to shorten.
  private var word: String {
    switch self {
    case .auto: "auto"
    case .spatial: "spatial"
    case .features: "features"
    case .all: "all"
    case .axes(let axes): "\(axes)"
    }
  }
}

extension [Int] {
  /// The axes counted from the front, sorted, each once; throws where one is outside the rank.
  func normalized(rank: Int, _ what: String) throws(NetworkError) -> [Int] {
    var axes: Set<Int> = []
    for axis in self {
      guard (-rank..<rank).contains(axis) else {
        throw NetworkError(
          "has \(what) \(self), but its input has only \(rank) axes; use 0 to \(rank - 1).")
      }
      axes.insert(axis < 0 ? axis + rank : axis)
    }
    return axes.sorted()
  }
}

extension Axes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, Codable {
  /// A single axis.
  public init(integerLiteral value: Int) { self = .axes([value]) }
  /// Several axes.
  public init(arrayLiteral elements: Int...) { self = .axes(elements) }

  /// Reads a word, an axis number or a list of them.
  public init(from decoder: any Decoder) throws {
    guard let word = try? decoder.singleValueContainer().decode(String.self) else {
      switch try Sizes(from: decoder) {
      case .all(let axis): self = .axes([axis])
      case .each(let axes): self = .axes(axes)
      }
      return
    }
    let words: [Axes] = [.auto, .spatial, .features, .all]
    guard let known = words.first(where: { $0.word == word }) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "There are no axes '\(word)': "
            + Spelling.hint(for: word, among: words.map(\.word))))
    }
    self = known
  }

  /// Writes what `init(from:)` reads; a list of one axis as that number.
  public func encode(to encoder: any Encoder) throws {
    if case .axes(let axes) = self {
      if axes.count == 1 { try axes[0].encode(to: encoder) } else { try axes.encode(to: encoder) }
    } else {
      try word.encode(to: encoder)
    }
  }
}
