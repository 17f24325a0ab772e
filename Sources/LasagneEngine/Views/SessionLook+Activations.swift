import Foundation
import Lasagne
import Tensors
import Training

/// Outputs of one layer are numbers of channels at places, or of units without any.
struct LayerForm: Equatable {
  /// The number of channels or units.
  var channels: Int
  /// The length of each axis of places; none for units.
  var places: [Int]
  /// Whether the channels are the last axis of what the layer gives, and not the first.
  var areChannelsLast: Bool
}

extension SessionLook {
  /// How the numbers of a layer are laid out.
  ///
  /// - Throws: `EngineError` where there is no such layer.
  func form(of layer: String) throws -> LayerForm {
    guard let node = network.layers.first(where: { $0.name == layer }) else {
      throw EngineError.unknown("layer", layer, among: network.layers.map(\.name))
    }
    let shape = try network.outputShape(of: layer).dropFirst()
    let lengths = shape.map { $0 ?? 0 }
    guard !lengths.isEmpty, lengths.allSatisfy({ $0 > 0 }) else {
      throw EngineError(
        .invalid,
        "The layer '\(layer)' gives numbers of the shape \(shape.map { $0.map(String.init) ?? "?" }) "
          + "for a sample; known lengths are needed, choose another layer.")
    }
    guard lengths.count > 1 else {
      return LayerForm(channels: lengths[0], places: [], areChannelsLast: false)
    }
    // Sequences of steps have their features last; convolutions have their channels first.
    let isSequence = lengths.count == 2 && !isConvolved(node)
    let places = isSequence ? Array(lengths.dropLast()) : Array(lengths.dropFirst())
    return LayerForm(
      channels: isSequence ? lengths[lengths.count - 1] : lengths[0], places: places,
      areChannelsLast: isSequence)
  }

  /// Whether a layer is, or reads, one that works along a single axis of places.
  private func isConvolved(_ node: NetworkNode) -> Bool {
    if node.typeName.contains("1D") { return true }
    return node.incomings.contains { name in
      network.layers.first { $0.name == name }.map(isConvolved) ?? false
    }
  }

  /// Runs the network over samples of a part, some at a time, and hands out what a layer and the
  /// network give for them.
  func forEachBatch(
    of indices: [Int], in part: Part, named name: String, layer: String, size: Int = 100,
    _ body: (_ activations: Tensor, _ outputs: Tensor, _ samples: ArraySlice<Int>) throws -> Void
  ) throws {
    try Backend.load()
    // The sessions have the machine; whoever looks takes one thread.
    Backend.setThreadCount(1)
    let view = try SampleView(part.inputs, network: network, recipe: recipe, part: name)
    let weights = try Weights(weights, for: network)
    for start in stride(from: 0, to: indices.count, by: size) {
      let samples = indices[start..<min(start + size, indices.count)]
      try withoutGradients { () throws in
        let pass = try network.forward(
          ["": try view.batch(Array(samples))], weights: weights, mode: .deterministic,
          keeping: .layers([layer]))
        guard let activations = pass.activations[layer] else {
          throw EngineError(
            .invalid, "The outputs of '\(network.name)' do not depend on the layer '\(layer)'.")
        }
        try body(activations, pass.output, samples)
      }
    }
  }
}
