import Tensors

/// Convolution of each channel of an image by itself (Sifre & Mallat 2014).
///
/// It is a `Conv2DLayer` with as many groups as channels: `W` has the shape (channels · depthMultiplier,
/// 1, rows, columns), and the outputs of one channel lie side by side. As there, filters are flipped
/// unless told otherwise.
public struct DepthwiseConv2DLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The filter's length on each spatial axis.
  public var filterSize: Sizes
  /// How many filters each channel has.
  public var depthMultiplier: Int
  /// The distance from one position to the next.
  public var stride: Sizes
  /// What is added around the input.
  public var pad: Padding
  /// Whether each position has a bias of its own.
  public var untieBiases: Bool
  /// The weights.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// Whether filters are flipped on both spatial axes.
  public var flipFilters: Bool

  /// A layer with filters of a size.
  public init(
    filterSize: Sizes, depthMultiplier: Int = 1, stride: Sizes = 1, pad: Padding = .valid,
    untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    flipFilters: Bool = true, name: String? = nil
  ) {
    self.name = name
    self.filterSize = filterSize
    self.depthMultiplier = depthMultiplier
    self.stride = stride
    self.pad = pad
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
  }

  /// The layer with every default.
  public init() { self.init(filterSize: 0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<DepthwiseConv2DLayer>] {
    [
      .required("filterSize", \.filterSize), .optional("depthMultiplier", \.depthMultiplier),
      .optional("stride", \.stride), .optional("pad", \.pad),
      .optional("untieBiases", \.untieBiases), .optional("W", \.W), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "conv" }

  /// What sets it apart in a few words.
  public var detail: String {
    let filters = depthMultiplier == 1 ? "filter" : "\(depthMultiplier) filters"
    return "\(filters) \(filterSize.text(2)) a channel, \(nonlinearity.name)"
  }

  /// The same layer with each setting in its shortest form.
  public var canonical: DepthwiseConv2DLayer {
    var copy = self
    copy.filterSize = filterSize.canonical(2)
    copy.stride = stride.canonical(2)
    copy.pad = pad.canonical(2)
    return copy
  }

  /// The ordinary convolution it is for an input of so many channels.
  package func convolution(channels: Int) -> Conv2DLayer {
    Conv2DLayer(
      channels * depthMultiplier, filterSize: filterSize, stride: stride, pad: pad,
      untieBiases: untieBiases, W: W, b: b, nonlinearity: nonlinearity, flipFilters: flipFilters,
      numGroups: channels)
  }

  private func convolution(for input: Shape) throws(NetworkError) -> Conv2DLayer {
    guard let channels = try input.checkedImage(2)[1] else {
      throw NetworkError("needs a known number of input channels, got \(input.text).")
    }
    guard depthMultiplier > 0 else {
      throw NetworkError(
        "needs at least 1 filter for each channel, got depthMultiplier \(depthMultiplier).")
    }
    return convolution(channels: channels)
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try convolution(for: inputs[0]).outputShape(for: inputs)
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    try convolution(for: inputs[0]).parameters(for: inputs)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try convolution(channels: inputs[0].shape[1]).forward(inputs, context)
  }
}
