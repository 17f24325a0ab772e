import Lasagne
import Tensors

/// Measures what the units of a network do for samples that stay the same over a run: those that do
/// nothing, and those in the flat part of their nonlinearity.
///
/// A unit is a unit of a dense layer, or a feature map of a convolution. It is dead if it gives the
/// same number for every sample and at every place; a rectifier gives 0 then. It is one pass in
/// deterministic mode, so it says the same of a planned step and of a recorded one.
struct ActivationWatch {
  /// A layer that ends in a nonlinearity.
  struct Watched: Equatable {
    let name: String
    /// The axis of its output that counts units; `nil` where units are no use (softmax).
    let unitAxis: Int?
    let flat: FlatPart?
  }

  private static let sampleLimit = 128
  private static let fewestSamples = 8
  /// Numbers of all watched outputs together: of one pass, and of one look.
  private static let (passLimit, lookLimit) = (1 << 23, 1 << 26)
  /// Numbers of a unit that lie no further apart than this part of their size are the same.
  private static let tolerance = 1e-6

  private let network: Network
  private let weights: Weights
  private let store: SampleStore
  private let indices: [Int]
  let watched: [Watched]
  private let rowsAtOnce: Int

  /// Chooses the samples: the first of those given, fewer where a network's outputs are large.
  init(network: Network, weights: Weights, store: SampleStore, indices: [Int]) {
    self.network = network
    self.weights = weights
    self.store = store
    watched = network.orderedLayers.compactMap { Self.watched($0, in: network) }
    let perSample = watched.reduce(1) { sum, layer in
      let shape = (try? network.outputShape(of: layer.name)) ?? []
      return sum + shape.dropFirst().reduce(1) { $0 * max(1, $1 ?? 1) }
    }
    let count = max(Self.fewestSamples, min(Self.sampleLimit, Self.lookLimit / perSample))
    self.indices = Array(indices.prefix(count))
    rowsAtOnce = max(1, min(count, Self.passLimit / perSample))
  }

  private static func watched(_ node: NetworkNode, in network: Network) -> Watched? {
    guard let layer = node.layer.base as? any ActivatedLayer, layer.nonlinearity != .linear,
      let shape = try? network.outputShape(of: node.name), shape.count >= 2
    else { return nil }
    let axis = isDense(node, in: network) ? shape.count - 1 : 1
    return Watched(
      name: node.name, unitAxis: layer.nonlinearity.axis == nil ? axis : nil,
      flat: FlatPart(layer.nonlinearity))
  }

  /// Whether the last axis counts the units: a dense layer, or a nonlinearity somewhere behind one.
  private static func isDense(_ node: NetworkNode, in network: Network) -> Bool {
    var node = node
    while true {
      if node.layer.base is DenseLayer { return true }
      if node.layer.base is any BiasedLayer { return false }
      guard node.incomings.count == 1, let next = try? network.layer(node.incomings[0]) else {
        return false
      }
      node = next
    }
  }

  /// The share of dead units and of numbers in the flat part, by metric key:
  /// `layers/dense1/deadShare`, `layers/dense1/saturation`.
  func values() throws -> [String: Double] {
    guard !watched.isEmpty, indices.count > 1 else { return [:] }
    var tallies = watched.map { _ in Tally() }
    try withoutGradients {
      for start in stride(from: 0, to: indices.count, by: rowsAtOnce) {
        let rows = indices[start..<min(start + rowsAtOnce, indices.count)]
        let pass = try network.forward(
          network.named(try store.batch(rows).inputs, try store.furtherInputs(rows)),
          weights: weights, mode: .deterministic,
          keeping: .layers(Set(watched.map(\.name))))
        for (index, layer) in watched.enumerated() {
          guard let output = pass.activations[layer.name] else { continue }
          try tallies[index].add(output, layer)
        }
      }
    }
    var values: [String: Double] = [:]
    for (layer, tally) in zip(watched, tallies) {
      values["layers/\(layer.name)/deadShare"] = tally.deadShare(within: Self.tolerance)
      values["layers/\(layer.name)/saturation"] = tally.saturation
    }
    return values
  }

  /// What was seen of one layer.
  private struct Tally {
    var lowest: [Float] = []
    var highest: [Float] = []
    var flat = 0.0
    var count = 0

    mutating func add(_ output: Tensor, _ layer: Watched) throws(TensorError) {
      if let flatPart = layer.flat {
        let (flat, of) = try flatPart.count(in: output)
        self.flat += try flat.item()
        count += of
      }
      guard let axis = layer.unitAxis, axis < output.rank else { return }
      let others = (0..<output.rank).filter { $0 != axis }
      let low = try output.min(axes: others).values(as: Float.self)
      let high = try output.max(axes: others).values(as: Float.self)
      lowest = lowest.isEmpty ? low : zip(lowest, low).map { Swift.min($0, $1) }
      highest = highest.isEmpty ? high : zip(highest, high).map { Swift.max($0, $1) }
    }

    func deadShare(within tolerance: Double) -> Double? {
      guard !lowest.isEmpty else { return nil }
      let dead = zip(lowest, highest).filter { low, high in
        Double(high) - Double(low) <= tolerance * Double(Swift.max(abs(low), abs(high)))
      }
      return Double(dead.count) / Double(lowest.count)
    }

    var saturation: Double? { count > 0 ? flat / Double(count) : nil }
  }
}
