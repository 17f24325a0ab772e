import Tensors

/// Layer normalization (Ba, Kiros & Hinton 2016):
/// `(x - mean) / sqrt(variance + epsilon) · gamma + beta`.
///
/// Mean and (biased) variance are those of each example over `axes`, in training as in predictions. The
/// parameters have one number for each place on those axes; in order: beta, gamma. Not to be confused
/// with the helper `layerNorm`, Lasagne's, which takes all axes of an example and has one scale for each
/// channel.
public struct LayerNormLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axes normalized over, the batch not among them; `features`: all but the batch.
  public var axes: Axes
  /// Added to the variance.
  public var epsilon: Double
  /// The shift; nil: none.
  public var beta: ParameterSource?
  /// The scale; nil: none.
  public var gamma: ParameterSource?

  /// A layer that normalizes over the last axis unless told otherwise.
  public init(
    axes: Axes = -1, epsilon: Double = 1e-5, beta: ParameterSource? = .constant(0),
    gamma: ParameterSource? = .constant(1), name: String? = nil
  ) {
    self.name = name
    self.axes = axes
    self.epsilon = epsilon
    self.beta = beta
    self.gamma = gamma
  }

  /// The layer with every default.
  public init() { self.init(axes: -1) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<LayerNormLayer>] {
    [
      .optional("axes", \.axes), .optional("epsilon", \.epsilon), .optional("beta", \.beta),
      .optional("gamma", \.gamma),
    ]
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try checkEpsilon(epsilon)
    _ = try axes.withinExamples(inputs[0])
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    guard beta != nil || gamma != nil else { return [] }
    let axes = try axes.withinExamples(inputs[0])
    let shared = inputs[0].indices.filter { !axes.contains($0) }
    return ParameterSpec.shiftAndScale(
      beta: beta, gamma: gamma, shape: try inputs[0].lengths(without: shared, "its axes"))
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try axes.runtime(rank: input.rank, auto: [], words: [.spatial, .features])
    return try context.scaledAndShifted(
      input.standardized(axes: axes, epsilon: epsilon),
      across: (0..<input.rank).filter { !axes.contains($0) })
  }
}
