import Tensors

// Rules with a decay beside the gradient, and the one that looks ahead.
extension PreparedUpdate {
  /// p - rate · decay · p.
  func decay(_ place: Place, _ weightDecay: Double) throws(TensorError) {
    guard place.decays, weightDecay != 0 else { return }
    try place.parameter.multiplyInPlace(rest)
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
    _ place: Place, _ gradient: Tensor, _ alpha: Double
  ) throws(TensorError) {
    let slow = try place.copy("\(UpdateState.slowPrefix)\(rule.wrappingDepth)")
    try applyBelow(place, gradient)
    switch turn {
    case .number(let isTurn):
      guard isTurn != 0 else { return }
      try slow.addInPlace(place.parameter.detached() - slow, scale: alpha)
      try place.parameter.assign(slow)
    case .tensor(let isTurn, _):
      try slow.addcmulInPlace(place.parameter.detached() - slow, isTurn, scale: alpha)
      try place.parameter.keep(where: isTurn.equal(0), else: slow)
    }
  }
}
