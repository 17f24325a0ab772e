import Foundation
import Lasagne
import Tensors

/// Turns the nodes of an ONNX graph into layers, one after the other.
///
/// What a node gives is a layer's output, a constant, or the lengths of a shape; shapes are worked out
/// while reading, so that reshaping by lengths taken from a shape becomes a plain layer.
struct GraphImport {
  /// What a name in the graph stands for.
  enum Value {
    case flow(Flow)
    case constant(HostArray)
    case lengths([Length])
    /// A constant repeated along an open axis (the first state of every sequence).
    case repeated(HostArray)
  }

  /// The output of a layer.
  struct Flow {
    let layer: String
    let shape: Shape
  }

  /// One length of a shape.
  enum Length: Equatable {
    case known(Int)
    /// That of a layer's output along an axis, known only at run time.
    case open(layer: String, axis: Int)
  }

  /// A layer of the network in the making.
  struct Entry {
    var layer: any Layer
    var incomings: [Flow]
  }

  var values: [String: Value] = [:]
  var entries: [String: Entry] = [:]
  private var order: [String] = []
  /// The names in the graph that stand for each layer's output.
  private var names: [String: [String]] = [:]
  /// The last number given to each name that several layers wish for.
  private var numbers: [String: Int] = [:]
  /// The arrays of the layers by the full names of the parameters.
  var arrays: [String: HostArray] = [:]
  /// How many nodes read a value, the graph's outputs among them.
  private(set) var readers: [String: Int] = [:]
  /// The names of constants, which often say what the layer is called.
  private var constants: Set<String> = []
  /// The length of the first axis where the file fixes it.
  private(set) var fixedBatch: Int?

  /// The version of the operators, some of which changed their meaning.
  private(set) var operatorSet = ONNXFile.operatorSet

  /// The longest axis of a value.
  private static let longestAxis = 1 << 31

  // MARK: the whole graph

  static func network(
    _ graph: ONNXGraph, called name: String, operatorSet: Int
  ) throws -> (network: Network, weights: [HostArray]) {
    var reading = GraphImport()
    reading.operatorSet = operatorSet
    for stored in graph.initializer {
      reading.values[stored.name] = .constant(
        try ONNXReader.array(stored, "The constant '\(stored.name.prefix(80))'"))
      reading.constants.insert(stored.name)
    }
    for node in graph.node {
      for input in node.input { reading.readers[input, default: 0] += 1 }
    }
    for output in graph.output { reading.readers[output.name, default: 0] += 1 }
    for input in graph.input where !reading.constants.contains(input.name) {
      try reading.add(input: input)
    }
    for node in graph.node { try reading.read(ImportedNode(node)) }
    return try reading.finish(graph.output.map(\.name), called: name)
  }

  private mutating func add(input: ONNXValueInfo) throws {
    guard input.type.hasTensorType, input.type.tensorType.hasShape else {
      throw InteropError(
        "The input '\(input.name.prefix(80))' does not say its shape; export the model with it.")
    }
    var shape = input.type.tensorType.shape.dim.map { dimension -> Int? in
      guard case .dimValue(let length) = dimension.value, length > 0 else { return nil }
      return Int(length)
    }
    guard shape.count <= 16, shape.allSatisfy({ ($0 ?? 0) <= Self.longestAxis }) else {
      throw InteropError(
        "The input '\(input.name.prefix(80))' has the shape \(shape.text), longer than any memory.")
    }
    // A network here always takes batches of any size.
    if let first = shape.first, let first {
      fixedBatch = first
      shape[0] = nil
    }
    let name = unusedName(input.name)
    set(input.name, .flow(try add(InputLayer(shape), reading: [], called: name)))
  }

  private mutating func read(_ node: ImportedNode) throws {
    guard let operation = Self.operations[node.type] else {
      throw node.problem("does what no layer here does, and cannot be imported.")
    }
    do {
      try operation(&self, node)
    } catch let error as NetworkError {
      throw node.problem("does not fit its inputs: \(error)")
    } catch let error as TensorError {
      throw node.problem("has constants that cannot be used: \(error)")
    }
  }

  private func finish(
    _ names: [String], called name: String
  ) throws -> (network: Network, weights: [HostArray]) {
    guard !names.isEmpty else { throw InteropError("The graph has no output.") }
    var outputs: [String] = []
    for name in names {
      guard case .flow(let flow) = values[name] else {
        throw InteropError(
          "The output '\(name.prefix(80))' is not computed from an input; a network needs one that is."
        )
      }
      if !outputs.contains(flow.layer) { outputs.append(flow.layer) }
    }
    // Only what the outputs need: shape arithmetic and steps that were joined leave layers behind.
    var needed: Set<String> = []
    var waiting = outputs
    while let next = waiting.popLast() {
      guard needed.insert(next).inserted, let entry = entries[next] else { continue }
      waiting += entry.incomings.map(\.layer) + entry.layer.referencedLayers
    }
    let parts = order.filter(needed.contains).compactMap { name -> NetworkPart? in
      guard let entry = entries[name] else { return nil }
      let part = NetworkPart(entry.layer).named(name)
      return entry.incomings.isEmpty ? part : part.reading(entry.incomings.map(\.layer))
    }
    let network = try Network(name, parts: parts, outputs: outputs)
    let weights = try network.parameters.map { parameter in
      guard let array = arrays[parameter.fullName] else {
        throw InteropError("The file has no values for \(parameter.fullName).")
      }
      guard array.shape == parameter.shape else {
        throw InteropError(
          "The values of \(parameter.fullName) have the shape \(array.shape), expected "
            + "\(parameter.shape).")
      }
      return array.converted(to: .float32)
    }
    return (network, weights)
  }

  // MARK: adding layers

  /// Adds a layer and gives its output.
  @discardableResult
  mutating func add(
    _ layer: any Layer, reading incomings: [Flow], called name: String,
    _ weights: [String: HostArray] = [:]
  ) throws -> Flow {
    guard order.count < ONNXReader.mostNodes else {
      throw InteropError("The graph needs more than \(ONNXReader.mostNodes) layers.")
    }
    let shape: Shape
    do {
      shape = try layer.outputShape(for: incomings.map(\.shape))
    } catch {
      throw InteropError("\(name) (\(type(of: layer).typeName)) \(error)")
    }
    guard shape.allSatisfy({ (1...Self.longestAxis).contains($0 ?? 1) }) else {
      throw InteropError(
        "\(name) (\(type(of: layer).typeName)) would have an output of shape \(shape.text), which no "
          + "network can.")
    }
    entries[name] = Entry(layer: layer, incomings: incomings)
    order.append(name)
    for (local, array) in weights { arrays["\(name).\(local)"] = array }
    return Flow(layer: name, shape: shape)
  }

  /// Takes a layer away that nothing reads any more.
  mutating func remove(_ name: String) {
    entries[name] = nil
    if let place = order.lastIndex(of: name) { order.remove(at: place) }
  }

  /// The name for the layer of a node: that of its weights, else its own, else one made from the type.
  mutating func layerName(_ node: ImportedNode, _ layer: any Layer) -> String {
    for input in node.inputs.dropFirst() where constants.contains(input) {
      let parts = input.split(separator: ".")
      if parts.count > 1, !input.contains("::"), !input.contains("constant/") {
        return unusedName(parts.dropLast().joined(separator: "."))
      }
    }
    var parts = node.name.split(separator: "/")
    if parts.count > 1, parts.last?.hasPrefix(node.type) == true { parts.removeLast() }
    if let last = parts.last, !last.hasPrefix(node.type) { return unusedName(String(last)) }
    return unusedName("\(type(of: layer).namePrefix)1")
  }

  /// A name for a layer that no other has, with nothing in it but letters, digits and underscores.
  mutating func unusedName(_ wish: String) -> String {
    let letters = wish.prefix(120).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    var plain = String(letters).trimmingCharacters(in: ["_"])
    if plain.isEmpty { plain = "layer" }
    guard entries[plain] != nil else { return plain }
    let base = plain.trimmingCharacters(in: .decimalDigits)
    let stem = base.isEmpty ? plain + "_" : (base == plain ? base + "_" : base)
    var number = max(2, numbers[stem] ?? 2)
    while entries["\(stem)\(number)"] != nil { number += 1 }
    numbers[stem] = number
    return "\(stem)\(number)"
  }

  /// Adds the layer of a node, whose first output it gives.
  mutating func give(
    _ node: ImportedNode, _ layer: any Layer, reading incomings: [Flow],
    _ weights: [String: HostArray] = [:]
  ) throws {
    let name = layerName(node, layer)
    try set(node, .flow(add(layer, reading: incomings, called: name, weights)))
  }

  /// Says what a node's first output stands for.
  mutating func set(_ node: ImportedNode, _ value: Value) throws {
    guard let output = node.outputs.first else { throw node.problem("gives nothing.") }
    set(output, value)
  }

  /// Says what a name stands for.
  mutating func set(_ name: String, _ value: Value) {
    values[name] = value
    if case .flow(let flow) = value { names[flow.layer, default: []].append(name) }
  }

  /// The layer behind a flow, if only one node reads it, under whatever name.
  func onlyRead(_ flow: Flow) -> (any Layer)? {
    // Each name after the first is that of a node that reads an earlier one and passes it on.
    let names = self.names[flow.layer] ?? []
    let count = names.reduce(0) { $0 + (readers[$1] ?? 0) } - max(0, names.count - 1)
    return count == 1 ? entries[flow.layer]?.layer : nil
  }
}
