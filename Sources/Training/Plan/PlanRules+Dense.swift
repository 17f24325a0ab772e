import Lasagne
import Tensors

// Rules for layers that work on rows of numbers.
extension PlanBuilder {
  /// One product forward, one for the weights and one for the input on the way back.
  func dense(_ layer: DenseLayer, _ place: PlanPlace) throws -> PlanValue {
    let input = plain(place.inputs[0])
    let leading =
      layer.numLeadingAxes < 0
      ? layer.numLeadingAxes + input.shape.count + 1 : layer.numLeadingAxes
    guard leading >= 1 else { throw PlanRefusal("joins the samples of a batch") }
    let lines = rows * input.shape.prefix(leading - 1).reduce(1, *)
    let units = layer.numUnits
    let output = product(
      of: input, by: try place.parameter("W"), lines: lines, bias: place.bindings["b"],
      shape: place.shape)
    return try finish(
      output, bias: place.bindings["b"], columns: units,
      nonlinearity: place.givesLogits ? .linear : layer.nonlinearity)
  }

  /// The product of so many lines with a parameter of shape (inputs, units); a bias is not added yet.
  func product(
    of input: PlanValue, by index: Int, lines: Int, bias: Int?, shape: [Int]
  ) -> PlanValue {
    let filters = parameter(index)
    let units = weights.parameters[index].shape[1]
    let depth = rows * input.width / lines
    let needsGradient =
      input.needsGradient || isTrainable(index) || bias.map(isTrainable) == true
    let output = value(shape, needsGradient: needsGradient)
    output.mayChange = true
    emit(
      .multiply, [input.buffer, filters, output.buffer],
      sizes: [lines, units, depth, depth, 1, units, 1, units, 0])
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      if isTrainable(index) {
        let (to, adds) = gradient(ofParameter: index)
        let product = PlanOperation(
          .multiply, [input.buffer, from, to],
          sizes: [depth, units, lines, 1, depth, units, 1, units, adds ? 1 : 0])
        if !adds, fusesUpdate(count: depth * units, keeping: lines * (depth + units)) {
          leaveToUpdate(product, ofParameter: index)
        } else {
          emit(product)
        }
      }
      if input.needsGradient {
        let (to, adds) = gradient(of: input)
        emit(
          .multiply, [from, filters, to],
          sizes: [lines, depth, units, units, 1, 1, units, depth, adds ? 1 : 0])
      }
    }
    return output
  }

  /// Leaves bias and nonlinearity pending, for whoever reads the value.
  func finish(
    _ output: PlanValue, bias: Int?, columns: Int, nonlinearity: Nonlinearity
  ) throws -> PlanValue {
    if nonlinearity == .softmax {
      output.pending = PlanValue.Pending(bias: bias, activation: .linear, columns: columns)
      return try softmax(output)
    }
    guard let activation = nonlinearity.planned else {
      throw PlanRefusal("has the nonlinearity \(nonlinearity.name), which has no plan rule")
    }
    output.pending = PlanValue.Pending(bias: bias, activation: activation, columns: columns)
    return output
  }

  /// A nonlinearity as a layer.
  func nonlinearity(_ nonlinearity: Nonlinearity, _ place: PlanPlace) throws -> PlanValue {
    let input = place.inputs[0]
    let chosen = place.givesLogits ? .linear : nonlinearity
    if chosen == .linear { return input }
    if chosen == .softmax { return try softmax(input) }
    guard let activation = chosen.planned else {
      throw PlanRefusal("has the nonlinearity \(chosen.name), which has no plan rule")
    }
    // In place where nobody else reads the argument: then pooling may come in between, too.
    let columns = input.layout == .channelsLast ? input.channels : input.width
    if planning.worksInPlace, input.mayChange, input.readers == 1, input.pending == nil {
      input.readers = 0
      input.pending = PlanValue.Pending(bias: nil, activation: activation, columns: columns)
      return input
    }
    settle(input)
    let output = value(input.shape, layout: input.layout, needsGradient: input.needsGradient)
    emit(
      .activate, [input.buffer, nil, output.buffer], sizes: [rows, input.width],
      activation: activation)
    onWayBack { [self] in
      guard input.needsGradient, let from = output.gradient else { return }
      let known = activation.isKnownByResult ? output.buffer : input.buffer
      emit(
        .activateBack, [known, from, from, nil], sizes: [rows, input.width],
        activation: activation)
      pass(from, to: input)
    }
    return output
  }

  /// Adds a gradient that nobody else needs any more to that of a value.
  func pass(_ gradient: Int, to value: PlanValue) {
    if planning.handsGradientsOn, value.gradient == nil {
      value.gradient = gradient
      return
    }
    let (to, adds) = self.gradient(of: value)
    emit(
      .addScaled, [gradient, to], sizes: [rows * value.width, adds ? 1 : 0], numbers: [1])
  }

  private func softmax(_ value: PlanValue) throws -> PlanValue {
    let input = plain(value)
    guard let columns = input.shape.last else { throw PlanRefusal("has no rows for a softmax") }
    let output = self.value(input.shape, needsGradient: input.needsGradient)
    let sizes = [rows * input.width / columns, columns]
    emit(.softmax, [input.buffer, output.buffer], sizes: sizes)
    onWayBack { [self] in
      guard input.needsGradient, let from = output.gradient else { return }
      emit(.softmaxBack, [output.buffer, from, from], sizes: sizes)
      pass(from, to: input)
    }
    return output
  }

  /// A mask of the same random numbers as the layer itself draws.
  func dropout(_ layer: DropoutLayer, _ place: PlanPlace) throws -> PlanValue {
    let input = place.inputs[0]
    guard layer.p > 0 else { return input }
    guard layer.sharedAxes == [] else { throw PlanRefusal("shares axes, which has no plan rule") }
    settle(input)
    let kept = 1 - layer.p
    let scale = layer.rescale && kept > 0 ? 1 / kept : 1
    let count = rows * input.width
    var mask = buffer(count)
    emit(.bernoulli, [mask], sizes: [count], numbers: draw(kept))
    if input.layout == .channelsLast, input.channels > 1, input.positions > 1 {
      // Drawn in the order of the shape, whatever the layout.
      let drawn = mask
      mask = buffer(count)
      emit(.transpose, [drawn, mask], sizes: [rows, input.channels, input.positions, 0])
    }
    let output = value(input.shape, layout: input.layout, needsGradient: input.needsGradient)
    emit(
      .multiplyEach, [input.buffer, mask, output.buffer], sizes: [count, 0], numbers: [scale])
    onWayBack { [self] in
      guard input.needsGradient, let from = output.gradient else { return }
      let (to, adds) = gradient(of: input)
      emit(.multiplyEach, [from, mask, to], sizes: [count, adds ? 1 : 0], numbers: [scale])
    }
    return output
  }

  /// The settings of a draw: the probability, and whether libtorch makes it.
  func draw(_ probability: Double) -> [Double] {
    planning.drawsTogether ? [probability] : [probability, 1]
  }

  /// A sum of values, each times its coefficient.
  func sum(_ layer: ElemwiseSumLayer, _ place: PlanPlace) throws -> PlanValue {
    guard layer.cropping == nil, place.inputs.allSatisfy({ $0.shape == place.shape }) else {
      throw PlanRefusal("crops its inputs, which has no plan rule")
    }
    if let sum = normalizedSum(layer, place) { return sum }
    let layout = place.inputs[0].layout
    let inputs = place.inputs.map { value in
      if layout == .channelsLast {
        let turned = channelsLast(value)
        settle(turned)
        return turned
      }
      return plain(value)
    }
    let output = value(
      place.shape, layout: layout, needsGradient: inputs.contains { $0.needsGradient })
    output.mayChange = true
    let count = rows * output.width
    func coefficient(_ index: Int) -> Double {
      switch layer.coeffs {
      case .all(let coefficient): coefficient
      case .each(let coefficients): coefficients[index]
      }
    }
    for (index, input) in inputs.enumerated() {
      emit(
        .addScaled, [input.buffer, output.buffer], sizes: [count, index > 0 ? 1 : 0],
        numbers: [coefficient(index)])
    }
    onWayBack { [self] in
      guard let from = output.gradient else { return }
      for (index, input) in inputs.enumerated() where input.needsGradient {
        if planning.handsGradientsOn, index == inputs.count - 1, coefficient(index) == 1,
          input.gradient == nil
        {
          // Nobody else needs the sum's gradient any more.
          input.gradient = from
          continue
        }
        let (to, adds) = gradient(of: input)
        emit(
          .addScaled, [from, to], sizes: [count, adds ? 1 : 0], numbers: [coefficient(index)])
      }
    }
    return output
  }
}

extension PlanBuilder {
  /// Values side by side along the features or channels.
  func concatenation(_ layer: ConcatLayer, _ place: PlanPlace) throws -> PlanValue {
    guard layer.cropping == nil, layer.axis == 1,
      place.inputs.allSatisfy({ $0.shape.dropFirst() == place.shape.dropFirst() })
    else {
      throw PlanRefusal("joins along axis \(layer.axis) or crops, which has no plan rule")
    }
    let inputs = place.inputs.map { value in
      let turned = place.shape.count > 1 ? channelsLast(value) : plain(value)
      settle(turned)
      return turned
    }
    let output = value(
      place.shape, layout: place.shape.count > 1 ? .channelsLast : .plain,
      needsGradient: inputs.contains { $0.needsGradient })
    output.mayChange = true
    let (lines, width) = (rows * output.positions, output.channels)
    var first = 0
    for input in inputs {
      let own = input.channels
      let part = slice(output.buffer, from: first, count: lines * width - first)
      emit(.copyRows, [input.buffer, part], sizes: [lines, own, own, width, 0])
      onWayBack { [self, first] in
        guard input.needsGradient, let from = output.gradient else { return }
        let (to, adds) = gradient(of: input)
        let part = slice(from, from: first, count: lines * width - first)
        emit(.copyRows, [part, to], sizes: [lines, own, width, own, adds ? 1 : 0])
      }
      first += own
    }
    return output
  }
}

extension Nonlinearity {
  /// The function as plans have it; nil for those without a rule, and for slopes that hide the sign.
  var planned: PlanActivation? {
    switch self {
    case .linear: .linear
    case .rectify: .rectify()
    case .leakyRectify(let leakiness): leakiness >= 0 ? .rectify(slope: leakiness) : nil
    case .sigmoid: .sigmoid
    case .tanh: .tanh()
    case .scaledTanh(let scaleIn, let scaleOut):
      scaleOut == 0 ? nil : .tanh(scaleIn: scaleIn, scaleOut: scaleOut)
    case .elu: .elu()
    case .selu(let scale, let scaleNeg):
      scale > 0 && scaleNeg > 0 ? .elu(scale: scale, alpha: scaleNeg) : nil
    case .softplus: .softplus
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    case .hardSwish: .hardSwish
    case .mish: .mish
    case .softmax, .logSoftmax: nil
    }
  }
}
