import Tensors

/// Pools each channel over all its positions: all axes after the second go.
public struct GlobalPoolLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// What is made of a channel.
  public var poolFunction: PoolFunction

  /// A layer that takes the mean unless told otherwise.
  public init(poolFunction: PoolFunction = .mean, name: String? = nil) {
    self.name = name
    self.poolFunction = poolFunction
  }

  /// The layer with every default.
  public init() { self.init(poolFunction: .mean) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<GlobalPoolLayer>] {
    [.optional("poolFunction", \.poolFunction)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "pool" }
  /// What sets it apart in a few words.
  public var detail: String { "\(poolFunction.rawValue) of all positions" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs[0].count >= 3 else {
      throw NetworkError(
        "needs an input of at least 3 axes (batch, channels, positions), got \(inputs[0].text).")
    }
    return Array(inputs[0].prefix(2))
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try poolFunction(inputs[0], axes: Array(2..<inputs[0].rank))
  }
}
