import Tensors
import Testing

/// Runs a body and expects that every tensor it made on this thread has been freed.
func withLeakCheck(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws {
  let before = Backend.liveTensorsOnThisThread
  try body()
  #expect(Backend.liveTensorsOnThisThread == before, sourceLocation: sourceLocation)
}

/// Expects a tensor's shape and its numbers, within an absolute tolerance.
func expect(
  _ tensor: Tensor, shape: [Int], _ expected: [Double], within tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(tensor.shape == shape, sourceLocation: sourceLocation)
  let values = try tensor.values(as: Double.self)
  try #require(values.count == expected.count, sourceLocation: sourceLocation)
  for (value, number) in zip(values, expected) where value != number {
    #expect(abs(value - number) <= tolerance, "\(values)", sourceLocation: sourceLocation)
  }
}

/// A float64 tensor, for exact comparisons.
func tensor(_ values: [Double], _ shape: [Int]) throws -> Tensor {
  try Tensor(values, shape: shape)
}

/// Numbers without a pattern that could hide an exchange of axes: fractions of a simple recurrence.
func scattered(_ count: Int, from least: Double = -1, to greatest: Double = 1) -> [Double] {
  var state = 0.5
  return (0..<count).map { _ in
    state = (state * 37 + 0.123).truncatingRemainder(dividingBy: 1)
    return least + (greatest - least) * state
  }
}

/// Compares libtorch's gradients with finite differences, in float64, for every input.
func expectGradients(
  of shapes: [[Int]], from least: Double = -1, to greatest: Double = 1,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: ([Tensor]) throws -> Tensor
) throws {
  let total = shapes.reduce(0) { $0 + $1.reduce(1, *) }
  let numbers = scattered(total, from: least, to: greatest)
  func inputs(_ numbers: [Double]) throws -> [Tensor] {
    var rest = numbers[...]
    return try shapes.map { shape in
      let count = shape.reduce(1, *)
      defer { rest = rest.dropFirst(count) }
      return try Tensor(Array(rest.prefix(count)), shape: shape)
    }
  }
  // Weights make each element of the output count differently.
  func objective(_ inputs: [Tensor]) throws -> Tensor {
    let output = try body(inputs)
    let weights = try Tensor(scattered(output.count, from: 0.5, to: 1.5), shape: output.shape)
    return try (output * weights).sum()
  }
  let leaves = try inputs(numbers)
  for leaf in leaves { try leaf.setRequiresGradient(true) }
  let gradients = try Tensor.gradients(of: objective(leaves), withRespectTo: leaves)
  let found = try gradients.flatMap { try $0.values(as: Double.self) }
  let step = 1e-6
  for index in 0..<total {
    var up = numbers
    var down = numbers
    up[index] += step
    down[index] -= step
    let slope = try (objective(inputs(up)).item() - objective(inputs(down)).item()) / (2 * step)
    #expect(
      abs(slope - found[index]) < 1e-5 * max(1, abs(slope)),
      "number \(index): \(found[index]), by differences \(slope)", sourceLocation: sourceLocation)
  }
}
