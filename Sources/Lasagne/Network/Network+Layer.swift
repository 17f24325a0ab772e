import Tensors

extension Network {
  /// What one layer alone makes of given inputs, in the order in which it reads them.
  ///
  /// What it would change by a training pass (running averages) stays as it is.
  package func output(
    ofLayer index: Int, for inputs: [Tensor], weights: Weights, mode: ForwardMode
  ) throws(NetworkError) -> Tensor {
    let node = layers[index]
    let reads = structure.dependencies[index]
    let context = LayerContext(
      layer: node.name, mode: mode, inputShapes: reads.map { structure.shapes[$0] },
      weights: weights, bindings: structure.bindings[index], recorder: UpdateRecorder())
    do {
      return try node.layer.base.forward(inputs, context)
    } catch {
      throw NetworkError(layer: node.name, type: node.typeName, error)
    }
  }
}
