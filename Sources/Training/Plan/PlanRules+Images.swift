import Lasagne
import Tensors

// Rules for layers that work on images; inside a plan their channels are last, so that the numbers
// of all channels at a position lie side by side.
extension PlanBuilder {
  /// A convolution as products that read the images where they are.
  func convolution(_ layer: Conv2DLayer, _ place: PlanPlace) throws -> PlanValue {
    guard layer.numGroups == 1 else { throw PlanRefusal("has groups, which have no plan rule") }
    guard !layer.untieBiases || layer.b == nil else {
      throw PlanRefusal("has untied biases, which have no plan rule")
    }
    let input = channelsLast(place.inputs[0])
    settle(input)
    let filter = try layer.filterSize.values(2, "filterSize")
    let stride = try layer.stride.values(2, "stride")
    let border = try layer.pad.widths(for: filter)
    let (channels, filters) = (input.shape[0], layer.numFilters)
    let flips = layer.flipFilters ? 1 : 0
    let shape =
      [input.shape[1] + 2 * border[0], input.shape[2] + 2 * border[1], channels]
      + filter + stride + [place.shape[1], place.shape[2], filters]
    let borderSizes = [rows, input.shape[1], input.shape[2], channels] + border
    let imageCount = rows * shape[0] * shape[1] * channels
    let isBordered = border.contains { $0 > 0 }
    var images = input.buffer
    if isBordered {
      images = buffer(imageCount)
      emit(.putInBorder, [input.buffer, images], sizes: borderSizes)
    }
    let index = try place.parameter("W")
    let depth = filter[0] * filter[1] * channels
    let forward = buffer(depth * padded(filters))
    let backward = input.needsGradient ? buffer(filters * padded(depth)) : nil
    emit(.packFilters, [parameter(index), forward, backward], sizes: shape + [flips])
    let needsGradient =
      input.needsGradient || isTrainable(index) || place.bindings["b"].map(isTrainable) == true
    let output = value(place.shape, layout: .channelsLast, needsGradient: needsGradient)
    output.mayChange = true
    emit(.convolve, [images, forward, output.buffer], sizes: shape + [rows])
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      if isTrainable(index) {
        let matrix = buffer(depth * filters)
        let (to, adds) = gradient(ofParameter: index)
        emit(.convolveFilters, [images, from, matrix], sizes: shape + [rows])
        emit(.unpackFilters, [matrix, to], sizes: shape + [flips, adds ? 1 : 0])
      }
      guard input.needsGradient else { return }
      guard isBordered else {
        let to = sum(into: input)
        emit(.convolveBack, [from, backward, to], sizes: shape + [rows])
        return
      }
      let bordered = buffer(imageCount)
      fill(bordered, with: 0)
      emit(.convolveBack, [from, backward, bordered], sizes: shape + [rows])
      let inside = buffer(rows * input.width)
      emit(.takeFromBorder, [bordered, inside], sizes: borderSizes)
      pass(inside, to: input)
    }
    return try finish(
      output, bias: place.bindings["b"], columns: filters,
      nonlinearity: place.givesLogits ? .linear : layer.nonlinearity)
  }

  /// The backend fills the columns of a matrix up to full vectors, of 16 numbers at most.
  private func padded(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }

  /// Pooling over rows and columns; where the image still needs a rectifier, in one pass with it.
  func pooling(_ layer: any PoolingLayer, _ place: PlanPlace, fuses: Bool) throws -> PlanValue {
    guard type(of: layer).spatialAxes == 2 else { throw PlanRefusal("has no plan rule") }
    let input = channelsLast(place.inputs[0])
    let size = try layer.poolSize.values(2, "poolSize")
    let stride = try (layer.stride ?? layer.poolSize).values(2, "stride")
    let lengths = Array(input.shape.dropFirst())
    let fits = (0..<2).allSatisfy { axis in
      (place.shape[axis + 1] - 1) * stride[axis] + size[axis] <= lengths[axis]
    }
    guard layer.pad == 0 || layer.pad == .each([0, 0]), fits, size[0] * size[1] <= 256 else {
      throw PlanRefusal("pools over its border, which has no plan rule")
    }
    let shape = lengths + [input.shape[0]] + size + stride + place.shape.dropFirst() + [rows]
    if layer.mode != .max { return averagePooling(input, shape, place.shape) }
    var pending = PlanValue.Pending(bias: nil, activation: .linear, columns: input.channels)
    if fuses, let waiting = input.pending, input.readers == 1,
      waiting.activation.isRectifier || waiting.activation == .linear
    {
      pending = waiting
      input.pending = nil
    }
    settle(input)
    let output = value(place.shape, layout: .channelsLast, needsGradient: input.needsGradient)
    // A byte for each place: four in a float.
    let places = buffer((rows * output.width + 3) / 4)
    emit(
      .poolGreatest, [input.buffer, pending.bias.map(parameter), output.buffer, places],
      sizes: shape, activation: pending.activation)
    onWayBack { [self] in
      guard input.needsGradient, let from = output.gradient else { return }
      let bias = pending.bias.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let to = sum(into: input)
      emit(
        .poolGreatestBack, [output.buffer, from, places, to, bias], sizes: shape,
        activation: pending.activation)
    }
    return output
  }

  private func averagePooling(
    _ input: PlanValue, _ sizes: [Int], _ shape: [Int]
  ) -> PlanValue {
    settle(input)
    let output = value(shape, layout: .channelsLast, needsGradient: input.needsGradient)
    emit(.poolAverage, [input.buffer, output.buffer], sizes: sizes)
    onWayBack { [self] in
      guard input.needsGradient, let from = output.gradient else { return }
      let to = sum(into: input)
      emit(.poolAverageBack, [from, to], sizes: sizes)
    }
    return output
  }

  /// The mean over all positions: pooling with one region.
  func globalPooling(_ layer: GlobalPoolLayer, _ place: PlanPlace) throws -> PlanValue {
    guard layer.poolFunction == .mean else {
      throw PlanRefusal("pools by \(layer.poolFunction.rawValue), which has no plan rule")
    }
    let input = channelsLast(place.inputs[0])
    let positions = input.positions
    let pooled = averagePooling(
      input, [1, positions, input.channels, 1, positions, 1, 1, 1, 1, rows], place.shape)
    return alias(pooled, shape: place.shape)
  }

  /// Normalization by the batch's own statistics; the running averages move after the update.
  func batchNormalization(_ layer: BatchNormLayer, _ place: PlanPlace) throws -> PlanValue {
    let rank = place.shape.count + 1
    let usual = [0] + Array(2..<Swift.max(2, rank))
    guard rank >= 2, layer.axes == .auto || layer.axes == .axes(usual) else {
      throw PlanRefusal("normalizes over unusual axes, which has no plan rule")
    }
    let input = rank > 2 ? channelsLast(place.inputs[0]) : place.inputs[0]
    settle(input)
    let channels = input.channels
    let sizes = [rows * input.width / channels, channels]
    let (mean, inverse) = (buffer(channels), buffer(channels))
    keep(mean)
    keep(inverse)
    emit(
      .columnStatistics, [input.buffer, mean, inverse], sizes: sizes, numbers: [layer.epsilon])
    for (name, statistic) in [("mean", mean), ("inv_std", inverse)] {
      emit(
        .average, [parameter(try place.parameter(name)), statistic], sizes: [channels],
        numbers: [layer.alpha])
    }
    let (gamma, beta) = (place.bindings["gamma"], place.bindings["beta"])
    let output = value(
      input.shape, layout: input.layout,
      needsGradient: input.needsGradient || [gamma, beta].contains { $0.map(isTrainable) == true })
    output.mayChange = true
    emit(
      .normalize,
      [input.buffer, mean, inverse, gamma.map(parameter), beta.map(parameter), output.buffer],
      sizes: sizes)
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      let gammaSum = gamma.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let betaSum = beta.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      emit(
        .normalizeBack,
        [
          input.buffer, from, mean, inverse, gamma.map(parameter),
          input.needsGradient ? from : nil, gammaSum, betaSum,
        ], sizes: sizes)
      if input.needsGradient { pass(from, to: input) }
    }
    return output
  }
}
