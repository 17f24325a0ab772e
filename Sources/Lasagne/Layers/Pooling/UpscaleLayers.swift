/// Larger by a whole factor, over one axis: sequences of shape (batch, channels, length).
public typealias Upscale1DLayer = Upscale<OneAxis>
/// Larger by a whole factor, over rows and columns: images of shape (batch, channels, rows, columns).
public typealias Upscale2DLayer = Upscale<TwoAxes>
/// Larger by a whole factor, over three axes: volumes of shape (batch, channels, depth, rows, columns).
public typealias Upscale3DLayer = Upscale<ThreeAxes>

/// The settings of upscaling over one, two and three axes.
public struct Upscale<Space: SpatialAxes>: UpscalingLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { Space.count }
  /// The name in model files: `Upscale1DLayer` and so on.
  public static var typeName: String { "Upscale\(Space.count)DLayer" }
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// How many times longer each spatial axis gets.
  public var scaleFactor: Sizes
  /// What is made of a region, or how new places are filled.
  public var mode: UpscaleMode

  /// A layer that makes each spatial axis so many times longer.
  public init(_ scaleFactor: Sizes, mode: UpscaleMode = .repeat, name: String? = nil) {
    self.name = name
    self.scaleFactor = scaleFactor
    self.mode = mode
  }

  /// The layer with every default.
  public init() { self.init(0) }
}
