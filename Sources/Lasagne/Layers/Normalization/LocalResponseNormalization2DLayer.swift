import Tensors

/// Divides each number by `(k + alpha · Σ x²)^beta`, the sum over `n` neighbouring channels.
///
/// As in Lasagne, alpha is not divided by n (Krizhevsky et al. 2012).
public struct LocalResponseNormalization2DLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The weight of the sum of squares.
  public var alpha: Double
  /// Added to the sum.
  public var k: Double
  /// The exponent.
  public var beta: Double
  /// The number of channels in the sum, odd.
  public var n: Int

  /// A layer with Lasagne's defaults.
  public init(
    alpha: Double = 1e-4, k: Double = 2, beta: Double = 0.75, n: Int = 5, name: String? = nil
  ) {
    self.name = name
    self.alpha = alpha
    self.k = k
    self.beta = beta
    self.n = n
  }

  /// The layer with every default.
  public init() { self.init(alpha: 1e-4) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<LocalResponseNormalization2DLayer>] {
    [
      .optional("alpha", \.alpha), .optional("k", \.k), .optional("beta", \.beta),
      .optional("n", \.n),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "lrn" }
  /// What sets it apart in a few words.
  public var detail: String { "over \(n) channels" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard n > 0, !n.isMultiple(of: 2) else {
      throw NetworkError("works over an odd number n of channels, got \(n).")
    }
    return try inputs[0].checkedImage(2)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let channels = input.shape[1]
    let squares = try input.squared().padded([(0, 0), (n / 2, n / 2), (0, 0), (0, 0)])
    var sum = try squares.sliced(axis: 1, from: 0, to: channels)
    for offset in 1..<n {
      sum = try sum + squares.sliced(axis: 1, from: offset, to: offset + channels)
    }
    return try input / (sum * alpha + k).power(beta)
  }
}
