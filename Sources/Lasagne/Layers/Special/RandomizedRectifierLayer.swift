import Tensors

/// A leaky rectifier whose slope is drawn anew for each training pass.
///
/// Otherwise it is the mean slope (Xu et al. 2015).
public struct RandomizedRectifierLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The smallest slope.
  public var lower: Double
  /// The greatest slope.
  public var upper: Double
  /// The axes along which the slope is the same; `auto`: all but the second, `all`: one slope.
  public var sharedAxes: Axes

  /// A layer with Lasagne's defaults.
  public init(
    lower: Double = 0.3, upper: Double = 0.8, sharedAxes: Axes = .auto, name: String? = nil
  ) {
    self.name = name
    self.lower = lower
    self.upper = upper
    self.sharedAxes = sharedAxes
  }

  /// The layer with every default.
  public init() { self.init(sharedAxes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<RandomizedRectifierLayer>] {
    [
      .optional("lower", \.lower), .optional("upper", \.upper),
      .optional("sharedAxes", \.sharedAxes),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "rrelu" }
  /// What sets it apart in a few words.
  public var detail: String { "slopes \(lower) to \(upper)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard lower <= upper else {
      throw NetworkError(
        "needs a lower slope that is not above the upper, got \(lower) and \(upper).")
    }
    let rank = inputs[0].count
    _ = try sharedAxes.resolved(
      rank: rank, auto: Axes.allButChannels(rank: rank), words: [.auto, .all], "sharedAxes")
    return inputs[0]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    if context.isDeterministic || lower == upper {
      return try Nonlinearity.leakyRectify(leakiness: (lower + upper) / 2)(input)
    }
    let axes = try sharedAxes.runtime(
      rank: input.rank, auto: Axes.allButChannels(rank: input.rank), words: [.auto, .all])
    let slope = try Tensor.uniform(
      input.shape.sharing(.axes(axes)), from: lower, to: upper, generator: context.generator(),
      dataType: input.dataType, device: input.device)
    return try input.rectified(slope: slope)
  }
}
