/// Larger by a whole factor, over rows and columns: images of shape (batch, channels, rows, columns).
public struct Upscale2DLayer: UpscalingLayer {
  public static var spatialAxes: Int { 2 }
  public var name: String?
  public var scaleFactor: Sizes
  public var mode: UpscaleMode

  /// A layer that makes each spatial axis so many times longer.
  public init(_ scaleFactor: Sizes, mode: UpscaleMode = .repeat, name: String? = nil) {
    self.name = name
    self.scaleFactor = scaleFactor
    self.mode = mode
  }

  public init() { self.init(0) }
}
