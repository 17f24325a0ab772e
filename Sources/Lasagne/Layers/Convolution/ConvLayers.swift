/// Convolution over one axis: sequences of shape (batch, channels, length).
public typealias Conv1DLayer = Convolution<OneAxis>
/// Convolution over rows and columns: images of shape (batch, channels, rows, columns).
public typealias Conv2DLayer = Convolution<TwoAxes>
/// Convolution over three axes: volumes of shape (batch, channels, depth, rows, columns).
public typealias Conv3DLayer = Convolution<ThreeAxes>

/// The settings of the convolutions over one, two and three axes, which are written by their own names.
public struct Convolution<Space: SpatialAxes>: ConvolutionLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { Space.count }
  /// The name in model files: `Conv1DLayer` and so on.
  public static var typeName: String { "Conv\(Space.count)DLayer" }
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of output channels.
  public var numFilters: Int
  /// The filter's length on each spatial axis.
  public var filterSize: Sizes
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
  /// Whether filters are flipped on every spatial axis.
  public var flipFilters: Bool
  /// Into how many independent groups channels and filters are divided.
  public var numGroups: Int

  /// A layer with so many filters of a size.
  public init(
    _ numFilters: Int, filterSize: Sizes, stride: Sizes = 1, pad: Padding = .valid,
    untieBiases: Bool = false, W: ParameterSource = .glorotUniform(),
    b: ParameterSource? = .constant(0), nonlinearity: Nonlinearity = .rectify,
    flipFilters: Bool = true, numGroups: Int = 1, name: String? = nil
  ) {
    self.name = name
    self.numFilters = numFilters
    self.filterSize = filterSize
    self.stride = stride
    self.pad = pad
    self.untieBiases = untieBiases
    self.W = W
    self.b = b
    self.nonlinearity = nonlinearity
    self.flipFilters = flipFilters
    self.numGroups = numGroups
  }

  /// The layer with every default.
  public init() { self.init(0, filterSize: 0) }

  /// In bfloat16 where a pass asks for it.
  public static var lowersPrecision: Bool { true }
}
