/// Transposed convolution (deconvolution) over images of shape (batch, channels, rows, columns).
public typealias TransposedConv2DLayer = TransposedConvolution<TwoAxes>
/// Transposed convolution (deconvolution) over volumes of shape (batch, channels, depth, rows, columns).
public typealias TransposedConv3DLayer = TransposedConvolution<ThreeAxes>

/// The settings of the transposed convolutions over two and three axes.
public struct TransposedConvolution<Space: SpatialAxes>: TransposedConvolutionLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { Space.count }
  /// The name in model files: `TransposedConv2DLayer` or `TransposedConv3DLayer`.
  public static var typeName: String { "TransposedConv\(Space.count)DLayer" }
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numFilters: Int
  /// The filter's length on each spatial axis.
  public var filterSize: Sizes
  /// How far apart the filter is laid down.
  public var stride: Sizes
  /// What is cut off both ends of the output.
  public var crop: Padding
  /// Whether each position has a bias of its own.
  public var untieBiases: Bool
  /// The filters.
  public var W: ParameterSource
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// What is applied to the sum at the end.
  public var nonlinearity: Nonlinearity
  /// Whether filters are flipped on every spatial axis.
  public var flipFilters: Bool
  /// The output's length on each spatial axis, where the formula leaves several possible.
  public var outputSize: Sizes?

  /// A layer with so many filters of a size.
  public init(
    _ numFilters: Int, filterSize: Sizes, stride: Sizes = 1, crop: Padding = .valid,
    untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    flipFilters: Bool = false, outputSize: Sizes? = nil, name: String? = nil
  ) {
    self.name = name
    self.numFilters = numFilters
    self.filterSize = filterSize
    self.stride = stride
    self.crop = crop
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
    self.outputSize = outputSize
  }

  /// The layer with every default.
  public init() { self.init(0, filterSize: 0) }

  /// In bfloat16 where a pass asks for it.
  public static var lowersPrecision: Bool { true }
}
