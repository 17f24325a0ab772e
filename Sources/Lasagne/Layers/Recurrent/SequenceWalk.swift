import Tensors

/// One walk of a recurrent layer through its input: the order of steps, the mask, the gradients.
struct SequenceWalk {
  let recurrence: Recurrence
  /// The states before the first step: the hidden state first, each with the batch as its first axis.
  let states: [Tensor]
  /// Where a step copies the state before it: Boolean, of the axes batch, steps.
  let isSkipped: Tensor?
  let stepCount: Int

  /// The walk of a layer over its inputs.
  init(
    _ layer: some SequenceLayer, _ inputs: [Tensor], _ context: LayerContext
  ) throws(TensorError) {
    recurrence = layer.recurrence
    let (batch, steps) = (inputs[0].shape[0], inputs[0].shape[1])
    var others = inputs.dropFirst().makeIterator()
    if recurrence.maskInput != nil, let mask = others.next() {
      guard mask.shape == [batch, steps] else {
        throw TensorError(
          operation: context.layer, message: "its mask must have the shape [\(batch), \(steps)]",
          shapes: [mask.shape])
      }
      isSkipped = try mask.equal(0)
    } else {
      isSkipped = nil
    }
    var states: [Tensor] = []
    for (name, start) in layer.initialStates {
      if start.layerName != nil, let given = others.next() {
        states.append(given)
      } else {
        let first = try context.parameter(name)
        states.append(try first.expanded(to: [batch] + first.shape.dropFirst()))
      }
    }
    guard steps > 0 else {
      throw TensorError(
        operation: context.layer, message: "its input has no steps", shapes: [inputs[0].shape])
    }
    self.states = states
    stepCount = steps
  }

  /// The outputs of all steps in the order of the input, or the last one computed.
  ///
  /// `step` gives the states after the step at a time from those before it.
  func run(
    _ step: (_ time: Int, _ states: [Tensor]) throws(TensorError) -> [Tensor]
  ) throws(TensorError) -> Tensor {
    let times = recurrence.backwards ? Array((0..<stepCount).reversed()) : Array(0..<stepCount)
    let steps = recurrence.gradientSteps
    let unrecorded = steps > 0 ? max(0, stepCount - steps) : 0
    var states = states
    var outputs: [Tensor] = []
    for (position, time) in times.enumerated() {
      let before = states
      if position < unrecorded {
        states = try withoutGradients { () throws(TensorError) in
          try masked(step(time, before), before, time)
        }
      } else {
        states = try masked(step(time, before), before, time)
      }
      if !recurrence.onlyReturnFinal { outputs.append(states[0]) }
    }
    if recurrence.onlyReturnFinal { return states[0] }
    return try Tensor.stack(recurrence.backwards ? outputs.reversed() : outputs, axis: 1)
  }

  private func masked(
    _ states: [Tensor], _ before: [Tensor], _ time: Int
  ) throws(TensorError) -> [Tensor] {
    guard let isSkipped else { return states }
    let skipped = try isSkipped.selected(axis: 1, index: time)
    var results: [Tensor] = []
    for (state, old) in zip(states, before) {
      let ones = [Int](repeating: 1, count: state.rank - 1)
      results.append(
        try Tensor.select(skipped.reshaped([state.shape[0]] + ones), old, state))
    }
    return results
  }

  /// The tensor, its gradient clipped on the way back if the layer asks for it.
  func clipped(_ sums: Tensor) throws(TensorError) -> Tensor {
    recurrence.gradClipping > 0 ? try sums.gradientClipped(recurrence.gradClipping) : sums
  }
}

extension Tensor {
  /// A sequence whose trailing axes are one: batch, steps, features.
  func flattenedSequence() throws(TensorError) -> Tensor {
    rank > 3 ? try flattened(fromAxis: 2) : self
  }

  /// A matrix applied to the features of every step: batch, steps, features.
  func sequenceProduct(_ weight: Tensor, _ bias: Tensor?) throws(TensorError) -> Tensor {
    let input = try flattenedSequence()
    let matrix = try input.reshaped([input.shape[0] * input.shape[1], input.shape[2]])
    let product =
      if let bias { try Tensor.addmm(bias, matrix, weight) } else { try matrix.matmul(weight) }
    return try product.reshaped([input.shape[0], input.shape[1], weight.shape[1]])
  }

  /// One of several equal parts along axis 1.
  func part(_ index: Int, width: Int) throws(TensorError) -> Tensor {
    try sliced(axis: 1, from: index * width, to: (index + 1) * width)
  }
}

extension Shape {
  /// The number of features of a step: all axes but batch and steps.
  func featureCount() throws(NetworkError) -> Int {
    guard let count = Array(dropFirst(2)).entryCount else {
      throw NetworkError(
        "needs a known number of features, got \(text); fix the input's shape after the first two "
          + "axes.")
    }
    return count
  }
}
