import Lasagne
import Tensors

/// What a layer has to do at least, whatever does it: the arithmetic of its products, and the bytes
/// that it must read and write.
///
/// Only products count as arithmetic; a nonlinearity or a normalization is bound by memory.
struct LayerWork {
  /// Multiplications and additions of the forward pass.
  var forwardOperations = 0.0
  /// Those of the gradients.
  var backwardOperations = 0.0
  /// Bytes read and written by the forward pass.
  var forwardBytes = 0.0
  /// Those of the gradients.
  var backwardBytes = 0.0

  /// The work of a layer of a network for so many rows.
  ///
  /// - Parameters:
  ///   - inputs: The shapes of what it reads, without the batch.
  ///   - output: The shape of what it gives, without the batch.
  ///   - parameters: Those of the layer.
  ///   - needsInputGradient: Whether something trainable stands before it.
  init(
    _ layer: any Layer, rows: Int, inputs: [[Int]], output: [Int],
    parameters: [NetworkParameter], needsInputGradient: Bool
  ) {
    func count(_ shape: [Int]) -> Double { Double(shape.reduce(1, *)) }
    let rows = Double(rows)
    let isTrained = parameters.contains(where: \.isTrainable)
    let products = rows * Self.products(layer, inputs: inputs, output: output, parameters)
    forwardOperations = 2 * products
    // One product for the weights, one for what is before.
    backwardOperations = 2 * products * ((isTrained ? 1 : 0) + (needsInputGradient ? 1 : 0))
    // These only look at the same numbers in another shape.
    if layer is FlattenLayer || layer is ReshapeLayer { return }
    let read = inputs.isEmpty ? count(output) : inputs.reduce(0) { $0 + count($1) }
    let weights = parameters.reduce(0) { $0 + Double($1.count) }
    // Of a table only the rows that are asked for are read.
    let weightsRead = layer is EmbeddingLayer ? min(weights, rows * count(output)) : weights
    forwardBytes = 4 * (rows * (read + count(output)) + weightsRead)
    // The gradient of the output and the inputs are read, those of inputs and weights are written.
    guard isTrained || needsInputGradient else { return }
    backwardBytes =
      4 * (rows * (count(output) + read * (needsInputGradient ? 2 : 1)) + 2 * weights)
  }

  /// Multiplications with an addition for one row, in the forward pass.
  private static func products(
    _ layer: any Layer, inputs: [[Int]], output: [Int], _ parameters: [NetworkParameter]
  ) -> Double {
    // Where a recurrent layer begins is no factor of a product.
    let matrices = parameters.filter { $0.shape.count >= 2 && !$0.fullName.hasSuffix("_init") }
    let weights = matrices.reduce(0) { $0 + Double($1.count) }
    func product(_ lengths: some Sequence<Int>) -> Double { Double(lengths.reduce(1, *)) }
    switch layer {
    case is EmbeddingLayer: return 0
    case is any ConvolutionLayer, is NINLayer: return weights * product(output.dropFirst())
    case is any TransposedConvolutionLayer:
      return weights * product((inputs.first ?? []).dropFirst())
    case let dense as DenseLayer: return weights * product(output) / Double(dense.numUnits)
    case is any SequenceLayer: return weights * Double(inputs.first?.first ?? 1)
    case let attention as MultiHeadAttentionLayer:
      let queries = Double(inputs.first?.first ?? 1)
      let keys = Double(inputs[min(1, inputs.count - 1)].first ?? 1)
      let units = Double(attention.numUnits ?? inputs.first?.last ?? 1)
      // The maps, then scores and mixtures of all heads.
      return weights * queries + 2 * queries * keys * units
    default: return weights
    }
  }
}
