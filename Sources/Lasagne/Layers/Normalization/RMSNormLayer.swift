import Tensors

/// Root-mean-square normalization (Zhang & Sennrich 2019): `x / sqrt(mean(x²) + epsilon) · gamma`.
///
/// The mean is that of each example over `axes`; nothing is subtracted. `gamma` has one number for each
/// place on those axes.
public struct RMSNormLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axes normalized over, the batch not among them; `features`: all but the batch.
  public var axes: Axes
  /// Added to the mean of the squares.
  public var epsilon: Double
  /// The scale; nil: none.
  public var gamma: ParameterSource?

  /// A layer that normalizes over the last axis unless told otherwise.
  public init(
    axes: Axes = -1, epsilon: Double = 1e-6, gamma: ParameterSource? = .constant(1),
    name: String? = nil
  ) {
    self.name = name
    self.axes = axes
    self.epsilon = epsilon
    self.gamma = gamma
  }

  /// The layer with every default.
  public init() { self.init(axes: -1) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<RMSNormLayer>] {
    [.optional("axes", \.axes), .optional("epsilon", \.epsilon), .optional("gamma", \.gamma)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "rmsNorm" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try checkEpsilon(epsilon)
    _ = try axes.withinExamples(inputs[0])
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    guard gamma != nil else { return [] }
    let axes = try axes.withinExamples(inputs[0])
    let shared = inputs[0].indices.filter { !axes.contains($0) }
    return ParameterSpec.shiftAndScale(
      beta: nil, gamma: gamma, shape: try inputs[0].lengths(without: shared, "its axes"))
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try axes.runtime(rank: input.rank, auto: [], words: [.spatial, .features])
    let meanSquare = try input.squared().mean(axes: axes, keepAxes: true)
    return try context.scaledAndShifted(
      input * (meanSquare + epsilon).reciprocalSquareRoot(),
      across: (0..<input.rank).filter { !axes.contains($0) })
  }
}
