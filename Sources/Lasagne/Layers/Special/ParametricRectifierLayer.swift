import Tensors

/// A rectifier with a learned slope for negative numbers.
///
/// He et al. 2015.
public struct ParametricRectifierLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The slopes.
  public var alpha: ParameterSource
  /// The axes along which the slope is the same; `auto`: all but the second, `all`: one slope.
  public var sharedAxes: Axes

  /// A layer with one slope for each channel unless told otherwise.
  public init(
    alpha: ParameterSource = .constant(0.25), sharedAxes: Axes = .auto, name: String? = nil
  ) {
    self.name = name
    self.alpha = alpha
    self.sharedAxes = sharedAxes
  }

  /// The layer with every default.
  public init() { self.init(sharedAxes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ParametricRectifierLayer>] {
    [.optional("alpha", \.alpha), .optional("sharedAxes", \.sharedAxes)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "prelu" }

  private func axes(_ rank: Int) throws(NetworkError) -> [Int] {
    try sharedAxes.resolved(
      rank: rank, auto: Axes.allButChannels(rank: rank), words: [.auto, .all], "sharedAxes")
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    _ = try axes(inputs[0].count)
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let shape = try inputs[0].lengths(without: axes(inputs[0].count), "sharedAxes")
    return [ParameterSpec("alpha", shape: shape, source: alpha, tags: [.trainable])]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try sharedAxes.runtime(
      rank: input.rank, auto: Axes.allButChannels(rank: input.rank), words: [.auto, .all])
    let slope = try context.parameter("alpha").broadcast(across: axes, rank: input.rank)
    return try input.rectified(slope: slope)
  }
}

extension Tensor {
  /// This where positive, times the slope elsewhere; with the mean of both derivatives at exactly 0.
  func rectified(slope: Tensor) throws(TensorError) -> Tensor {
    try (slope + 1) * self * 0.5 + (1 - slope) * absolute() * 0.5
  }
}
