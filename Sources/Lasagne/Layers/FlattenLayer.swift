import Tensors

/// Joins the last axes to one, so that `outdim` are left.
public struct FlattenLayer: DescribedLayer {
  public var name: String?
  /// The number of axes of the output.
  public var outdim: Int

  /// A layer that leaves the batch and one axis unless told otherwise.
  public init(outdim: Int = 2, name: String? = nil) {
    self.name = name
    self.outdim = outdim
  }

  public init() { self.init(outdim: 2) }

  public static var settings: [LayerSetting<FlattenLayer>] { [.optional("outdim", \.outdim)] }

  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard outdim >= 1, outdim <= inputs[0].count else {
      throw NetworkError(
        "needs an outdim from 1 to the \(inputs[0].count) axes of its input, got \(outdim).")
    }
    return inputs[0].prefix(outdim - 1) + [Array(inputs[0][(outdim - 1)...]).entryCount]
  }

  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try inputs[0].flattened(fromAxis: outdim - 1)
  }
}
