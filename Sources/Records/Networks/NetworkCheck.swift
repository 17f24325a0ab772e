/// What is known of a network while somebody writes it: shapes as far as they can be told, what is
/// wrong, and the forms in which it can be written.
public struct NetworkCheck: Codable, Equatable, Sendable {
  /// The layers as far as they are known; one whose shape cannot be told has none.
  public var summary: NetworkSummary
  /// What is wrong; nothing where the network can be used.
  public var problems: [NetworkProblem]
  /// Layers that are not at fault, but read one that is.
  public var waiting: [String]
  /// The model file in YAML; `nil` where the text could not be read at all.
  public var modelFile: String?
  /// The same as a value.
  public var document: JSONValue?
  /// The Swift code; `nil` where there is none.
  public var swiftCode: String?
  /// The memory that training it takes; `nil` while something is wrong.
  public var memory: MemoryEstimate?
  /// How it differs from the network it was compared with.
  public var difference: NetworkDifference?
  /// The picture as SVG; `nil` where there is nothing to draw.
  public var picture: String?

  /// Makes a record from its parts.
  public init(
    summary: NetworkSummary, problems: [NetworkProblem], waiting: [String], modelFile: String?,
    document: JSONValue?, swiftCode: String? = nil, memory: MemoryEstimate? = nil,
    difference: NetworkDifference? = nil, picture: String? = nil
  ) {
    self.summary = summary
    self.problems = problems
    self.waiting = waiting
    self.modelFile = modelFile
    self.document = document
    self.swiftCode = swiftCode
    self.memory = memory
    self.difference = difference
    self.picture = picture
  }
}

/// One thing that is wrong with a network.
public struct NetworkProblem: Codable, Equatable, Sendable {
  /// The layer at fault, if it is one's.
  public var layer: String?
  /// What a person reads: which layer, what it got, what it needs, what to do.
  public var sentence: String

  /// Makes a problem from its parts.
  public init(layer: String?, sentence: String) {
    self.layer = layer
    self.sentence = sentence
  }
}
