import Tensors

/// Convolution of each channel by itself, then across channels at each position (Chollet 2017).
///
/// It is a `DepthwiseConv2DLayer` followed by a 1×1 convolution, with nothing between them. Parameters
/// in order: W_depthwise (channels · depthMultiplier, 1, rows, columns), W_pointwise (filters, channels ·
/// depthMultiplier, 1, 1), b. Filters are flipped unless told otherwise, as in a `Conv2DLayer`.
public struct SeparableConv2DLayer: DescribedLayer, BiasedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numFilters: Int
  /// The filter's length on each spatial axis.
  public var filterSize: Sizes
  /// How many filters each channel has before channels are joined.
  public var depthMultiplier: Int
  /// The distance from one position to the next.
  public var stride: Sizes
  /// What is added around the input.
  public var pad: Padding
  /// The filters of the channels.
  public var WDepthwise: ParameterSource
  /// The weights across channels.
  public var WPointwise: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// Whether filters are flipped on both spatial axes.
  public var flipFilters: Bool

  /// A layer with so many output channels and filters of a size.
  public init(
    _ numFilters: Int, filterSize: Sizes, depthMultiplier: Int = 1, stride: Sizes = 1,
    pad: Padding = .valid, WDepthwise: ParameterSource = .glorotUniform(),
    WPointwise: ParameterSource = .glorotUniform(), b: ParameterSource? = .constant(0),
    nonlinearity: Nonlinearity = .rectify, flipFilters: Bool = true, name: String? = nil
  ) {
    self.name = name
    self.numFilters = numFilters
    self.filterSize = filterSize
    self.depthMultiplier = depthMultiplier
    self.stride = stride
    self.pad = pad
    self.WDepthwise = WDepthwise
    self.WPointwise = WPointwise
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
  }

  /// The layer with every default.
  public init() { self.init(0, filterSize: 0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<SeparableConv2DLayer>] {
    [
      .required("numFilters", \.numFilters), .required("filterSize", \.filterSize),
      .optional("depthMultiplier", \.depthMultiplier), .optional("stride", \.stride),
      .optional("pad", \.pad), .optional("WDepthwise", \.WDepthwise),
      .optional("WPointwise", \.WPointwise), .optional("b", \.b),
      .optional("nonlinearity", \.nonlinearity), .optional("flipFilters", \.flipFilters),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "conv" }

  /// What sets it apart in a few words.
  public var detail: String {
    "\(numFilters) separable filters \(filterSize.text(2)), \(nonlinearity.name)"
  }

  /// The same layer with each setting in its shortest form.
  public var canonical: SeparableConv2DLayer {
    var copy = self
    copy.filterSize = filterSize.canonical(2)
    copy.stride = stride.canonical(2)
    copy.pad = pad.canonical(2)
    return copy
  }

  private var depthwise: DepthwiseConv2DLayer {
    DepthwiseConv2DLayer(
      filterSize: filterSize, depthMultiplier: depthMultiplier, stride: stride, pad: pad,
      W: WDepthwise, b: nil, nonlinearity: .linear, flipFilters: flipFilters)
  }

  private var pointwise: Conv2DLayer {
    Conv2DLayer(numFilters, filterSize: 1, W: WPointwise, b: b, nonlinearity: nonlinearity)
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try pointwise.outputShape(for: [depthwise.outputShape(for: inputs)])
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    var first = try depthwise.parameters(for: inputs)
    var second = try pointwise.parameters(for: [depthwise.outputShape(for: inputs)])
    first[0].name = "W_depthwise"
    second[0].name = "W_pointwise"
    return first + second
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let middle = try depthwise.convolution(channels: input.shape[1])
      .convolved(input, context.parameter("W_depthwise"), bias: nil, layer: context.layer)
    return try pointwise.convolved(
      middle, context.parameter("W_pointwise"), bias: context.optionalParameter("b"),
      layer: context.layer)
  }
}
