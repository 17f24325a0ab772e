/// By how much an image becomes smaller: one number for both axes, or one for each.
///
/// Fractions are allowed; a factor below 1 makes the image larger. The length is rounded down.
public struct DownsampleFactor: Equatable, Hashable, Sendable {
  /// The factor of the rows.
  public var rows: Double
  /// The factor of the columns.
  public var columns: Double

  /// The factors of both axes.
  public init(rows: Double, columns: Double) {
    self.rows = rows
    self.columns = columns
  }

  /// The lengths that are left of an image's rows and columns.
  func lengths(of shape: Shape) throws(NetworkError) -> Shape {
    guard rows > 0, columns > 0, rows.isFinite, columns.isFinite else {
      throw NetworkError("needs a downsampleFactor above 0, got \([rows, columns]).")
    }
    return zip(shape, [rows, columns]).map { length, factor in
      length.map { Self.length($0, factor) }
    }
  }

  /// The lengths that are left of lengths known at run time.
  package func lengths(rows height: Int, columns width: Int) -> (rows: Int, columns: Int) {
    (Self.length(height, rows), Self.length(width, columns))
  }

  private static func length(_ length: Int, _ factor: Double) -> Int {
    Int(min((Double(length) / factor).rounded(.down), Double(NetworkLimits.length) + 1))
  }
}

extension DownsampleFactor: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, Codable {
  /// The same factor for both axes.
  public init(integerLiteral value: Int) {
    self.init(rows: Double(value), columns: Double(value))
  }
  /// The same factor for both axes.
  public init(floatLiteral value: Double) { self.init(rows: value, columns: value) }

  /// Reads a number or a pair of numbers.
  public init(from decoder: any Decoder) throws {
    if let pair = try? [Double](from: decoder) {
      guard pair.count == 2 else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription:
              "A downsampleFactor is a number or a pair of numbers, got \(pair.count) numbers."))
      }
      self.init(rows: pair[0], columns: pair[1])
    } else {
      let factor = try decoder.singleValueContainer().decode(Double.self)
      self.init(rows: factor, columns: factor)
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    func write(_ value: Double) -> ModelTree {
      Int(exactly: value).map { .int($0) } ?? .double(value)
    }
    let tree = rows == columns ? write(rows) : ModelTree.list([write(rows), write(columns)])
    try tree.encode(to: encoder)
  }
}
