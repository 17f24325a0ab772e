import Tensors

// Velocities contain the learning rate.
extension PreparedUpdate {
  func moveWithMomentum(
    _ place: Place, _ gradient: Tensor, _ momentum: Double
  ) throws(TensorError) {
    let velocity = try place.accumulator("velocity")
    try velocity.multiplyInPlace(momentum)
    try velocity.addInPlace(gradient, scale: -rate)
    try place.parameter.addInPlace(velocity)
  }

  func moveWithNesterov(
    _ place: Place, _ gradient: Tensor, _ momentum: Double
  ) throws(TensorError) {
    let velocity = try place.accumulator("velocity")
    try velocity.multiplyInPlace(momentum)
    try velocity.addInPlace(gradient, scale: -rate)
    try place.parameter.addInPlace(velocity, scale: momentum)
    try place.parameter.addInPlace(gradient, scale: -rate)
  }

  /// Lets the rule below change the parameter, and takes that change as what moves the velocity.
  func applyMomentum(
    _ place: Place, _ gradient: Tensor, _ momentum: Double, isNesterov: Bool
  ) throws(TensorError) {
    let velocity = try place.accumulator(rule.appliedVelocity)
    let before = try place.parameter.detached().copied()
    try applyBelow(place, gradient)
    try velocity.multiplyInPlace(momentum)
    try velocity.addInPlace(place.parameter.detached() - before)
    if isNesterov {
      try place.parameter.addInPlace(velocity, scale: momentum)
    } else {
      try place.parameter.assign(before + velocity)
    }
  }
}

extension UpdateRule {
  /// The name of the velocity: one for each momentum that is applied on top of another.
  var appliedVelocity: String { "appliedVelocity\(wrappingDepth)" }

  /// How many rules are put around or on top of each other: names what each of them remembers.
  var wrappingDepth: Int {
    below.map { $0.wrappingDepth + 1 } ?? 0
  }
}
