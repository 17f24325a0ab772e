/// Larger by a whole factor, over three axes: volumes of shape (batch, channels, depth, rows, columns).
public struct Upscale3DLayer: UpscalingLayer {
  public static var spatialAxes: Int { 3 }
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
