/// Larger by a whole factor, over rows and columns: images of shape (batch, channels, rows, columns).
public struct Upscale2DLayer: UpscalingLayer {
  /// The number of spatial axes.
  public static var spatialAxes: Int { 2 }
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
