/// What a network looks like from outside: the record behind the table, the picture and the JSON.
public struct NetworkSummary: Codable, Equatable, Sendable {
  /// The network's name.
  public var name: String
  /// The layers, each after all it depends on.
  public var layers: [LayerSummary]
  /// The names of the output layers.
  public var outputs: [String]

  /// Makes a summary from its parts.
  public init(name: String, layers: [LayerSummary], outputs: [String]) {
    self.name = name
    self.layers = layers
    self.outputs = outputs
  }

  /// The number of weights, each shared parameter counted once.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

  /// The number of weights that training changes.
  public var trainableParameterCount: Int {
    layers.flatMap(\.parameters).filter(\.isTrainable).reduce(0) { $0 + $1.count }
  }
}

/// One row of a ``NetworkSummary``.
public struct LayerSummary: Codable, Equatable, Sendable {
  /// The layer's name, unique in its network.
  public var name: String
  /// The layer's type as in Lasagne: `Conv2DLayer`.
  public var type: String
  /// The names of the layers it reads.
  public var incomings: [String]
  /// The size of each axis of its output; `nil` where it is known only at run time (the batch).
  public var outputShape: [Int?]
  /// Its own parameters; one shared with an earlier layer is listed there only.
  public var parameters: [ParameterSummary]
  /// What sets it apart in a few words: `32 filters 5×5, rectify`.
  public var detail: String

  /// Makes a row from its parts.
  public init(
    name: String, type: String, incomings: [String], outputShape: [Int?],
    parameters: [ParameterSummary], detail: String
  ) {
    self.name = name
    self.type = type
    self.incomings = incomings
    self.outputShape = outputShape
    self.parameters = parameters
    self.detail = detail
  }

  /// The number of weights of this layer.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}

/// One parameter in a ``LayerSummary``.
public struct ParameterSummary: Codable, Equatable, Sendable {
  /// The full name: `conv1.W`.
  public var name: String
  /// The size of each axis.
  public var shape: [Int]
  /// Whether training changes it by gradient.
  public var isTrainable: Bool
  /// Whether penalties on weights apply to it.
  public var isRegularizable: Bool

  /// Makes a row from its parts.
  public init(name: String, shape: [Int], isTrainable: Bool, isRegularizable: Bool) {
    self.name = name
    self.shape = shape
    self.isTrainable = isTrainable
    self.isRegularizable = isRegularizable
  }

  /// The number of entries.
  public var count: Int { shape.reduce(1, *) }
}
