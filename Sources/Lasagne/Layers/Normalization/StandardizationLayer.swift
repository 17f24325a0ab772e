import Tensors

/// Each example to mean 0 and deviation 1: `(x - mean) / sqrt(variance + epsilon)`, no averages kept.
public struct StandardizationLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axes: `features` (all but the batch), `spatial` (all but batch and channels), numbers; `auto`
  /// is `features` for a matrix and `spatial` otherwise.
  public var axes: Axes
  /// Added to the variance.
  public var epsilon: Double

  /// A layer with Lasagne's defaults.
  public init(axes: Axes = .auto, epsilon: Double = 1e-4, name: String? = nil) {
    self.name = name
    self.axes = axes
    self.epsilon = epsilon
  }

  /// The layer with every default.
  public init() { self.init(axes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<StandardizationLayer>] {
    [.optional("axes", \.axes), .optional("epsilon", \.epsilon)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "standardization" }
  private static let words: Set<Axes> = [.auto, .spatial, .features]

  private static func auto(_ rank: Int) -> [Int] { Array((rank == 2 ? 1 : 2)..<max(2, rank)) }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let rank = inputs[0].count
    guard rank >= 2 else {
      throw NetworkError(
        "needs an input of at least 2 axes (batch, features), got \(inputs[0].text).")
    }
    let axes = try axes.resolved(rank: rank, auto: Self.auto(rank), words: Self.words, "axes")
    guard !axes.isEmpty else {
      throw NetworkError("has no axes to work over in an input \(inputs[0].text); name some.")
    }
    return inputs[0]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try axes.runtime(
      rank: input.rank, auto: Self.auto(input.rank), words: Self.words)
    return try input.standardized(axes: axes, epsilon: epsilon)
  }
}
