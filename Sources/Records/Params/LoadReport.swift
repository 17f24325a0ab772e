/// What became of each tensor when weights were put into a network that they may not fit.
public struct LoadReport: Codable, Equatable, Sendable {
  /// A parameter that took its numbers from a tensor.
  public struct Loaded: Codable, Equatable, Sendable {
    /// The network's parameter.
    public var parameter: String
    /// The tensor's name in the file.
    public var tensor: String

    /// Makes an entry from its parts.
    public init(parameter: String, tensor: String) {
      self.parameter = parameter
      self.tensor = tensor
    }
  }

  /// A tensor that has a parameter's name but not its shape.
  public struct Mismatch: Codable, Equatable, Sendable {
    /// The network's parameter.
    public var parameter: String
    /// The tensor's name in the file.
    public var tensor: String
    /// The shape the network needs.
    public var expected: [Int]
    /// The shape in the file.
    public var found: [Int]

    /// Makes an entry from its parts.
    public init(parameter: String, tensor: String, expected: [Int], found: [Int]) {
      self.parameter = parameter
      self.tensor = tensor
      self.expected = expected
      self.found = found
    }
  }

  /// Where the weights came from.
  public var source: String
  /// Parameters that were loaded, in the network's order.
  public var loaded: [Loaded]
  /// Parameters that were wanted and for which there is no tensor, in the network's order.
  public var missing: [String]
  /// Tensors for which the network has no wanted parameter, sorted.
  public var unexpected: [String]
  /// Parameters whose tensor has another shape.
  public var mismatched: [Mismatch]
  /// Parameters that the patterns left out.
  public var skipped: [String]

  /// Makes a report from its parts.
  public init(
    source: String, loaded: [Loaded] = [], missing: [String] = [], unexpected: [String] = [],
    mismatched: [Mismatch] = [], skipped: [String] = []
  ) {
    self.source = source
    self.loaded = loaded
    self.missing = missing
    self.unexpected = unexpected
    self.mismatched = mismatched
    self.skipped = skipped
  }

  /// Whether every parameter was loaded and every tensor used.
  public var isComplete: Bool {
    missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty && skipped.isEmpty
  }
}
