import Tensors

/// In training, adds normally distributed noise.
public struct GaussianNoiseLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The standard deviation of the noise.
  public var sigma: Double

  /// A layer with noise of a standard deviation.
  public init(sigma: Double = 0.1, name: String? = nil) {
    self.name = name
    self.sigma = sigma
  }

  /// The layer with every default.
  public init() { self.init(sigma: 0.1) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<GaussianNoiseLayer>] { [.optional("sigma", \.sigma)] }
  /// What automatic names begin with.
  public static var namePrefix: String { "noise" }
  /// What sets it apart in a few words.
  public var detail: String { "sigma \(sigma)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard sigma >= 0 else {
      throw NetworkError("needs a standard deviation sigma of 0 or more, got \(sigma).")
    }
    return inputs[0]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    guard !context.isDeterministic, sigma > 0 else { return input }
    return try input
      + Tensor.normal(
        input.shape, deviation: sigma, generator: context.generator(), dataType: input.dataType,
        device: input.device)
  }
}
