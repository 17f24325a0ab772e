import Tensors

/// Adds a bias, shared across some axes.
public struct BiasLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The bias; nil: none.
  public var b: ParameterSource?
  /// The axes along which the parameter is the same; `auto`: all but the second.
  public var sharedAxes: Axes
  /// Whether training changes the parameter.
  public var trainable: Bool

  /// A layer with one number for each channel unless told otherwise.
  public init(
    b: ParameterSource? = .constant(0), sharedAxes: Axes = .auto,
    trainable: Bool = true, name: String? = nil
  ) {
    self.name = name
    self.b = b
    self.sharedAxes = sharedAxes
    self.trainable = trainable
  }

  /// The layer with every default.
  public init() { self.init(sharedAxes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<BiasLayer>] {
    [
      .optional("b", \.b), .optional("sharedAxes", \.sharedAxes),
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
    guard let b else { return [] }
    let shape = try inputs[0].lengths(without: axes(inputs[0].count), "sharedAxes")
    return [ParameterSpec("b", shape: shape, source: b, tags: trainable ? [.trainable] : [])]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try sharedAxes.runtime(
      rank: input.rank, auto: Axes.allButChannels(rank: input.rank))
    guard let b = context.optionalParameter("b") else { return input }
    return try input + b.broadcast(across: axes, rank: input.rank)
  }
}
