/// How a convolution treats the border of its input.
public enum Padding: Equatable, Hashable, Sendable {
  /// So many zeros on both sides of each axis.
  case sizes(Sizes)
  /// Zeros so that the output (at stride 1) is as large as the input; odd filters only.
  case same
  /// Zeros so that every overlap of filter and input counts.
  case full

  /// No zeros.
  public static var valid: Padding { .sizes(.all(0)) }

  /// The zeros on both sides of each axis for filters of the given sizes.
  package func widths(for filter: [Int], _ what: String = "pad") throws(NetworkError) -> [Int] {
    switch self {
    case .sizes(let sizes):
      let widths = try sizes.values(filter.count, what)
      guard widths.allSatisfy({ $0 >= 0 }) else {
        throw NetworkError("needs a \(what) of 0 or more on each axis, got \(widths).")
      }
      return widths
    case .full: return filter.map { $0 - 1 }
    case .same:
      guard filter.allSatisfy({ !$0.isMultiple(of: 2) }) else {
        throw NetworkError(
          "can have \(what) 'same' with odd filter sizes only, got \(filter); make them odd or give "
            + "the \(what) as numbers.")
      }
      return filter.map { $0 / 2 }
    }
  }

  /// Its shortest form for the given number of axes.
  func canonical(_ axes: Int) -> Padding {
    if case .sizes(let sizes) = self { .sizes(sizes.canonical(axes)) } else { self }
  }

  /// The padding as tables show it, or nil where there is none.
  func text(_ axes: Int) -> String? {
    switch self {
    case .sizes(.all(0)): nil
    case .sizes(let sizes): sizes.text(axes)
    case .same: "same"
    case .full: "full"
    }
  }
}

extension Padding: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, Codable {
  /// So many zeros on both sides of every axis.
  public init(integerLiteral value: Int) { self = .sizes(.all(value)) }
  /// So many zeros on both sides, for each axis.
  public init(arrayLiteral elements: Int...) { self = .sizes(.each(elements)) }

  /// Reads `valid`, `same`, `full`, a number or a list of numbers.
  public init(from decoder: any Decoder) throws {
    guard let word = try? decoder.singleValueContainer().decode(String.self) else {
      self = .sizes(try Sizes(from: decoder))
      return
    }
    switch word {
    case "valid": self = .valid
    case "same": self = .same
    case "full": self = .full
    default:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "There is no padding '\(word)': "
            + Spelling.hint(for: word, among: ["valid", "same", "full"])))
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .sizes(let sizes): try sizes.encode(to: encoder)
    case .same: try "same".encode(to: encoder)
    case .full: try "full".encode(to: encoder)
    }
  }
}
