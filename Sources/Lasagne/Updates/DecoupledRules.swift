import Tensors

// Rules with a decay beside the gradient, and the one that looks ahead.
extension PreparedUpdate {
  /// p - rate · decay · p.
  func decay(_ place: Place, _ weightDecay: Double) throws(TensorError) {
    guard place.decays, weightDecay != 0 else { return }
    try place.parameter.multiplyInPlace(1 - rate * weightDecay)
  }

  func lion(
    _ place: Place, _ gradient: Tensor, _ beta1: Double, _ beta2: Double, _ weightDecay: Double
  ) throws(TensorError) {
    // Its mean weighs gradients as adam's first moment does, so each can go on from the other's.
    let mean = try place.accumulator("firstMoment")
    let direction = try (mean * beta1 + gradient * (1 - beta1)).sign()
    try decay(place, weightDecay)
    try place.parameter.addInPlace(direction, scale: -rate)
    try mean.multiplyInPlace(beta2)
    try mean.addInPlace(gradient, scale: 1 - beta2)
  }

  func lookahead(
    _ place: Place, _ gradient: Tensor, _ steps: Int, _ alpha: Double
  ) throws(TensorError) {
    let slow = try place.copy("\(UpdateState.slowPrefix)\(rule.wrappingDepth)")
    try applyBelow(place, gradient)
    guard count.isMultiple(of: steps) else { return }
    try slow.addInPlace(place.parameter.detached() - slow, scale: alpha)
    try place.parameter.assign(slow)
  }
}
