import Lasagne
import Tensors

/// A layer of one's own: tanh(strength · x), with a strength that the network learns.
///
/// Three short methods make a layer; the first, the shape of the output, is that of the input
/// unless one says otherwise.
struct Squash: Layer {
  var name: String?
  var start = 1.0

  func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    [ParameterSpec("strength", shape: [], initializer: .constant(start), tags: [.trainable])]
  }

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try (inputs[0] * context.parameter("strength")).tanh()
  }
}
