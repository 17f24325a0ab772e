import Tensors

/// Joins the last axes to one, so that `outdim` are left.
public struct FlattenLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of axes of the output.
  public var outdim: Int

  /// A layer that leaves the batch and one axis unless told otherwise.
  public init(outdim: Int = 2, name: String? = nil) {
    self.name = name
    self.outdim = outdim
  }

  /// The layer with every default.
  public init() { self.init(outdim: 2) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<FlattenLayer>] { [.optional("outdim", \.outdim)] }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard outdim >= 1, outdim <= inputs[0].count else {
      throw NetworkError(
        "needs an outdim from 1 to the \(inputs[0].count) axes of its input, got \(outdim).")
    }
    return inputs[0].prefix(outdim - 1) + [Array(inputs[0][(outdim - 1)...]).entryCount]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try inputs[0].flattened(fromAxis: outdim - 1)
  }
}
