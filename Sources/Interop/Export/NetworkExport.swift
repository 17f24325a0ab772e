import Foundation
import Lasagne
import Tensors

/// Writes the layers of one network into a graph, each after all it reads.
struct NetworkExport {
  let network: Network
  let arrays: [String: HostArray]
  let graph: GraphBuilder
  /// What the names of layers begin with in the graph.
  var prefix = ""
  private var values: [String: String] = [:]

  init(
    network: Network, arrays: [String: HostArray], graph: GraphBuilder, prefix: String = ""
  ) {
    self.network = network
    self.arrays = arrays
    self.graph = graph
    self.prefix = prefix
  }

  /// Adds every layer; `given` are the values of the input layers.
  mutating func run(given: [String: String]) throws {
    values = given
    for node in network.orderedLayers where values[node.name] == nil {
      let layer = LayerExport(
        node: node, inputs: try node.dependencies.map { try value(of: $0) },
        shapes: try network.inputShapes(of: node.name),
        output: try network.outputShape(of: node.name),
        parameterNames: try network.parameterNames(of: node.name), arrays: arrays, graph: graph)
      values[node.name] = try layer.value()
    }
  }

  /// The value that stands for a layer's output.
  func value(of layer: String) throws -> String {
    guard let value = values[layer] else {
      throw InteropError("The layer '\(layer)' was not computed before it was read.")
    }
    return value
  }
}
