import Tensors

/// Multiplies by scales, shared across some axes.
public struct ScaleLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The scales.
  public var scales: ParameterSource
  /// The axes along which the parameter is the same; `auto`: all but the second.
  public var sharedAxes: Axes
  /// Whether training changes the parameter.
  public var trainable: Bool

  /// A layer with one number for each channel unless told otherwise.
  public init(
    scales: ParameterSource = .constant(1), sharedAxes: Axes = .auto,
    trainable: Bool = true, name: String? = nil
  ) {
    self.name = name
    self.scales = scales
    self.sharedAxes = sharedAxes
    self.trainable = trainable
  }

  /// The layer with every default.
  public init() { self.init(sharedAxes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<ScaleLayer>] {
    [
      .optional("scales", \.scales), .optional("sharedAxes", \.sharedAxes),
      .optional("trainable", \.trainable),
    ]
  }

  private func axes(_ rank: Int) throws(NetworkError) -> [Int] {
    try sharedAxes.resolved(rank: rank, auto: Axes.allButChannels(rank: rank), "sharedAxes")
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    _ = try axes(inputs[0].count)
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let shape = try inputs[0].lengths(without: axes(inputs[0].count), "sharedAxes")
    return [
      ParameterSpec("scales", shape: shape, source: scales, tags: trainable ? [.trainable] : [])
    ]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try sharedAxes.runtime(
      rank: input.rank, auto: Axes.allButChannels(rank: input.rank))
    return try input
      * context.parameter("scales").broadcast(across: axes, rank: input.rank)
  }
}
