/// Convolution over three axes: volumes of shape (batch, channels, depth, rows, columns).
public struct Conv3DLayer: ConvolutionLayer {
  public static var spatialAxes: Int { 3 }
  public var name: String?
  public var numFilters: Int
  public var filterSize: Sizes
  public var stride: Sizes
  public var pad: Padding
  public var untieBiases: Bool
  public var W: ParameterSource
  public var b: ParameterSource?
  public var nonlinearity: Nonlinearity
  public var flipFilters: Bool
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

  public init() { self.init(0, filterSize: 0) }
}
