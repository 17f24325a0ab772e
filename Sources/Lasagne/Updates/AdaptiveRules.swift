import Tensors

// Rates that shrink with the squares of past gradients; epsilon is inside the square root.
extension PreparedUpdate {
  func adagrad(
    _ place: Place, _ gradient: Tensor, _ epsilon: Double
  ) throws(TensorError) {
    let squares = try place.accumulator("sumOfSquares")
    try squares.addcmulInPlace(gradient, gradient)
    try place.parameter.addcdivInPlace(
      gradient, (squares + epsilon).squareRoot(), scale: -rate)
  }

  func rmsprop(
    _ place: Place, _ gradient: Tensor, _ rho: Double, _ epsilon: Double
  ) throws(TensorError) {
    let squares = try place.accumulator("meanOfSquares")
    try squares.average(in: gradient, weight: rho)
    try place.parameter.addcdivInPlace(
      gradient, (squares + epsilon).squareRoot(), scale: -rate)
  }

  func adadelta(
    _ place: Place, _ gradient: Tensor, _ rho: Double, _ epsilon: Double
  ) throws(TensorError) {
    let squares = try place.accumulator("meanOfSquares")
    let changes = try place.accumulator("meanOfSquaredChanges")
    try squares.average(in: gradient, weight: rho)
    let change =
      try gradient * (changes + epsilon).squareRoot() / (squares + epsilon).squareRoot()
    try place.parameter.addInPlace(change, scale: -rate)
    try changes.average(in: change, weight: rho)
  }
}

extension Tensor {
  /// Becomes weight · self + (1 - weight) · new².
  func average(in new: Tensor, weight: Double) throws(TensorError) {
    try multiplyInPlace(weight)
    try addcmulInPlace(new, new, scale: 1 - weight)
  }
}
