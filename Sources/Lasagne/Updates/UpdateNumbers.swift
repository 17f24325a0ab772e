import Foundation
import Tensors

// What of a rule is another number at every step. The host works it out in float64, whether it then
// makes the step itself or puts the numbers where a repeated step finds them.
extension UpdateRule {
  /// Counts one more step, where the rule counts them, and gives the numbers of that step: its own,
  /// then those of the rule below it.
  package func countStep(in state: UpdateState, learningRate: Double) -> [Double] {
    switch self {
    case .sgd, .momentum, .nesterovMomentum, .adagrad, .rmsprop, .adadelta: return [learningRate]
    case .adam(let beta1, let beta2, _), .amsgrad(let beta1, let beta2, _):
      let count = state.countStep("adam")
      return [
        learningRate * Self.correction(beta2, count).squareRoot() / Self.correction(beta1, count)
      ]
    case .adamax(let beta1, _, _):
      return [learningRate / Self.correction(beta1, state.countStep("adam"))]
    case .adamw(let beta1, let beta2, _, let weightDecay):
      let count = state.countStep("adam")
      return [
        learningRate / Self.correction(beta1, count), 1 - learningRate * weightDecay,
        Self.correction(beta2, count).squareRoot(),
      ]
    case .lion(_, _, let weightDecay): return [learningRate, 1 - learningRate * weightDecay]
    case .lookahead(let below, let steps, _):
      let isTurn = state.countStep("lookahead\(wrappingDepth)").isMultiple(of: steps)
      return [isTurn ? 1 : 0] + below.countStep(in: state, learningRate: learningRate)
    case .applyMomentum(let below, _), .applyNesterovMomentum(let below, _):
      return below.countStep(in: state, learningRate: learningRate)
    }
  }

  /// How many numbers of a step are the rule's own, not those of the rule below it.
  var ownNumbers: Int {
    switch self {
    case .adamw: 3
    case .lion: 2
    case .applyMomentum, .applyNesterovMomentum: 0
    default: 1
    }
  }

  /// How many numbers a step has.
  package var numberCount: Int { ownNumbers + (below?.numberCount ?? 0) }

  /// The rule that this one is put around or on top of.
  var below: UpdateRule? {
    switch self {
    case .lookahead(let below, _, _), .applyMomentum(let below, _),
      .applyNesterovMomentum(let below, _):
      below
    default: nil
    }
  }

  /// The share of a running mean that t steps have filled: 1 - beta^t.
  private static func correction(_ beta: Double, _ count: Int) -> Double {
    1 - pow(beta, Double(count))
  }

  /// All that the rule remembers of one parameter, made if it is not there.
  package func remembered(
    of index: Int, _ parameter: Tensor, in state: UpdateState
  ) throws(TensorError) -> [Tensor] {
    let place = Place(parameter: parameter, index: index, state: state, decays: false)
    let own: [Tensor]
    switch self {
    case .lookahead:
      own = [
        try withoutGradients { () throws(TensorError) in
          try place.copy("\(UpdateState.slowPrefix)\(wrappingDepth)")
        }
      ]
    case .applyMomentum, .applyNesterovMomentum: own = [try place.accumulator(appliedVelocity)]
    case .adamw:
      own = [try place.accumulator("firstMoment"), try place.accumulator("secondMoment")]
    case .lion: own = [try place.accumulator("firstMoment")]
    default:
      own = try (fused?.states ?? []).map { name throws(TensorError) in try place.accumulator(name)
      }
    }
    return own + (try below?.remembered(of: index, parameter, in: state) ?? [])
  }
}
