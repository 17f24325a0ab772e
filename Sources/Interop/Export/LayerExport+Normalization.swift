import Lasagne

extension LayerExport {
  func batchNorm(_ layer: BatchNormLayer) throws -> String {
    let rank = shape.count
    let usual = Axes.allButChannels(rank: rank)
    let axes = try layer.axes.resolved(rank: rank, auto: usual, "axes")
    let inverse = try array("inv_std").values(as: Double.self)
    // ONNX keeps the variance: the one whose deviation, with epsilon, is what Lasagne keeps.
    let variance = inverse.map { 1 / ($0 * $0) - layer.epsilon }
    let isUsual = axes == usual && rank >= 2
    guard isUsual, inverse.allSatisfy({ $0 > 0 }), variance.allSatisfy({ $0 >= 0 && $0.isFinite })
    else { return try scaledAndShifted(axes) }
    let channels = inverse.count
    func given(_ name: String, else value: Double) throws -> String {
      if has(name) { return try parameter(name) }
      return try constant([Double](repeating: value, count: channels), shape: [channels], name)
    }
    return try op(
      "BatchNormalization",
      [
        x, given("gamma", else: 1), given("beta", else: 0), parameter("mean"),
        constant(variance, shape: [channels], "variance"),
      ], .float("epsilon", layer.epsilon))
  }

  /// The same by single steps, where the node of ONNX does something else.
  private func scaledAndShifted(_ axes: [Int]) throws -> String {
    let mean = try parameter("mean", across: axes)
    let inverse = try parameter("inv_std", across: axes)
    let scale =
      has("gamma") ? op("Mul", [try parameter("gamma", across: axes), inverse]) : inverse
    let value = op("Mul", [op("Sub", [x, mean]), scale])
    return has("beta") ? op("Add", [value, try parameter("beta", across: axes)]) : value
  }

  func standardization(_ layer: StandardizationLayer) throws -> String {
    let rank = shape.count
    let axes = try layer.axes.resolved(
      rank: rank, auto: Array((rank == 2 ? 1 : 2)..<rank), words: [.auto, .spatial, .features],
      "axes")
    let lengths = axes.compactMap { shape[$0] }
    guard axes == Array(axes[0]..<rank), lengths.count == axes.count else {
      return try standardized(x, axes: axes, epsilon: layer.epsilon)
    }
    let count = lengths.reduce(1, *)
    let ones = try constant([Double](repeating: 1, count: count), shape: lengths, "ones")
    return op(
      "LayerNormalization", [x, ones], .int("axis", axes[0]), .float("epsilon", layer.epsilon))
  }

  func layerNorm(_ layer: LayerNormLayer) throws -> String {
    let rank = shape.count
    let axes = try layer.axes.resolved(
      rank: rank, auto: [], words: [.spatial, .features], "axes")
    let lengths = axes.compactMap { shape[$0] }
    guard axes == Array(axes[0]..<rank), lengths.count == axes.count else {
      return try shifted(standardized(x, axes: axes, epsilon: layer.epsilon), along: axes)
    }
    let count = lengths.reduce(1, *)
    let scale =
      has("gamma")
      ? try parameter("gamma")
      : try constant([Double](repeating: 1, count: count), shape: lengths, "ones")
    return op(
      "LayerNormalization", [x, scale] + (has("beta") ? [try parameter("beta")] : []),
      [.int("axis", axes[0]), .float("epsilon", layer.epsilon)])
  }

  func rmsNorm(_ layer: RMSNormLayer) throws -> String {
    let axes = try layer.axes.resolved(
      rank: shape.count, auto: [], words: [.spatial, .features], "axes")
    let square = try reduced(op("Mul", [x, x]), .mean, axes: axes, keepsAxes: true)
    let root = op("Sqrt", [op("Add", [square, try number(layer.epsilon)])])
    return try shifted(op("Div", [x, root]), along: axes)
  }

  func groupNorm(_ layer: GroupNormLayer) throws -> String {
    let groups = op("Reshape", [x, try ints([0, layer.numGroups, -1])])
    let value = try standardized(groups, axes: [2], epsilon: layer.epsilon)
    return try shifted(op("Reshape", [value, op("Shape", [x])]), along: [1])
  }

  /// A value times gamma plus beta, where the layer has them; they differ along some axes.
  private func shifted(_ value: String, along axes: [Int]) throws -> String {
    let others = shape.indices.filter { !axes.contains($0) }
    var value = value
    if has("gamma") { value = op("Mul", [value, try parameter("gamma", across: others)]) }
    if has("beta") { value = op("Add", [value, try parameter("beta", across: others)]) }
    return value
  }

  /// A value with mean 0 and deviation 1 along some axes.
  func standardized(_ value: String, axes: [Int], epsilon: Double) throws -> String {
    let mean = try reduced(value, .mean, axes: axes, keepsAxes: true)
    let centred = op("Sub", [value, mean])
    let squares = op("Mul", [centred, centred])
    let variance = try reduced(squares, .mean, axes: axes, keepsAxes: true)
    let deviation = op("Sqrt", [op("Add", [variance, try number(epsilon)])])
    return op("Div", [centred, deviation])
  }

  /// ONNX divides alpha by the number of channels; Lasagne does not.
  func localResponse(_ layer: LocalResponseNormalization2DLayer) -> String {
    op(
      "LRN", [x], .float("alpha", layer.alpha * Double(layer.n)), .float("beta", layer.beta),
      .float("bias", layer.k), .int("size", layer.n))
  }
}
