/// Pooling over one axis: sequences of shape (batch, channels, length).
public struct Pool1DLayer: PoolingLayer {
  public static var spatialAxes: Int { 1 }
  public var name: String?
  public var poolSize: Sizes
  public var stride: Sizes?
  public var pad: Sizes
  public var ignoreBorder: Bool
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

  public init() { self.init(0) }

  public static var settings: [LayerSetting<Pool1DLayer>] {
    commonSettings + [.optional("mode", \.mode)]
  }
}

/// The greatest number of each region, over one axis: sequences of shape (batch, channels, length).
public struct MaxPool1DLayer: PoolingLayer {
  public static var spatialAxes: Int { 1 }
  public var name: String?
  public var poolSize: Sizes
  public var stride: Sizes?
  public var pad: Sizes
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

  public init() { self.init(0) }

  public static var settings: [LayerSetting<MaxPool1DLayer>] { commonSettings }
  public var mode: PoolMode { .max }
}
