import Tensors

/// A nonlinearity as a layer of its own.
public struct NonlinearityLayer: DescribedLayer, ActivatedLayer {
  public var name: String?
  public var nonlinearity: Nonlinearity

  /// A layer that rectifies unless told otherwise.
  public init(_ nonlinearity: Nonlinearity = .rectify, name: String? = nil) {
    self.name = name
    self.nonlinearity = nonlinearity
  }

  public init() { self.init(.rectify) }

  public static var settings: [LayerSetting<NonlinearityLayer>] {
    [.optional("nonlinearity", \.nonlinearity)]
  }

  public var detail: String { nonlinearity.name }

  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try nonlinearity(inputs[0])
  }
}
