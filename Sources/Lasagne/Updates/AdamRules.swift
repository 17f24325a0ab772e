import Tensors

// `rate` is already corrected for the bias; epsilon is outside the square root.
extension PreparedUpdate {
  func adam(
    _ place: Place, _ gradient: Tensor, _ beta1: Double, _ beta2: Double, _ epsilon: Double
  ) throws(TensorError) {
    let first = try firstMoment(place, gradient, beta1)
    let second = try place.accumulator("secondMoment")
    try second.average(in: gradient, weight: beta2)
    try place.parameter.addcdivInPlace(first, second.squareRoot() + epsilon, scale: -rate)
  }

  func adamax(
    _ place: Place, _ gradient: Tensor, _ beta1: Double, _ beta2: Double, _ epsilon: Double
  ) throws(TensorError) {
    let first = try firstMoment(place, gradient, beta1)
    let largest = try place.accumulator("infinityNorm")
    try largest.multiplyInPlace(beta2)
    try largest.maximumInPlace(gradient.absolute())
    try place.parameter.addcdivInPlace(first, largest + epsilon, scale: -rate)
  }

  func amsgrad(
    _ place: Place, _ gradient: Tensor, _ beta1: Double, _ beta2: Double, _ epsilon: Double
  ) throws(TensorError) {
    let first = try firstMoment(place, gradient, beta1)
    let second = try place.accumulator("secondMoment")
    try second.average(in: gradient, weight: beta2)
    let largest = try place.accumulator("largestSecondMoment")
    try largest.maximumInPlace(second)
    try place.parameter.addcdivInPlace(first, largest.squareRoot() + epsilon, scale: -rate)
  }

  /// As adam, but epsilon is added to the corrected root; `rate` is corrected for the first mean only.
  func adamw(
    _ place: Place, _ gradient: Tensor, _ beta1: Double, _ beta2: Double, _ epsilon: Double
  ) throws(TensorError) {
    let first = try firstMoment(place, gradient, beta1)
    let second = try place.accumulator("secondMoment")
    try second.average(in: gradient, weight: beta2)
    try place.parameter.addcdivInPlace(
      first, second.squareRoot().divided(by: root) + epsilon, scale: -rate)
  }

  private func firstMoment(
    _ place: Place, _ gradient: Tensor, _ beta1: Double
  ) throws(TensorError) -> Tensor {
    let first = try place.accumulator("firstMoment")
    try first.multiplyInPlace(beta1)
    try first.addInPlace(gradient, scale: 1 - beta1)
    return first
  }
}
