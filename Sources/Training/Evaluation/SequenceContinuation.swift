import Datasets
import Foundation
import Lasagne
import Tensors

/// Continues sequences of whole numbers by what a network expects next, such as a language model.
///
/// The network reads a row of indices and gives, for each of them, the probabilities of the one that
/// follows.
public struct SequenceContinuation {
  private let network: Network
  private let weights: Weights
  private let device: Device
  /// How many numbers the network chooses from.
  public let classCount: Int
  /// How many of the last numbers it reads.
  private let context: Int
  /// Whether it reads rows of one length only.
  private let isFixed: Bool

  /// Prepares a network with its weights.
  ///
  /// - Parameter context: How many of the last numbers decide the next one, where the network reads
  ///   rows of any length.
  /// - Throws: `TrainingError` where the network does not go from rows of indices to rows of classes.
  public init(
    network: Network, weights: Weights, context: Int = 64, device: Device = .cpu
  ) throws(TrainingError) {
    let input = network.inputs.first ?? ""
    let readsIndices = network.layers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == input
    }
    let shapes = try? (network.outputShape(of: input), network.outputShape())
    guard network.inputs.count == 1, network.outputs.count == 1, readsIndices, let shapes,
      shapes.0.count == 2, shapes.1.count == 3, let classCount = shapes.1[2], context >= 1
    else {
      throw TrainingError(
        .data,
        "The network '\(network.name)' does not give, for each of a row of indices, a row of "
          + "probabilities of the next one; use a language model such as zoo:charLanguageModel.")
    }
    self.network = network
    self.weights = weights
    self.device = device
    self.classCount = classCount
    isFixed = shapes.0[1] != nil
    self.context = shapes.0[1] ?? context
  }

  /// The numbers that follow a sequence.
  ///
  /// Each is drawn by the network's probabilities p, taken to the power 1 / temperature; 0 takes the
  /// most probable. The same seed draws the same on the same machine.
  ///
  /// - Parameter start: At least one number.
  /// - Throws: `TrainingError` for a start that the network does not know, and a temperature below 0.
  public func next(
    _ count: Int, after start: [Int], temperature: Double = 1, seed: UInt64 = 1
  ) throws -> [Int] {
    guard !start.isEmpty, start.allSatisfy({ (0..<classCount).contains($0) }) else {
      throw TrainingError(
        .data,
        "The start \(start) cannot be continued; give at least one number, all from 0 to "
          + "\(classCount - 1).")
    }
    guard temperature >= 0, temperature.isFinite else {
      throw TrainingError(
        .data, "The temperature is \(temperature); it must be 0 or a positive number.")
    }
    var random = SplitMix64(seed: seed)
    var known = start
    for _ in 0..<max(0, count) {
      let probabilities = try probabilities(after: known.suffix(context))
      known.append(Self.choice(probabilities, temperature, random.next()))
    }
    return Array(known.dropFirst(start.count))
  }

  /// What the network expects after these numbers.
  private func probabilities(after last: ArraySlice<Int>) throws -> [Double] {
    // A row of a fixed length is filled behind its end, where nothing is read.
    let filling = isFixed ? context - last.count : 0
    let row = last.map(Int64.init) + [Int64](repeating: 0, count: filling)
    return try withoutGradients { () throws -> [Double] in
      let input = try Tensor(row, shape: [1, row.count], device: device)
      let output = try network.output(input, weights: weights, deterministic: true)
      return try output.selected(axis: 1, index: last.count - 1).values(as: Double.self)
    }
  }

  /// The class on which a random number falls.
  static func choice(_ probabilities: [Double], _ temperature: Double, _ bits: UInt64) -> Int {
    let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    guard temperature > 0, probabilities[best] > 0 else { return best }
    let weights = probabilities.map { pow($0 / probabilities[best], 1 / temperature) }
    // 53 bits are what a double holds.
    var rest = Double(bits >> 11) * 0x1p-53 * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return best
  }
}
