import Datasets
import Foundation
import Records

/// What one field of a search may be: one of a list, or a number in a range.
public enum SearchValues: Equatable, Sendable {
  /// One of these values.
  case choice([JSONValue])
  /// A number in a range.
  case range(SearchRange)

  /// Any number of a range, all with the same chance; with `points` only so many, evenly apart.
  public static func linear(_ range: ClosedRange<Double>, points: Int? = nil) -> SearchValues {
    .range(SearchRange(from: range.lowerBound, to: range.upperBound, points: points))
  }

  /// Any number of a range whose logarithms all have the same chance; above 0.
  public static func logarithmic(_ range: ClosedRange<Double>, points: Int? = nil) -> SearchValues {
    .range(
      SearchRange(
        from: range.lowerBound, to: range.upperBound, isLogarithmic: true, points: points))
  }

  /// Any whole number of a range, its ends among them.
  public static func integers(
    _ range: ClosedRange<Int>, isLogarithmic: Bool = false, points: Int? = nil
  ) -> SearchValues {
    .range(
      SearchRange(
        from: Double(range.lowerBound), to: Double(range.upperBound), isLogarithmic: isLogarithmic,
        isWhole: true, points: points))
  }

  /// All values where they can be listed; `nil` for a range of any numbers.
  var listed: [JSONValue]? {
    switch self {
    case .choice(let values): values
    case .range(let range): range.listed?.map(JSONValue.number)
    }
  }

  /// How many different values there are; `nil` for a range of any numbers.
  var count: Int? {
    switch self {
    case .choice(let values): values.count
    case .range(let range): range.count
    }
  }

  /// One of the values, by chance.
  func draw(_ generator: inout SplitMix64) -> JSONValue {
    switch self {
    case .choice(let values): values[generator.index(below: values.count)]
    case .range(let range): .number(range.draw(&generator))
    }
  }

  /// Refuses what holds no value, or one twice.
  func check(_ field: String) throws(EngineError) {
    switch self {
    case .choice(let values):
      guard !values.isEmpty else {
        throw EngineError(.invalid, "The search has no value for '\(field)'; give at least one.")
      }
      guard Set(values).count == values.count else {
        throw EngineError(
          .invalid, "The search's values for '\(field)' name one of them twice; give each once.")
      }
    case .range(let range): try range.check(field)
    }
  }
}

extension SearchValues: Codable {
  /// Reads a list of values, or a range such as `{"from": 0.001, "to": 0.1}`.
  public init(from decoder: any Decoder) throws {
    if let values = try? decoder.singleValueContainer().decode([JSONValue].self) {
      self = .choice(values)
    } else {
      self = .range(try SearchRange(from: decoder))
    }
  }

  /// Writes the list or the range.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .choice(let values): try values.encode(to: encoder)
    case .range(let range): try range.encode(to: encoder)
    }
  }
}

/// Numbers between two ends, these among them.
public struct SearchRange: Equatable, Sendable {
  /// The least number.
  public var from: Double
  /// The largest number.
  public var to: Double
  /// Whether it is the logarithm whose values have the same chance.
  public var isLogarithmic: Bool
  /// Whether only whole numbers count.
  public var isWhole: Bool
  /// How many numbers, evenly apart, stand for the range; `nil` for all.
  public var points: Int?

  /// Makes a range from its parts.
  public init(
    from: Double, to: Double, isLogarithmic: Bool = false, isWhole: Bool = false,
    points: Int? = nil
  ) {
    self.from = from
    self.to = to
    self.isLogarithmic = isLogarithmic
    self.isWhole = isWhole
    self.points = points
  }

  /// The largest whole number that `Double` tells from its neighbours.
  private static let largestWhole = 9_007_199_254_740_991.0

  var listed: [Double]? {
    if let points {
      var seen: Set<Double> = []
      return (0..<points).map { value(at: Double($0) / Double(points - 1)) }
        .filter { seen.insert($0).inserted }
    }
    guard isWhole, to - from < Double(Search.largestTrialCount) else { return nil }
    return stride(from: from, through: to, by: 1).map { $0 }
  }

  var count: Int? {
    points == nil && isWhole ? Int(exactly: to - from + 1) : listed?.count
  }

  /// The number at a share of the way from one end to the other.
  private func value(at share: Double) -> Double {
    let number =
      share == 0
      ? from
      : share == 1
        ? to : isLogarithmic ? from * pow(to / from, share) : from + (to - from) * share
    return min(max(isWhole ? number.rounded() : number, from), to)
  }

  func draw(_ generator: inout SplitMix64) -> Double {
    if points != nil, let listed { return listed[generator.index(below: listed.count)] }
    let share = Double(generator.next() >> 11) * 0x1p-53
    guard isWhole else { return value(at: share) }
    // Every whole number has the part up to the next one.
    let end = to + 1
    let number = isLogarithmic ? from * pow(end / from, share) : from + (end - from) * share
    return min(max(number.rounded(.down), from), to)
  }

  func check(_ field: String) throws(EngineError) {
    func refuse(_ reason: String) throws(EngineError) {
      throw EngineError(.invalid, "The search's range for '\(field)' \(reason)")
    }
    guard from.isFinite, to.isFinite, from < to else {
      return try refuse("goes from \(from) to \(to); it must go from a number to a larger one.")
    }
    if isLogarithmic, from <= 0 {
      try refuse("begins at \(from); a logarithmic one must begin above 0.")
    }
    let ends = [from, to]
    if isWhole, !ends.allSatisfy({ $0 == $0.rounded() && abs($0) <= Self.largestWhole }) {
      try refuse("goes from \(from) to \(to); a range of whole numbers has whole ends.")
    }
    if let points, !(2...Search.largestTrialCount).contains(points) {
      try refuse("has \(points) points; give 2 to \(Search.largestTrialCount), or none.")
    }
  }
}

extension SearchRange: Codable {
  private enum CodingKeys: String, CodingKey {
    case from, to, isLogarithmic, isWhole, points
  }

  /// Reads a range; what is left out is linear, of any numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      from: try container.decode(Double.self, forKey: .from),
      to: try container.decode(Double.self, forKey: .to),
      isLogarithmic: try container.decodeIfPresent(Bool.self, forKey: .isLogarithmic) ?? false,
      isWhole: try container.decodeIfPresent(Bool.self, forKey: .isWhole) ?? false,
      points: try container.decodeIfPresent(Int.self, forKey: .points))
  }
}

extension SplitMix64 {
  /// A whole number below a bound, each with the same chance to within the bound's part of 2⁶⁴.
  mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}

extension JSONValue {
  /// The value as people write it: `0.01`, `32`, `[100, 50]`, `adam`.
  package var plainText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let value): value
    case .array(let values): "[" + values.map(\.plainText).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.plainText)" }
        .joined(separator: ", ") + "}"
    }
  }
}
