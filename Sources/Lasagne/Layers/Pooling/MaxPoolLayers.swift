/// The greatest number of each region, over one axis: sequences of shape (batch, channels, length).
public typealias MaxPool1DLayer = MaxPool<OneAxis>
/// The greatest number of each region, over rows and columns: images of shape (batch, channels, rows, columns).
public typealias MaxPool2DLayer = MaxPool<TwoAxes>
/// The greatest number of each region, over three axes: volumes of shape (batch, channels, depth, rows, columns).
public typealias MaxPool3DLayer = MaxPool<ThreeAxes>

/// The settings of maximum pooling over one, two and three axes.
public struct MaxPool<Space: SpatialAxes>: PoolingLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { Space.count }
  /// The name in model files: `MaxPool1DLayer` and so on.
  public static var typeName: String { "MaxPool\(Space.count)DLayer" }
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The region's length on each spatial axis.
  public var poolSize: Sizes
  /// The distance from one position to the next.
  public var stride: Sizes?
  /// What is added around the input.
  public var pad: Sizes
  /// Whether a region that reaches over the end is left out.
  public var ignoreBorder: Bool

  /// A layer with regions of a size, which is also their distance unless a stride is given.
  public init(
    _ poolSize: Sizes, stride: Sizes? = nil, pad: Sizes = 0, ignoreBorder: Bool = true,
    name: String? = nil
  ) {
    self.name = name
    self.poolSize = poolSize
    self.stride = stride
    self.pad = pad
    self.ignoreBorder = ignoreBorder
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<Self>] { commonSettings }
  /// What is made of a region, or how new places are filled.
  public var mode: PoolMode { .max }
}
