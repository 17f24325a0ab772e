/// How much of the input each layer of a network sees, and whether it can make something of it.
public struct CapacityReport: Codable, Equatable, Sendable {
  /// The network's name.
  public var name: String
  /// The input whose places are counted; `nil` where no input has places.
  public var input: String?
  /// The input's length on each spatial axis, rows first; `nil` where it is known only at run time.
  public var inputSize: [Int?]
  /// The layers, each after all it depends on.
  public var layers: [LayerCapacity]

  /// Makes a report from its parts.
  public init(name: String, input: String?, inputSize: [Int?], layers: [LayerCapacity]) {
    self.name = name
    self.input = input
    self.inputSize = inputSize
    self.layers = layers
  }
}

/// One row of a ``CapacityReport``; each list has one number for each spatial axis, rows first.
public struct LayerCapacity: Codable, Equatable, Sendable {
  /// Capacities below this are too low: Cao, A practical theory for designing very deep
  /// convolutional neural networks, 2015.
  public static let leastCapacity = 1.0 / 6

  /// The layer's name.
  public var name: String
  /// The layer's type as in Lasagne.
  public var type: String
  /// The size of each axis of its output; `nil` where it is known only at run time.
  public var outputShape: [Int?]
  /// The receptive field: how many places of the input one number depends on at most.
  ///
  /// From the first to the last of them; padding counts. `nil` where that is not known.
  public var field: [Int]?
  /// The real filter: how many places of the input the layer's own filter spans.
  ///
  /// `nil` for layers without one.
  public var filter: [Double]?
  /// The receptive field as a share of the input; above 1 where it reaches beyond.
  public var coverage: [Double]?
  /// The real filter as a share of the receptive field.
  public var capacity: [Double]?

  /// Makes a row from its parts.
  public init(
    name: String, type: String, outputShape: [Int?], field: [Int]?, filter: [Double]?,
    coverage: [Double]?, capacity: [Double]?
  ) {
    self.name = name
    self.type = type
    self.outputShape = outputShape
    self.field = field
    self.filter = filter
    self.coverage = coverage
    self.capacity = capacity
  }

  /// Whether its filters are too small for what it sees: a capacity below 1/6 on some axis.
  public var hasLowCapacity: Bool { capacity?.contains { $0 < Self.leastCapacity } ?? false }

  /// Whether it sees more than there is on some axis.
  public var seesBeyondInput: Bool { coverage?.contains { $0 > 1 } ?? false }
}
