import Lasagne
import Tensors

// Rules for what stands around attention: embeddings, positions, normalization of each step, and
// axes in another order.
extension PlanBuilder {
  /// Rows of a table that whole numbers choose.
  func embedding(_ layer: EmbeddingLayer, _ place: PlanPlace) throws -> PlanValue {
    // Every whole number up to this one is a float.
    guard layer.inputSize <= 1 << 24 else {
      throw PlanRefusal("has more indices than a float can count, which has no plan rule")
    }
    let input = plain(place.inputs[0])
    let index = try place.parameter("W")
    let output = value(place.shape, needsGradient: isTrainable(index))
    output.mayChange = true
    let sizes = [rows * input.width, layer.outputSize, layer.inputSize]
    emit(.takeRows, [parameter(index), input.buffer, output.buffer], sizes: sizes)
    onWayBack { [self] in
      guard isTrainable(index), let from = output.gradient else { return }
      emit(.addToRows, [from, input.buffer, sum(intoParameter: index)], sizes: sizes)
    }
    return output
  }

  /// Numbers of each position, which are learned.
  func positions(_ layer: PositionalEmbeddingLayer, _ place: PlanPlace) throws -> PlanValue {
    let index = try place.parameter("W")
    return shifted(place, by: parameter(index), learns: isTrainable(index) ? index : nil)
  }

  /// Sines and cosines of each position.
  func positions(_ layer: SinusoidalPositionLayer, _ place: PlanPlace) throws -> PlanValue {
    let waves = try layer.waves(
      steps: place.shape[0], features: place.shape[1], dataType: .float32, device: .cpu)
    return shifted(place, by: constant(waves), learns: nil)
  }

  /// Adds the same numbers to every row.
  private func shifted(_ place: PlanPlace, by numbers: Int, learns index: Int?) -> PlanValue {
    let input = plain(place.inputs[0])
    let output = value(place.shape, needsGradient: input.needsGradient || index != nil)
    output.mayChange = true
    let sizes = [rows, input.width]
    emit(
      .activate, [input.buffer, numbers, output.buffer], sizes: sizes, activation: .linear)
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      // A shorter sequence uses the first positions, which are the first numbers.
      if let index { emit(.columnSums, [from, sum(intoParameter: index)], sizes: sizes) }
      if input.needsGradient { pass(from, to: input) }
    }
    return output
  }

  /// Normalization of each row, or of each step, by its own mean and deviation.
  func rowNormalization(_ layer: LayerNormLayer, _ place: PlanPlace) throws -> PlanValue {
    try rowNormalization(
      place, axes: layer.axes, epsilon: layer.epsilon, centers: true)
  }

  /// The same by the root of the mean square.
  func rowNormalization(_ layer: RMSNormLayer, _ place: PlanPlace) throws -> PlanValue {
    try rowNormalization(place, axes: layer.axes, epsilon: layer.epsilon, centers: false)
  }

  private func rowNormalization(
    _ place: PlanPlace, axes: Axes, epsilon: Double, centers: Bool
  ) throws -> PlanValue {
    let rank = place.shape.count + 1
    let named = try axes.resolved(
      rank: rank, auto: [], words: [.spatial, .features], "axes")
    guard let first = named.first, first > 0, named == Array(first..<rank) else {
      throw PlanRefusal("normalizes over axes that are not the last ones, which has no plan rule")
    }
    let input = plain(place.inputs[0])
    let columns = place.shape[(first - 1)...].reduce(1, *)
    let lines = rows * input.width / columns
    let (gamma, beta) = (place.bindings["gamma"], place.bindings["beta"])
    let output = value(
      place.shape,
      needsGradient: input.needsGradient || [gamma, beta].contains { $0.map(isTrainable) == true })
    output.mayChange = true
    let statistics = buffer(2 * lines)
    emit(
      .normalizeRows,
      [input.buffer, gamma.map(parameter), beta.map(parameter), output.buffer, statistics],
      sizes: [lines, columns, centers ? 1 : 0], numbers: [epsilon])
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      let gammaSum = gamma.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let betaSum = beta.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let target = input.needsGradient ? gradient(of: input) : nil
      emit(
        .normalizeRowsBack,
        [
          input.buffer, from, statistics, gamma.map(parameter), target?.buffer, gammaSum, betaSum,
          buffer((lines + 127) / 128 * 2 * columns),
        ], sizes: [lines, columns, centers ? 1 : 0, target?.adds == true ? 1 : 0])
    }
    return output
  }

  /// The first axes behind the last ones; often only another way of looking at the same numbers.
  func dimshuffle(_ layer: DimshuffleLayer, _ place: PlanPlace) throws -> PlanValue {
    let input = place.inputs[0]
    // Axes of length 1 are nowhere in memory.
    let own = input.shape.indices.filter { input.shape[$0] != 1 }
    var wanted: [Int] = []
    for (position, entry) in layer.pattern.enumerated() {
      guard case .axis(let axis) = entry else { continue }
      guard (axis == 0) == (position == 0) else {
        throw PlanRefusal("moves the samples' axis, which has no plan rule")
      }
      if axis > 0, own.contains(axis - 1) { wanted.append(axis - 1) }
    }
    if wanted == own { return alias(plain(input), shape: place.shape) }
    guard
      let split = own.indices.dropFirst().first(where: {
        wanted == Array(own[$0...] + own[..<$0])
      })
    else { throw PlanRefusal("has an order of axes that has no plan rule") }
    let lengths = own.map { input.shape[$0] }
    // Images with channels last are, number by number, what has its first axis last.
    if split == 1, input.layout == .channelsLast, input.shape[0] == lengths[0] {
      settle(input)
      return alias(input, shape: place.shape)
    }
    if split == own.count - 1, input.layout == .plain, place.shape[0] == lengths[split] {
      return alias(plain(input), shape: place.shape, layout: .channelsLast)
    }
    let matrix = alias(
      plain(input),
      shape: [lengths[..<split].reduce(1, *), lengths[split...].reduce(1, *)])
    return alias(channelsLast(matrix), shape: place.shape)
  }

  /// The same numbers under another shape; what keeps the first axis keeps channels where they are.
  func reshaped(_ place: PlanPlace) -> PlanValue {
    let input = place.inputs[0]
    guard input.layout == .channelsLast, place.shape.count > 1, place.shape[0] == input.channels
    else { return alias(plain(input), shape: place.shape) }
    settle(input)
    return alias(input, shape: place.shape, layout: .channelsLast)
  }
}
