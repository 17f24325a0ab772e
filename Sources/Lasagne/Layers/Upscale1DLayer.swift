/// Larger by a whole factor, over one axis: sequences of shape (batch, channels, length).
public struct Upscale1DLayer: UpscalingLayer {
  public static var spatialAxes: Int { 1 }
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
