import Tensors

/// Batch normalization (Ioffe & Szegedy 2015): `(x - mean) · gamma / sqrt(variance + epsilon) + beta`.
///
/// In training with the batch's statistics, otherwise with running averages. As in Lasagne the average
/// is of `inv_std = 1 / sqrt(variance + epsilon)`, not of the variance, and the variance is the biased
/// one. Parameters in order: beta, gamma, mean, inv_std.
public struct BatchNormLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The axes normalized over; `auto`: all but the second.
  public var axes: Axes
  /// Added to the variance.
  public var epsilon: Double
  /// The weight of a new batch in the running averages.
  public var alpha: Double
  /// The shift; nil: none.
  public var beta: ParameterSource?
  /// The scale; nil: none.
  public var gamma: ParameterSource?
  /// The running mean's first value.
  public var mean: ParameterSource
  /// The first value of the running average of the inverse deviation.
  public var invStd: ParameterSource

  /// A layer with Lasagne's defaults.
  public init(
    axes: Axes = .auto, epsilon: Double = 1e-4, alpha: Double = 0.1,
    beta: ParameterSource? = .constant(0), gamma: ParameterSource? = .constant(1),
    mean: ParameterSource = .constant(0), invStd: ParameterSource = .constant(1),
    name: String? = nil
  ) {
    self.name = name
    self.axes = axes
    self.epsilon = epsilon
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
    self.mean = mean
    self.invStd = invStd
  }

  /// The layer with every default.
  public init() { self.init(axes: .auto) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<BatchNormLayer>] {
    [
      .optional("axes", \.axes), .optional("epsilon", \.epsilon), .optional("alpha", \.alpha),
      .optional("beta", \.beta), .optional("gamma", \.gamma), .optional("mean", \.mean),
      .optional("invStd", \.invStd),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "batchNorm" }

  private func axes(_ shape: Shape) throws(NetworkError) -> [Int] {
    try axes.resolved(rank: shape.count, auto: Axes.allButChannels(rank: shape.count), "axes")
  }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    try checkEpsilon(epsilon)
    guard (0...1).contains(alpha) else {
      throw NetworkError("needs an alpha from 0 to 1, got \(alpha).")
    }
    guard inputs[0].count >= 2 || axes != .auto else {
      throw NetworkError(
        "needs an input of at least 2 axes (batch, features), got \(inputs[0].text).")
    }
    _ = try axes(inputs[0])
    return inputs[0]
  }

  /// The parameters in the order they are registered.
  public func parameters(for inputs: [Shape]) throws(NetworkError) -> [ParameterSpec] {
    let shape = try inputs[0].lengths(without: axes(inputs[0]), "the normalization")
    return ParameterSpec.shiftAndScale(beta: beta, gamma: gamma, shape: shape) + [
      ParameterSpec("mean", shape: shape, source: mean, tags: [.batchNormStatistic]),
      ParameterSpec("inv_std", shape: shape, source: invStd, tags: [.batchNormStatistic]),
    ]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axes = try axes.runtime(
      rank: input.rank, auto: Axes.allButChannels(rank: input.rank))
    let usesAverages = context.mode.batchNormUseAverages ?? context.isDeterministic
    let updatesAverages = context.mode.batchNormUpdateAverages ?? !context.isDeterministic
    var mean = try context.parameter("mean")
    var inverse = try context.parameter("inv_std")
    if !usesAverages || updatesAverages {
      let batchMean = try input.mean(axes: axes)
      let variance = try input.variance(axes: axes)
      let batchInverse = try (variance + epsilon).reciprocalSquareRoot()
      if updatesAverages {
        try record(context, "mean", mean, batchMean)
        try record(context, "inv_std", inverse, batchInverse)
      }
      if !usesAverages {
        (mean, inverse) = (batchMean, batchInverse)
      } else {
        // The averages change in place after the pass; gradients need what they were in it.
        (mean, inverse) = (try mean.copied(), try inverse.copied())
      }
    }
    let scale = try context.optionalParameter("gamma").map { (gamma) throws(TensorError) in
      try gamma * inverse
    }
    var output = try input - mean.broadcast(across: axes, rank: input.rank)
    output = try output * (scale ?? inverse).broadcast(across: axes, rank: input.rank)
    guard let beta = context.optionalParameter("beta") else { return output }
    return try output + beta.broadcast(across: axes, rank: input.rank)
  }

  private func record(
    _ context: LayerContext, _ name: String, _ average: Tensor, _ batch: Tensor
  ) throws(TensorError) {
    context.update(
      name,
      to: try withoutGradients { () throws(TensorError) in
        try average * (1 - alpha) + batch.detached() * alpha
      })
  }
}

/// A layer followed by batch normalization, which takes the place of its bias.
///
/// Its nonlinearity comes after. The added layers are called as the layer is, with `_bn` and
/// `_bn_nonlin`.
public func batchNorm<Normalized: BiasedLayer>(
  _ layer: Normalized, _ normalization: BatchNormLayer = BatchNormLayer()
) -> [NetworkPart] {
  var layer = layer
  let nonlinearity = layer.nonlinearity
  layer.b = nil
  layer.nonlinearity = .linear
  return [
    NetworkPart(layer),
    NetworkPart(normalization).suffixed("_bn"),
    NetworkPart(NonlinearityLayer(nonlinearity)).suffixed("_bn_nonlin"),
  ]
}
