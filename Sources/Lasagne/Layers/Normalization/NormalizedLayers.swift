/// A layer followed by instance normalization: each channel of each example standardized.
///
/// Its bias goes and its nonlinearity comes last; the added layers are called as the layer is, with
/// `_in`, `_in_scale`, `_in_bias` and `_in_nonlin`.
public func instanceNorm<Normalized: BiasedLayer>(
  _ layer: Normalized, learnScale: Bool = true, learnBias: Bool = true
) -> [NetworkPart] {
  standardized(layer, axes: .spatial, suffix: "_in", learnScale: learnScale, learnBias: learnBias)
}

/// A layer followed by layer normalization: all features of each example standardized.
///
/// Its bias goes and its nonlinearity comes last; the added layers are called as the layer is, with
/// `_ln`, `_ln_scale`, `_ln_bias` and `_ln_nonlin`.
public func layerNorm<Normalized: BiasedLayer>(_ layer: Normalized) -> [NetworkPart] {
  standardized(layer, axes: .features, suffix: "_ln", learnScale: true, learnBias: true)
}

private func standardized<Normalized: BiasedLayer>(
  _ layer: Normalized, axes: Axes, suffix: String, learnScale: Bool, learnBias: Bool
) -> [NetworkPart] {
  var layer = layer
  let nonlinearity = layer.nonlinearity
  layer.b = nil
  layer.nonlinearity = .linear
  var parts = [
    NetworkPart(layer), NetworkPart(StandardizationLayer(axes: axes)).suffixed(suffix),
  ]
  if learnScale { parts.append(NetworkPart(ScaleLayer()).suffixed(suffix + "_scale")) }
  if learnBias { parts.append(NetworkPart(BiasLayer()).suffixed(suffix + "_bias")) }
  parts.append(NetworkPart(NonlinearityLayer(nonlinearity)).suffixed(suffix + "_nonlin"))
  return parts
}

/// A layer whose nonlinearity becomes a rectifier with a learned slope.
public func prelu<Rectified: ActivatedLayer>(
  _ layer: Rectified, _ rectifier: ParametricRectifierLayer = ParametricRectifierLayer()
) -> [NetworkPart] {
  var layer = layer
  layer.nonlinearity = .linear
  return [NetworkPart(layer), NetworkPart(rectifier)]
}

/// A layer whose nonlinearity becomes a rectifier with a random slope.
public func rrelu<Rectified: ActivatedLayer>(
  _ layer: Rectified, _ rectifier: RandomizedRectifierLayer = RandomizedRectifierLayer()
) -> [NetworkPart] {
  var layer = layer
  layer.nonlinearity = .linear
  return [NetworkPart(layer), NetworkPart(rectifier)]
}

/// Takes an offset away and divides by a scale that training does not change: inputs of mean 0 and
/// deviation 1, from the data set's own.
///
/// One number serves all channels; else one for each entry of the parameters, row by row. As
/// `sharedAxes` has it, that is one for each channel.
public func standardize(
  offset: [Double], scale: [Double], sharedAxes: Axes = .auto
) -> [NetworkPart] {
  func source(_ values: [Double]) -> ParameterSource {
    values.count == 1 ? .constant(values[0]) : .values(values)
  }
  return [
    NetworkPart(
      BiasLayer(b: source(offset.map { -$0 }), sharedAxes: sharedAxes, trainable: false)),
    NetworkPart(
      ScaleLayer(scales: source(scale.map { 1 / $0 }), sharedAxes: sharedAxes, trainable: false)),
  ]
}
