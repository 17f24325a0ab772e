import Foundation
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
    let update = PreparedUpdate(self, state: state, learningRate: learningRate)
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
  let rate: Double
  /// The number of this step, counted from 1, for rules that count.
  let count: Int
  private let inner: Inner?

  // An applied momentum holds the step of the rule below it.
  private indirect enum Inner {
    case update(PreparedUpdate)
  }

  init(_ rule: UpdateRule, state: UpdateState, learningRate: Double) {
    self.rule = rule
    self.state = state
    switch rule {
    case .adam(let beta1, let beta2, _), .amsgrad(let beta1, let beta2, _):
      count = state.countStep("adam")
      rate =
        learningRate * Self.correction(beta2, count).squareRoot()
        / Self.correction(beta1, count)
      inner = nil
    case .adamax(let beta1, _, _):
      count = state.countStep("adam")
      rate = learningRate / Self.correction(beta1, count)
      inner = nil
    case .adamw:
      count = state.countStep("adam")
      rate = learningRate
      inner = nil
    case .lookahead(let below, _, _):
      count = state.countStep("lookahead\(rule.wrappingDepth)")
      rate = learningRate
      inner = .update(PreparedUpdate(below, state: state, learningRate: learningRate))
    case .applyMomentum(let below, _), .applyNesterovMomentum(let below, _):
      count = 0
      rate = learningRate
      inner = .update(PreparedUpdate(below, state: state, learningRate: learningRate))
    case .sgd, .momentum, .nesterovMomentum, .adagrad, .rmsprop, .adadelta, .lion:
      count = 0
      rate = learningRate
      inner = nil
    }
  }

  /// The share of a running mean that t steps have filled: 1 - beta^t.
  static func correction(_ beta: Double, _ count: Int) -> Double {
    1 - pow(beta, Double(count))
  }

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
    case .lookahead(_, let steps, let alpha):
      try lookahead(place, gradient, steps, alpha)
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
