import Foundation

/// What a ``GradientCheck`` found: one row for each parameter and input.
public struct GradientReport: Codable, Equatable, Sendable, CustomStringConvertible {
  /// The network's name.
  public let network: String
  /// Whether it was run as in training; else as for predictions.
  public let isTraining: Bool
  /// The greatest relative error that passes.
  public let tolerance: Double
  /// The parameters in the network's order, then the inputs.
  public let tensors: [TensorGradients]
  /// What was left out or done otherwise, in sentences.
  public let notes: [String]
  /// Whether every tensor's gradient agrees with its differences.
  public let passes: Bool

  init(
    network: String, isTraining: Bool, tolerance: Double, tensors: [TensorGradients],
    notes: [String]
  ) {
    self.network = network
    self.isTraining = isTraining
    self.tolerance = tolerance
    self.tensors = tensors
    self.notes = notes
    passes = tensors.allSatisfy(\.passes)
  }

  /// The tensor with the greatest error; nil where nothing was checked.
  public var worst: TensorGradients? { tensors.max { $0.error < $1.error } }

  /// The result in one sentence.
  public var description: String {
    guard let worst else { return "\(network) has no gradients to check." }
    let mode = isTraining ? "training" : "deterministic"
    let subject = "\(network) in \(mode) mode: the gradients of "
    let failed = tensors.filter { !$0.passes }
    guard failed.isEmpty else {
      return subject + "\(failed.count) of \(tensors.count) tensors differ "
        + "(\(failed.map(\.name).joined(separator: ", "))); at \(worst.place) the gradient is "
        + "\(Self.short(worst.gradient)), the difference \(Self.short(worst.difference))."
    }
    return subject + "\(tensors.count) tensors agree with differences, worst relative error "
      + "\(Self.short(worst.error)) at \(worst.place)."
  }

  private static func short(_ number: Double) -> String { String(format: "%.3g", number) }
}

/// How the gradient by one parameter or input compares with differences, at its worst entry.
public struct TensorGradients: Codable, Equatable, Sendable {
  /// The parameter's full name, or the input layer's.
  public let name: String
  /// Whether it is an input of the network; else a parameter.
  public let isInput: Bool
  /// The length of each axis.
  public let shape: [Int]
  /// How many entries were compared.
  public let entries: Int
  /// The greatest relative error among them; infinite where a number is not finite.
  public let error: Double
  /// Where that is: the index on each axis.
  public let index: [Int]
  /// The gradient there, as it was computed backwards.
  public let gradient: Double
  /// The slope there, as differences of the outputs give it.
  public let difference: Double
  /// The largest gradient of the whole tensor, without its sign; 0: nothing depends on it.
  public let largestGradient: Double
  /// How many entries agreed only at a smaller step, because a kink or a bend was near.
  public let smallerSteps: Int
  /// How many entries lay on a kink and were compared at a point beside it.
  public let movedPoints: Int
  /// Whether the error is within the tolerance.
  public let passes: Bool

  /// The worst entry as one writes it: `conv1.W[0, 0, 2, 1]`.
  public var place: String { index.isEmpty ? name : "\(name)\(index)" }
}
