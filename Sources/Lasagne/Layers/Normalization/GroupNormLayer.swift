import Tensors

/// Group normalization (Wu & He 2018): `(x - mean) / sqrt(variance + epsilon) · gamma + beta`.
///
/// Mean and (biased) variance are those of a group of neighbouring channels of one example at all
/// positions; one group is layer normalization over everything, as many groups as channels instance
/// normalization. The parameters have one number for each channel; in order: beta, gamma.
public struct GroupNormLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// Into how many groups the channels (axis 1) are divided.
  public var numGroups: Int
  /// Added to the variance.
  public var epsilon: Double
  /// The shift; nil: none.
  public var beta: ParameterSource?
  /// The scale; nil: none.
  public var gamma: ParameterSource?

  /// A layer with so many groups.
  public init(
    _ numGroups: Int, epsilon: Double = 1e-5, beta: ParameterSource? = .constant(0),
    gamma: ParameterSource? = .constant(1), name: String? = nil
  ) {
    self.name = name
    self.numGroups = numGroups
    self.epsilon = epsilon
    self.beta = beta
    self.gamma = gamma
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<GroupNormLayer>] {
    [
      .required("numGroups", \.numGroups), .optional("epsilon", \.epsilon),
      .optional("beta", \.beta), .optional("gamma", \.gamma),
    ]
  }

  /// What sets it apart in a few words.
  public var detail: String { "\(numGroups) groups" }

  private func channels(_ input: Shape) throws(NetworkError) -> Int {
    guard input.count >= 2, let channels = input[1] else {
      throw NetworkError(
        "needs an input of at least 2 axes (batch, channels) with a known number of channels, got "
          + "\(input.text).")
    }
    guard numGroups > 0, channels.isMultiple(of: numGroups) else {
      throw NetworkError(
        "needs a number of input channels that its \(numGroups) groups divide, got \(channels).")
    }
    return channels
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try checkEpsilon(epsilon)
    _ = try channels(inputs[0])
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    ParameterSpec.shiftAndScale(beta: beta, gamma: gamma, shape: [try channels(inputs[0])])
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let shape = inputs[0].shape
    let groupLength = shape.dropFirst().reduce(1, *) / numGroups
    let groups = try inputs[0].reshaped([shape[0], numGroups, groupLength])
    return try context.scaledAndShifted(
      groups.standardized(axes: [2], epsilon: epsilon).reshaped(shape),
      across: Axes.allButChannels(rank: shape.count))
  }
}
