import Lasagne
import Tensors

/// A layer of one's own: `tanh(strength · x)`, with a strength for each channel that is learned.
public struct Squash: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The strength of every channel at first.
  public var start = 1.0

  /// The layer with every default.
  public init() {}

  /// A layer that starts from a strength of one's own.
  public init(start: Double) { self.start = start }

  /// The keys in model files; one that is left out keeps its default.
  public static var settings: [LayerSetting<Squash>] { [.optional("start", \.start)] }

  /// The shape of the output: that of the input, which must have channels.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs[0].count >= 2, inputs[0][1] != nil else {
      throw NetworkError("needs a known number of channels on axis 1, got \(inputs[0].text).")
    }
    return inputs[0]
  }

  /// One parameter: a strength for each channel.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let channels = inputs[0][1] ?? 1
    return [
      ParameterSpec(
        "strength", shape: [channels], initializer: .constant(start), tags: [.trainable])
    ]
  }

  /// The output for an input of any number of axes after the channels.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let strength = try context.parameter("strength")
    let ones = [Int](repeating: 1, count: inputs[0].rank - 2)
    return try (inputs[0] * strength.reshaped([1, strength.count] + ones)).tanh()
  }
}
