// What other targets of this package ask of a network that they turn into another form.
extension Network {
  /// The shapes of all that a layer reads, as they were known when the network was built.
  package func inputShapes(of layer: String) throws(NetworkError) -> [Shape] {
    structure.dependencies[try index(of: layer)].map { structure.shapes[$0] }
  }

  /// The full name of each of a layer's parameters by its name within the layer; those that it
  /// shares have the name of their owner.
  package func parameterNames(of layer: String) throws(NetworkError) -> [String: String] {
    structure.bindings[try index(of: layer)].mapValues { parameters[$0].fullName }
  }

  /// The layers the outputs depend on, each after all it reads.
  package var orderedLayers: [NetworkNode] { structure.order.map { layers[$0] } }
}
