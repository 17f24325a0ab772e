/// A size for every spatial axis: one number for all, or one for each.
public enum Sizes: Equatable, Hashable, Sendable {
  /// The same for all axes.
  case all(Int)
  /// One for each axis.
  case each([Int])

  /// The sizes of the given number of axes; throws where another number of sizes was given.
  package func values(_ axes: Int, _ what: String) throws(NetworkError) -> [Int] {
    switch self {
    case .all(let size): return [Int](repeating: size, count: axes)
    case .each(let sizes):
      guard sizes.count == axes else {
        throw NetworkError(
          "needs a \(what) of one number or \(axes), one for each spatial axis, got \(sizes).")
      }
      return sizes
    }
  }

  /// The sizes, each at least 1.
  func positive(_ axes: Int, _ what: String) throws(NetworkError) -> [Int] {
    let sizes = try values(axes, what)
    guard sizes.allSatisfy({ $0 > 0 }) else {
      throw NetworkError("needs a \(what) of at least 1 on each axis, got \(text).")
    }
    return sizes
  }

  /// One number where all are the same.
  func canonical(_ axes: Int) -> Sizes {
    if case .each(let sizes) = self, sizes.count == axes, let first = sizes.first,
      sizes.allSatisfy({ $0 == first })
    {
      return .all(first)
    }
    return self
  }

  /// The sizes as tables show them: `5×5`.
  func text(_ axes: Int) -> String {
    switch self {
    case .all(let size): [Int](repeating: size, count: axes).map(String.init).joined(separator: "×")
    case .each(let sizes): sizes.map(String.init).joined(separator: "×")
    }
  }

  private var text: String {
    switch self {
    case .all(let size): "\(size)"
    case .each(let sizes): "\(sizes)"
    }
  }
}

extension Sizes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, Codable {
  /// The same for all axes.
  public init(integerLiteral value: Int) { self = .all(value) }
  /// One for each axis.
  public init(arrayLiteral elements: Int...) { self = .each(elements) }

  /// Reads a number or a list of numbers.
  public init(from decoder: any Decoder) throws {
    if var list = try? decoder.unkeyedContainer() {
      var sizes: [Int] = []
      while !list.isAtEnd { sizes.append(try list.decode(Int.self)) }
      self = .each(sizes)
    } else {
      self = .all(try decoder.singleValueContainer().decode(Int.self))
    }
  }

  /// Writes a number or a list of numbers.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .all(let size): try size.encode(to: encoder)
    case .each(let sizes): try sizes.encode(to: encoder)
    }
  }
}
