import Foundation
import Tensors

extension UpdateRule {
  /// Changes the parameters in place, by their gradients, as one step of this rule.
  ///
  /// Parameters, gradients and the names of the state go together by position; the parameters at
  /// the `frozen` positions, and what the state knows of them, stay as they are.
  public func step(
    parameters: [Tensor], gradients: [Tensor], state: UpdateState, learningRate: Double,
    frozen: Set<Int> = []
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
        try update.apply(to: parameter, gradient, at: index)
      }
    }
  }
}

/// One step of a rule, with what is the same for all parameters worked out.
struct PreparedUpdate {
  let rule: UpdateRule
  let state: UpdateState
  let rate: Double
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
      let count = Double(state.countStep("adam"))
      rate =
        learningRate * Self.correction(beta2, count).squareRoot()
        / Self.correction(beta1, count)
      inner = nil
    case .adamax(let beta1, _, _):
      rate = learningRate / Self.correction(beta1, Double(state.countStep("adam")))
      inner = nil
    case .applyMomentum(let below, _), .applyNesterovMomentum(let below, _):
      rate = learningRate
      inner = .update(PreparedUpdate(below, state: state, learningRate: learningRate))
    default:
      rate = learningRate
      inner = nil
    }
  }

  /// The share of a running mean that t steps have filled: 1 - beta^t.
  private static func correction(_ beta: Double, _ count: Double) -> Double {
    1 - pow(beta, count)
  }

  func apply(to parameter: Tensor, _ gradient: Tensor, at index: Int) throws(TensorError) {
    let place = Place(parameter: parameter, index: index, state: state)
    switch rule {
    case .sgd:
      try parameter.addInPlace(gradient, scale: -rate)
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
    case .applyMomentum(_, let momentum):
      try applyMomentum(place, gradient, momentum, isNesterov: false)
    case .applyNesterovMomentum(_, let momentum):
      try applyMomentum(place, gradient, momentum, isNesterov: true)
    }
  }

  /// The change another rule makes first, if this one is applied on top of one.
  func applyBelow(_ place: Place, _ gradient: Tensor) throws(TensorError) {
    guard case .update(let below) = inner else { return }
    try below.apply(to: place.parameter, gradient, at: place.index)
  }
}

/// A parameter, and where its accumulators are.
struct Place {
  let parameter: Tensor
  let index: Int
  let state: UpdateState

  func accumulator(_ name: String) throws(TensorError) -> Tensor {
    try state.accumulator(name, of: index, like: parameter)
  }
}
