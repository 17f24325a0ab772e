import Tensors

extension UpdateRule {
  /// Changes the parameters in place, by their gradients, as one step of this rule.
  ///
  /// Parameters, gradients and the names of the state go together by position; the parameters at
  /// the `frozen` positions, and what the state knows of them, stay as they are. Those at the
  /// `undecayed` positions are left alone by the weight decay of a rule.
  public func step(
    parameters: [Tensor], gradients: [Tensor], state: UpdateState, learningRate: Double,
    frozen: Set<Int> = [], undecayed: Set<Int> = []
  ) throws(TensorError) {
    let expected = state.parameterNames.count
    guard parameters.count == expected, gradients.count == expected else {
      throw TensorError(
        operation: "step",
        message: "got \(parameters.count) parameters and \(gradients.count) gradients, but the "
          + "state was made for \(expected).")
    }
    let numbers = countStep(in: state, learningRate: learningRate)
    try step(
      parameters: parameters, gradients: gradients, state: state,
      numbers: numbers.map { .number($0) }, frozen: frozen, undecayed: undecayed)
  }

  /// The same with the step's own numbers, in the order in which `countStep` gives them.
  package func step(
    parameters: [Tensor], gradients: [Tensor], state: UpdateState, numbers: [StepNumber],
    frozen: Set<Int> = [], undecayed: Set<Int> = []
  ) throws(TensorError) {
    let update = PreparedUpdate(self, state: state, numbers: numbers[...])
    try withoutGradients { () throws(TensorError) in
      for index in parameters.indices where !frozen.contains(index) {
        let (parameter, gradient) = (parameters[index], gradients[index])
        guard parameter.shape == gradient.shape else {
          throw TensorError(
            operation: "step",
            message: "the gradient of \(state.parameterNames[index]) does not have its shape.",
            shapes: [parameter.shape, gradient.shape])
        }
        let place = Place(
          parameter: parameter, index: index, state: state, decays: !undecayed.contains(index))
        try update.apply(to: place, gradient)
      }
    }
  }
}

/// One step of a rule, with what is the same for all parameters worked out.
struct PreparedUpdate {
  let rule: UpdateRule
  let state: UpdateState
  private let numbers: [StepNumber]
  private let inner: Inner?

  // An applied momentum holds the step of the rule below it.
  private indirect enum Inner {
    case update(PreparedUpdate)
  }

  /// - Parameter numbers: Those of the rule, then those of the rule below it.
  init(_ rule: UpdateRule, state: UpdateState, numbers: ArraySlice<StepNumber>) {
    self.rule = rule
    self.state = state
    self.numbers = Array(numbers)
    inner = rule.below.map {
      .update(PreparedUpdate($0, state: state, numbers: numbers.dropFirst(rule.ownNumbers)))
    }
  }

  /// The step size, corrected for the bias where the rule does that.
  var rate: StepNumber { numbers[0] }
  /// What is left of weights that decay.
  var rest: StepNumber { numbers[1] }
  /// The root of the share of the second running mean that steps have filled.
  var root: StepNumber { numbers[2] }
  /// Whether it is the turn of slow weights: 1, else 0.
  var turn: StepNumber { numbers[0] }

  func apply(to place: Place, _ gradient: Tensor) throws(TensorError) {
    switch rule {
    case .sgd:
      try place.parameter.addInPlace(gradient, scale: -rate)
    case .momentum(let momentum):
      try moveWithMomentum(place, gradient, momentum)
    case .nesterovMomentum(let momentum):
      try moveWithNesterov(place, gradient, momentum)
    case .adagrad(let epsilon):
      try adagrad(place, gradient, epsilon)
    case .rmsprop(let rho, let epsilon):
      try rmsprop(place, gradient, rho, epsilon)
    case .adadelta(let rho, let epsilon):
      try adadelta(place, gradient, rho, epsilon)
    case .adam(let beta1, let beta2, let epsilon):
      try adam(place, gradient, beta1, beta2, epsilon)
    case .adamax(let beta1, let beta2, let epsilon):
      try adamax(place, gradient, beta1, beta2, epsilon)
    case .amsgrad(let beta1, let beta2, let epsilon):
      try amsgrad(place, gradient, beta1, beta2, epsilon)
    case .adamw(let beta1, let beta2, let epsilon, let weightDecay):
      try decay(place, weightDecay)
      try adamw(place, gradient, beta1, beta2, epsilon)
    case .lion(let beta1, let beta2, let weightDecay):
      try lion(place, gradient, beta1, beta2, weightDecay)
    case .lookahead(_, _, let alpha):
      try lookahead(place, gradient, alpha)
    case .applyMomentum(_, let momentum):
      try applyMomentum(place, gradient, momentum, isNesterov: false)
    case .applyNesterovMomentum(_, let momentum):
      try applyMomentum(place, gradient, momentum, isNesterov: true)
    }
  }

  /// The change another rule makes first, if this one is applied on top of one.
  func applyBelow(_ place: Place, _ gradient: Tensor) throws(TensorError) {
    guard case .update(let below) = inner else { return }
    try below.apply(to: place, gradient)
  }
}

/// A parameter, and where its accumulators are.
struct Place {
  let parameter: Tensor
  let index: Int
  let state: UpdateState
  /// Whether a rule's weight decay acts on the parameter.
  let decays: Bool

  func accumulator(_ name: String) throws(TensorError) -> Tensor {
    try state.accumulator(name, of: index, like: parameter)
  }

  /// An accumulator that begins as a copy of the parameter.
  func copy(_ name: String) throws(TensorError) -> Tensor {
    if !state.hasAccumulator(name, of: index) {
      try accumulator(name).assign(parameter.detached())
    }
    return try accumulator(name)
  }
}
