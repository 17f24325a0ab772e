import Tensors

/// In training, drops a whole example's input with probability `p`; otherwise passes it on.
///
/// At the end of a residual block's body it leaves the shortcut alone for that example (Huang et al.
/// 2016, Deep Networks with Stochastic Depth; drop path). What stays is divided by `1 - p`, so that
/// predictions need no scaling.
public struct StochasticDepthLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The probability that an example is dropped.
  public var p: Double

  /// A layer that drops a fifth of the examples unless told otherwise.
  public init(p: Double = 0.2, name: String? = nil) {
    self.name = name
    self.p = p
  }

  /// The layer with every default.
  public init() { self.init(p: 0.2) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<StochasticDepthLayer>] { [.optional("p", \.p)] }

  /// What sets it apart in a few words.
  public var detail: String { "p \(p)" }

  /// Dropout of whole examples is what it is.
  private func dropout(rank: Int) -> DropoutLayer {
    DropoutLayer(p: p, sharedAxes: .axes(Array(1..<max(1, rank))))
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try dropout(rank: inputs[0].count).outputShape(for: inputs)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try dropout(rank: inputs[0].rank).forward(inputs, context)
  }
}
