import Tensors

/// Compares a network's gradients with differences of its outputs, in float64.
///
/// What is differentiated is one number: the sum of all outputs, each entry times a random weight. For
/// every trainable parameter and every input of numbers, a sample of entries is moved up and down by a
/// small step `h`, and `(f(x + h) - f(x - h)) / 2h` is compared with the gradient. The point is random
/// but fixed by the seed: inputs are normally distributed, parameters are first values moved a little, so
/// that a zero hides nothing. In training mode every run draws the same random numbers; running averages
/// are not updated.
/// ```swift
/// let report = try GradientCheck(isTraining: true).report(on: network)
/// print(report)
/// ```
/// A function with kinks (`rectify`, max pooling) has no slope at them. An entry that disagrees is
/// compared again at smaller steps, and, if the slopes to its two sides differ, at a point beside the
/// kink; the report counts both.
public struct GradientCheck: Equatable, Sendable {
  /// The greatest relative error that passes: `|g - d| / max(|g|, |d|, 0.0001 · s)`, where `s` is the size
  /// of the weighted outputs, at least 1.
  public var tolerance: Double
  /// The length of an unknown first axis of the inputs.
  public var batchSize: Int
  /// The length of the other unknown axes of the inputs.
  public var unknownLength: Int
  /// How many entries of a tensor are compared; all where it has no more.
  public var entriesPerTensor: Int
  /// Decides parameters, inputs, weights of the outputs, dropout, and which entries are compared.
  public var seed: UInt64
  /// Whether the network is run as in training; else as for predictions.
  public var isTraining: Bool

  /// A check in deterministic mode unless told otherwise.
  public init(
    tolerance: Double = 1e-5, batchSize: Int = 3, unknownLength: Int = 5,
    entriesPerTensor: Int = 16, seed: UInt64 = 0, isTraining: Bool = false
  ) {
    self.tolerance = tolerance
    self.batchSize = batchSize
    self.unknownLength = unknownLength
    self.entriesPerTensor = entriesPerTensor
    self.seed = seed
    self.isTraining = isTraining
  }

  /// The comparison for a network; throws where the network cannot be run or a setting is impossible.
  public func report(on network: Network) throws(NetworkError) -> GradientReport {
    try checkSettings()
    do {
      var notes: [String] = []
      let network = try network.withFullGradients(&notes)
      let point = try GradientPoint(network, self, notes: &notes)
      return GradientReport(
        network: network.name, isTraining: isTraining, tolerance: tolerance,
        tensors: try comparisons(at: point), notes: notes)
    } catch let error as NetworkError {
      throw error
    } catch {
      throw NetworkError("The gradients of '\(network.name)' could not be checked: \(error)")
    }
  }

  private func checkSettings() throws(NetworkError) {
    guard tolerance > 0, tolerance.isFinite else {
      throw NetworkError("A gradient check needs a tolerance above 0, got \(tolerance).")
    }
    let counts = [
      ("batchSize", batchSize), ("unknownLength", unknownLength),
      ("entriesPerTensor", entriesPerTensor),
    ]
    for (name, count) in counts where count < 1 {
      throw NetworkError("A gradient check needs \(name) to be at least 1, got \(count).")
    }
  }

  /// One row for each variable.
  private func comparisons(at point: GradientPoint) throws -> [TensorGradients] {
    if point.variables.isEmpty { return [] }
    let gradients = try point.gradients()
    let generator = try Generator(seed: seed &+ 3)
    return try zip(point.variables, gradients).map { variable, gradient in
      let values = try gradient.values(as: Double.self)
      let largest = values.map(\.magnitude).max() ?? 0
      var comparisons: [EntryComparison] = []
      for entry in try entries(of: values, generator) {
        comparisons.append(
          try EntryComparison(
            of: variable, entry: entry, gradient: values[entry], at: point, tolerance: tolerance))
      }
      guard let worst = comparisons.max(by: { $0.error < $1.error }) else {
        throw NetworkError(layer: variable.name, "has no entries to compare.")
      }
      let shape = variable.tensor.shape
      return TensorGradients(
        name: variable.name, isInput: variable.isInput, shape: shape, entries: comparisons.count,
        error: worst.error, index: Self.index(of: worst.entry, in: shape),
        gradient: worst.gradient, difference: worst.difference, largestGradient: largest,
        smallerSteps: comparisons.count { $0.usedSmallerStep },
        movedPoints: comparisons.count { $0.usedOtherPoint }, passes: worst.error <= tolerance)
    }
  }

  /// The entries to compare: that with the largest gradient, and others spread over the tensor.
  private func entries(of gradient: [Double], _ generator: Generator) throws -> [Int] {
    let count = gradient.count
    guard count > entriesPerTensor else { return Array(0..<count) }
    let places = try Tensor.uniform(
      [entriesPerTensor - 1], generator: generator, dataType: .float64)
    // One from each of equally long stretches.
    let stretch = Double(count) / Double(entriesPerTensor)
    var chosen = Set(
      try places.values(as: Double.self).enumerated().map { part, place in
        min(count - 1, Int((Double(part) + place) * stretch))
      })
    if let largest = gradient.indices.max(by: { gradient[$0].magnitude < gradient[$1].magnitude }) {
      chosen.insert(largest)
    }
    return chosen.sorted()
  }

  /// The index on each axis of an entry, counted row by row.
  private static func index(of entry: Int, in shape: [Int]) -> [Int] {
    var rest = entry
    return shape.reversed().map { length in
      defer { rest /= length }
      return rest % length
    }.reversed()
  }
}

extension Network {
  /// The same network without what changes gradients on purpose, and a sentence on each such layer.
  ///
  /// Clipped and shortened gradients are not derivatives: no difference could agree with them.
  fileprivate func withFullGradients(_ notes: inout [String]) throws(NetworkError) -> Network {
    func unlimited(_ layer: some SequenceLayer) -> any Layer {
      var copy = layer
      copy.recurrence.gradientSteps = -1
      copy.recurrence.gradClipping = 0
      return copy
    }
    var isChanged = false
    var parts: [NetworkPart] = []
    for node in layers {
      var layer = node.layer.base
      if let sequence = layer as? any SequenceLayer {
        let limits = sequence.recurrence
        if limits.gradientSteps != -1 || limits.gradClipping > 0 {
          layer = unlimited(sequence)
          isChanged = true
          notes.append(
            "\(node.name) changes its gradients on purpose; it is checked without gradClipping and "
              + "gradientSteps.")
        }
      }
      parts.append(NetworkPart(layer).reading(node.incomings))
    }
    return isChanged ? try Network(name, parts: parts, outputs: outputs) : self
  }
}
