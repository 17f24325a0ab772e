import Tensors

/// A nonlinearity as a layer of its own.
public struct NonlinearityLayer: DescribedLayer, ActivatedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity

  /// A layer that rectifies unless told otherwise.
  public init(_ nonlinearity: Nonlinearity = .rectify, name: String? = nil) {
    self.name = name
    self.nonlinearity = nonlinearity
  }

  /// The layer with every default.
  public init() { self.init(.rectify) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<NonlinearityLayer>] {
    [.optional("nonlinearity", \.nonlinearity)]
  }

  /// What sets it apart in a few words.
  public var detail: String { nonlinearity.name }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try nonlinearity(inputs[0])
  }
}
