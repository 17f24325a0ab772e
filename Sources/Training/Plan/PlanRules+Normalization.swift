import Lasagne
import Tensors

/// A normalization that is still to be made: what comes after it may become a part of it.
struct PlanNormalization {
  let input: PlanValue
  let mean: Int
  let inverse: Int
  let gamma: Int?
  let beta: Int?
  /// What is added to it.
  var other: PlanValue?
}

extension PlanBuilder {
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
    let (mean, inverse) = (buffer(channels), buffer(channels))
    keep(mean)
    keep(inverse)
    emit(
      .columnStatistics, [input.buffer, mean, inverse],
      sizes: [rows * input.width / channels, channels], numbers: [layer.epsilon])
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
    output.normalization = PlanNormalization(
      input: input, mean: mean, inverse: inverse, gamma: gamma, beta: beta)
    return output
  }

  /// The sum of two values as the normalization of one of them, where that can still be changed.
  func normalizedSum(_ layer: ElemwiseSumLayer, _ place: PlanPlace) -> PlanValue? {
    guard planning.fusesNormalization, place.inputs.count == 2,
      layer.coeffs == .all(1) || layer.coeffs == .each([1, 1]),
      let last = place.inputs.lastIndex(where: {
        $0.normalization?.other == nil && $0.normalization != nil && $0.readers == 1
          && $0.pending == nil
      })
    else { return nil }
    let (main, other) = (place.inputs[last], place.inputs[1 - last])
    let added = main.layout == .channelsLast ? channelsLast(other) : plain(other)
    settle(added)
    let output = value(
      place.shape, layout: main.layout, needsGradient: main.needsGradient || added.needsGradient)
    output.mayChange = true
    output.normalization = main.normalization
    output.normalization?.other = added
    return output
  }

  /// Makes a normalization, and a rectifier that waits behind it.
  func settleNormalization(of value: PlanValue) {
    guard let normalization = value.normalization else { return }
    value.normalization = nil
    var activation = PlanActivation.linear
    if planning.fusesNormalization, let waiting = value.pending, waiting.bias == nil,
      waiting.activation.isRectifier
    {
      activation = waiting.activation
      value.pending = nil
    }
    let (input, other) = (normalization.input, normalization.other)
    let (gamma, beta) = (normalization.gamma, normalization.beta)
    let sizes = [rows * input.width / input.channels, input.channels]
    let statistics = [normalization.mean, normalization.inverse, gamma.map(parameter)]
    emit(
      .normalize,
      [input.buffer] + statistics + [beta.map(parameter), other?.buffer, value.buffer],
      sizes: sizes, activation: activation)
    onWayBack { [self] in
      guard let from = value.gradient else { return }
      let gammaSum = gamma.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let betaSum = beta.flatMap { isTrainable($0) ? sum(intoParameter: $0) : nil }
      let passed = other.flatMap { $0.needsGradient ? gradient(of: $0) : nil }
      emit(
        .normalizeBack,
        [input.buffer, from] + statistics + [
          input.needsGradient ? from : nil, gammaSum, betaSum,
          activation == .linear ? nil : value.buffer, passed?.buffer,
        ], sizes: sizes + [passed?.adds == true ? 1 : 0], activation: activation)
      if input.needsGradient { pass(from, to: input) }
    }
  }
}
