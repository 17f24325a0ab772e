/// One layer in a network: its name, itself, and what it reads.
public struct NetworkNode: Equatable, Sendable {
  /// The name, unique in the network.
  public let name: String
  /// The layer; its own name is the node's.
  public let layer: AnyLayer
  /// The names of the layers it reads, those in its settings not among them.
  public let incomings: [String]

  /// All it reads, in the order `forward` gets them: the incomings, then the layers in its settings.
  public let dependencies: [String]
  /// The layer's type name in model files.
  public var typeName: String { layer.typeName }
}

/// A graph of layers: a value that can be compared, saved, sent to another thread.
///
/// It holds no weights. Built in Swift or read from a model file; the same layers give equal values. All
/// mistakes are ``NetworkError``s when it is built.
public struct Network: Equatable, Sendable {
  /// The network's name.
  public let name: String
  /// The layers, each after all it reads.
  public let layers: [NetworkNode]
  /// The names of the output layers.
  public let outputs: [String]
  /// What follows from the layers: shapes, order, parameters.
  package let structure: NetworkStructure

  /// A network from parts in order; each reads the part before it unless it says otherwise.
  ///
  /// `outputs` are the last layer's name where left out.
  public init(_ name: String, parts: [NetworkPart], outputs: [String]? = nil) throws(NetworkError) {
    var assembly = NetworkAssembly(name)
    assembly.announce(parts)
    for part in parts { try assembly.add(part) }
    (layers, self.outputs, structure) = try assembly.finish(outputs: outputs)
    self.name = name
  }

  /// A network that begins with an input layer called `input`; the batch axis is added to the shape.
  ///
  /// ```swift
  /// let mlp = try Network("mlp", input: [784]) {
  ///   DenseLayer(800)
  ///   DenseLayer(10, nonlinearity: .softmax)
  /// }
  /// ```
  public init(
    _ name: String, input: [Int?], outputs: [String]? = nil,
    @NetworkBuilder _ layers: () throws -> [NetworkPart]
  ) throws {
    let first = NetworkPart(InputLayer([nil] + input, name: "input"))
    try self.init(name, parts: [first] + layers(), outputs: outputs)
  }

  /// A network whose input layers are written out.
  public init(
    _ name: String, outputs: [String]? = nil,
    @NetworkBuilder _ layers: () throws -> [NetworkPart]
  ) throws {
    try self.init(name, parts: layers(), outputs: outputs)
  }

  /// A network without layers, for settings that have no default.
  static let empty = Network()

  private init() {
    (name, layers, outputs, structure) = ("", [], [], NetworkStructure())
  }

  /// Equal if names, layers and outputs are; all else follows from them.
  public static func == (first: Network, second: Network) -> Bool {
    first.name == second.name && first.layers == second.layers && first.outputs == second.outputs
  }
}

extension Network {
  /// The names of the input layers, in order.
  public var inputs: [String] {
    structure.order.map { layers[$0] }.filter { $0.layer.base is InputLayer }.map(\.name)
  }

  /// The parameters in Lasagne's order: that of `get_all_params` and of `model.npz`.
  public var parameters: [NetworkParameter] { structure.parameters }

  /// The number of weights, each shared parameter counted once.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// The node with this name.
  public func layer(_ name: String) throws(NetworkError) -> NetworkNode {
    layers[try index(of: name)]
  }

  /// The output shape of a layer; of the (first) output layer where no name is given.
  public func outputShape(of layer: String? = nil) throws(NetworkError) -> Shape {
    structure.shapes[try index(of: layer ?? outputs[0])]
  }

  func index(of name: String) throws(NetworkError) -> Int {
    guard let index = structure.indices[name] else {
      throw NetworkError(
        "The network '\(self.name)' has no layer called '\(name)': "
          + Spelling.hint(for: name, among: layers.map(\.name)))
    }
    return index
  }
}

/// What follows from a network's layers.
package struct NetworkStructure: Sendable {
  /// The place of each layer in the list.
  package var indices: [String: Int] = [:]
  /// The output shape of each layer.
  package var shapes: [Shape] = []
  /// The layers the outputs depend on, in Lasagne's order.
  package var order: [Int] = []
  /// The indices of what each layer reads.
  package var dependencies: [[Int]] = []
  /// The layers that an `InverseLayer` undoes: what they compute is recorded in every mode.
  var inverted: Set<Int> = []
  /// All parameters in Lasagne's order.
  var parameters: [NetworkParameter] = []
  /// For each layer, where each of its parameters stands in `parameters`.
  package var bindings: [[String: Int]] = []
}
