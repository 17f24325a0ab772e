import Foundation
import Tensors

/// Collects the nodes and the constant arrays of an ONNX graph, each value under a name of its own.
///
/// Graphs inside nodes (the body of a loop) are built between `begin` and `end`; their constants stand
/// with those of the whole graph.
final class GraphBuilder {
  private(set) var initializers: [ONNXArray] = []
  private var nodes: [[ONNXNode]] = [[]]
  private var names: Set<String> = []
  private var known: [String: String] = [:]
  /// The bytes of all constants.
  private(set) var byteCount = 0

  /// A name that no other value has, made from the one wished for.
  func name(_ wish: String) -> String {
    var name = wish
    var number = 1
    while !names.insert(name).inserted {
      number += 1
      name = "\(wish)_\(number)"
    }
    return name
  }

  /// Adds a node and returns the names of what it gives.
  func add(
    _ type: String, _ inputs: [String], _ attributes: [ONNXAttribute], outputs: [String]
  ) {
    var node = ONNXNode()
    node.opType = type
    node.name = outputs.first { !$0.isEmpty } ?? type
    node.input = inputs
    node.output = outputs
    node.attribute = attributes
    nodes[nodes.count - 1].append(node)
  }

  /// A constant; the same `key` gives the same one.
  func constant(_ array: HostArray, key: String, wish: String) -> String {
    if let known = known[key] { return known }
    let name = name(wish)
    known[key] = name
    let constant = ONNXArray(name, array)
    byteCount += constant.rawData.count
    initializers.append(constant)
    return name
  }

  /// Begins the graph inside a node.
  func begin() { nodes.append([]) }

  /// The nodes since `begin`.
  func end() -> [ONNXNode] { nodes.popLast() ?? [] }

  /// The nodes of the whole graph.
  var all: [ONNXNode] { nodes[0] }
}
