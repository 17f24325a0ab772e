import Foundation
import Tensors

// One step of a rule for all parameters at once, in a plan: the names of what is remembered are those
// of `step(parameters:gradients:…)`, so that either can go on where the other was.
extension UpdateRule {
  /// The rule as plans have it; nil for a rule on top of another.
  package var fused: StepPlan.Rule? {
    switch self {
    case .sgd: .sgd
    case .momentum(let momentum): .momentum(momentum, isNesterov: false, state: "velocity")
    case .nesterovMomentum(let momentum): .momentum(momentum, isNesterov: true, state: "velocity")
    case .adagrad(let epsilon): .adagrad(epsilon: epsilon, state: "sumOfSquares")
    case .rmsprop(let rho, let epsilon):
      .rmsprop(rho: rho, epsilon: epsilon, state: "meanOfSquares")
    case .adadelta(let rho, let epsilon):
      .adadelta(rho: rho, epsilon: epsilon, states: ["meanOfSquares", "meanOfSquaredChanges"])
    case .adam(let beta1, let beta2, let epsilon):
      .adam(beta1, beta2, epsilon: epsilon, states: ["firstMoment", "secondMoment"])
    case .adamax(let beta1, let beta2, let epsilon):
      .adamax(beta1, beta2, epsilon: epsilon, states: ["firstMoment", "infinityNorm"])
    case .amsgrad(let beta1, let beta2, let epsilon):
      .amsgrad(
        beta1, beta2, epsilon: epsilon,
        states: ["firstMoment", "secondMoment", "largestSecondMoment"])
    default: nil
    }
  }

  /// The rate of the next step, corrected for the bias of running means where the rule does that.
  package func nextRate(_ learningRate: Double, state: UpdateState) -> Double {
    let count = Double(state.stepCount("adam") + 1)
    return switch self {
    case .adam(let beta1, let beta2, _), .amsgrad(let beta1, let beta2, _):
      learningRate * (1 - pow(beta2, count)).squareRoot() / (1 - pow(beta1, count))
    case .adamax(let beta1, _, _): learningRate / (1 - pow(beta1, count))
    default: learningRate
    }
  }

  /// Remembers that a step was made, where the rule counts them.
  package func countFusedStep(in state: UpdateState) {
    switch self {
    case .adam, .amsgrad, .adamax: state.countStep("adam")
    default: break
    }
  }
}
