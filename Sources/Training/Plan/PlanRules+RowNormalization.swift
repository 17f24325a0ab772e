import Lasagne
import Tensors

// Rules for normalizations that look at one sample, or one step of it, alone.
extension PlanBuilder {
  /// Normalization of each row, or of each step, by its own mean and deviation.
  func layerNormalization(_ layer: LayerNormLayer, _ place: PlanPlace) throws -> PlanValue {
    let columns = try columns(layer.axes, place)
    return normalizedRows(
      plain(place.inputs[0]), of: columns, epsilon: layer.epsilon, centers: true,
      gamma: place.bindings["gamma"], beta: place.bindings["beta"])
  }

  /// The same by the root of the mean square.
  func rootMeanSquareNormalization(
    _ layer: RMSNormLayer, _ place: PlanPlace
  ) throws -> PlanValue {
    let columns = try columns(layer.axes, place)
    return normalizedRows(
      plain(place.inputs[0]), of: columns, epsilon: layer.epsilon, centers: false,
      gamma: place.bindings["gamma"], beta: nil)
  }

  /// The numbers that are normalized together, where they lie side by side.
  private func columns(_ axes: Axes, _ place: PlanPlace) throws -> Int {
    let rank = place.shape.count + 1
    let named = try axes.resolved(
      rank: rank, auto: [], words: [.spatial, .features], "axes")
    guard let first = named.first, first > 0, named == Array(first..<rank) else {
      throw PlanRefusal("normalizes over axes that are not the last ones, which has no plan rule")
    }
    return place.shape[(first - 1)...].reduce(1, *)
  }

  /// Groups of channels by their own mean and deviation, then each channel's scale and shift.
  func groupNormalization(_ layer: GroupNormLayer, _ place: PlanPlace) throws -> PlanValue {
    let input = plain(place.inputs[0])
    let normal = normalizedRows(
      input, of: input.width / layer.numGroups, epsilon: layer.epsilon, centers: true,
      gamma: nil, beta: nil)
    let (gamma, beta) = (place.bindings["gamma"], place.bindings["beta"])
    guard gamma != nil || beta != nil else { return normal }
    let images = place.shape.count > 1 ? channelsLast(normal) : normal
    let channels = images.channels
    let sizes = [rows * images.width / channels, channels]
    // What is normal already has the mean 0 and the deviation 1.
    let (zeros, ones) = (buffer(channels), buffer(channels))
    fill(zeros, with: 0)
    fill(ones, with: 1)
    let scale = gamma.map(parameter)
    let output = value(
      images.shape, layout: images.layout,
      needsGradient: images.needsGradient || [gamma, beta].contains { $0.map(isTrainable) == true })
    output.mayChange = true
    emit(
      .normalize, [images.buffer, zeros, ones, scale, beta.map(parameter), nil, output.buffer],
      sizes: sizes, activation: .linear)
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      let gammaSum = gamma.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let betaSum = beta.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      emit(
        .normalizeBack,
        [images.buffer, from, zeros, ones, scale, nil, gammaSum, betaSum, nil, nil],
        sizes: sizes + [0], activation: .linear)
      guard images.needsGradient else { return }
      let scaled = buffer(rows * images.width)
      emit(
        .normalize, [from, zeros, ones, scale, nil, nil, scaled], sizes: sizes,
        activation: .linear)
      pass(scaled, to: images)
    }
    return output
  }

  /// Rows of so many numbers that lie side by side, each by its own mean and deviation.
  private func normalizedRows(
    _ input: PlanValue, of columns: Int, epsilon: Double, centers: Bool, gamma: Int?, beta: Int?
  ) -> PlanValue {
    let lines = rows * input.width / columns
    let output = value(
      input.shape,
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
      let hasSums = gammaSum != nil || betaSum != nil
      emit(
        .normalizeRowsBack,
        [
          input.buffer, from, statistics, gamma.map(parameter), target?.buffer, gammaSum, betaSum,
          hasSums ? buffer((lines + 127) / 128 * 2 * columns) : nil,
        ], sizes: [lines, columns, centers ? 1 : 0, target?.adds == true ? 1 : 0])
    }
    return output
  }
}
