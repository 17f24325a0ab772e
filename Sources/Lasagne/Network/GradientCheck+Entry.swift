import Tensors

/// The gradient by one entry of a tensor beside the slope that differences give there.
struct EntryComparison {
  let entry: Int
  private(set) var gradient: Double
  private(set) var difference = Double.nan
  private(set) var error = Double.infinity
  /// Whether the first step reached over a kink or a strong bend.
  private(set) var usedSmallerStep = false
  /// Whether the entry lay on a kink and was moved beside it.
  private(set) var usedOtherPoint = false

  /// From the first to the last that is tried: shorter steps miss kinks, longer ones round less.
  private static let steps = [1e-5, 1e-6, 1e-7]
  /// How far an entry on a kink is moved.
  private static let move = 0.01

  init(
    of variable: GradientPoint.Variable, entry: Int, gradient: Double, at point: GradientPoint,
    tolerance: Double
  ) throws {
    self.entry = entry
    self.gradient = gradient
    let element = try withoutGradients {
      try variable.tensor.flattened().selected(axis: 0, index: entry)
    }
    let value = try element.item()
    defer { withoutGradients { _ = try? element.fillInPlace(value) } }
    let sides = try compare(element, value, at: point, tolerance)
    // A wrong gradient is wrong beside a kink as well, so that moving away from it hides nothing.
    guard error > tolerance, Self.differ(sides.left, sides.right, at: point, tolerance) else {
      return
    }
    let other = value + Self.move
    try withoutGradients { try element.fillInPlace(other) }
    guard let index = point.variables.firstIndex(where: { $0.tensor === variable.tensor }) else {
      return
    }
    self.gradient = try point.gradients()[index].flattened().selected(axis: 0, index: entry).item()
    (error, difference) = (.infinity, .nan)
    usedSmallerStep = false
    usedOtherPoint = true
    _ = try compare(element, other, at: point, tolerance)
  }

  /// Tries one step after the other until one agrees; gives the slopes to both sides at the last.
  private mutating func compare(
    _ element: Tensor, _ value: Double, at point: GradientPoint, _ tolerance: Double
  ) throws -> (left: Double, right: Double) {
    func outputs(_ moved: Double) throws -> [Tensor] {
      try withoutGradients {
        try element.fillInPlace(moved)
        // Copies: an output may be a view of the input, which moves on.
        return try point.outputs().map { try $0.copied() }
      }
    }
    var sides = (left: 0.0, right: 0.0)
    let here = try outputs(value)
    for (attempt, step) in Self.steps.enumerated() {
      let (below, above) = (value - step, value + step)
      let left = try point.growth(from: outputs(below), to: here)
      let right = try point.growth(from: here, to: outputs(above))
      sides = (left / (value - below), right / (above - value))
      let slope = (left + right) / (above - below)
      let slopeError = Self.error(gradient, slope, at: point)
      if slopeError < error || difference.isNaN {
        (error, difference) = (slopeError, slope)
        usedSmallerStep = attempt > 0
      }
      if error <= tolerance { break }
    }
    return sides
  }

  /// The relative error between two slopes; infinite where one is not finite.
  private static func error(_ first: Double, _ second: Double, at point: GradientPoint) -> Double {
    let size = max(first.magnitude, second.magnitude, 1e-4 * point.scale)
    let error = (first - second).magnitude / size
    return error.isFinite ? error : .infinity
  }

  /// Whether the slopes to both sides are those of a kink.
  private static func differ(
    _ left: Double, _ right: Double, at point: GradientPoint, _ tolerance: Double
  ) -> Bool {
    error(left, right, at: point) > 10 * tolerance
  }
}
