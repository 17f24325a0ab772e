/// Pooling over one axis: sequences of shape (batch, channels, length).
public typealias Pool1DLayer = Pool<OneAxis>
/// Pooling over rows and columns: images of shape (batch, channels, rows, columns).
public typealias Pool2DLayer = Pool<TwoAxes>
/// Pooling over three axes: volumes of shape (batch, channels, depth, rows, columns).
public typealias Pool3DLayer = Pool<ThreeAxes>

/// The settings of pooling over one, two and three axes.
public struct Pool<Space: SpatialAxes>: PoolingLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { Space.count }
  /// The name in model files: `Pool1DLayer` and so on.
  public static var typeName: String { "Pool\(Space.count)DLayer" }
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
  /// What is made of a region, or how new places are filled.
  public var mode: PoolMode

  /// A layer with regions of a size, which is also their distance unless a stride is given.
  public init(
    _ poolSize: Sizes, stride: Sizes? = nil, pad: Sizes = 0, ignoreBorder: Bool = true,
    mode: PoolMode = .max, name: String? = nil
  ) {
    self.name = name
    self.poolSize = poolSize
    self.stride = stride
    self.pad = pad
    self.ignoreBorder = ignoreBorder
    self.mode = mode
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<Self>] {
    commonSettings + [.optional("mode", \.mode)]
  }
}
