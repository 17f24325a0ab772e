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
      + filter + stride + [place.shape[1], place.shape[2], filters] + border
    let index = try place.parameter("W")
    let depth = filter[0] * filter[1] * channels
    let forward = buffer(depth * padded(filters))
    // The backend chooses one of two ways back.
    let back = max(filters * padded(depth), filter[0] * filter[1] * filters * padded(channels))
    let backward = input.needsGradient ? buffer(back) : nil
    // The backend's loops for special shapes, or those for all.
    let numbers: [Double] = planning.specializesConvolutions ? [] : [1]
    emit(
      .packFilters, [parameter(index), forward, backward], sizes: shape + [flips],
      numbers: numbers)
    let needsGradient =
      input.needsGradient || isTrainable(index) || place.bindings["b"].map(isTrainable) == true
    let output = value(place.shape, layout: .channelsLast, needsGradient: needsGradient)
    output.mayChange = true
    emit(
      .convolve, [input.buffer, forward, output.buffer], sizes: shape + [rows], numbers: numbers)
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      if isTrainable(index) {
        let matrix = buffer(depth * filters)
        let (to, adds) = gradient(ofParameter: index)
        emit(
          .convolveFilters, [input.buffer, from, matrix], sizes: shape + [rows, 0],
          numbers: numbers)
        emit(.unpackFilters, [matrix, to], sizes: shape + [flips, adds ? 1 : 0])
      }
      guard input.needsGradient else { return }
      let (to, adds) = gradient(of: input)
      emit(
        .convolveBack, [from, backward, to], sizes: shape + [rows, adds ? 1 : 0],
        numbers: numbers)
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
    if !planning.fusesBias { settleBias(of: input) }
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
}
