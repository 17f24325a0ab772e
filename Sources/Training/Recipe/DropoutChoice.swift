import Lasagne
import Records

/// Probabilities of dropout that take the place of those in a network, as recipes name them: `0.3` for
/// every `DropoutLayer`, or `{drop1: 0.2}` for some of them.
public enum DropoutChoice: Equatable, Hashable, Sendable {
  /// One probability for all.
  case all(Double)
  /// Probabilities by the names of layers; others keep their own.
  case layers([String: Double])

  /// The probability in a layer; `nil` where that keeps its own.
  func probability(in layer: String) -> Double? {
    switch self {
    case .all(let probability): probability
    case .layers(let probabilities): probabilities[layer]
    }
  }

  func validate() throws(TrainingError) {
    let probabilities: [(String, Double)] =
      switch self {
      case .all(let probability): [("dropout", probability)]
      case .layers(let layers): layers.sorted { $0.key < $1.key }.map { ("dropout of \($0)", $1) }
      }
    for (name, probability) in probabilities where !(0..<1).contains(probability) {
      throw TrainingError(
        .recipe,
        "The recipe's \(name) is \(probability); it must be a probability from 0 up to, but not, 1."
      )
    }
  }
}

extension DropoutChoice: Codable {
  /// Reads a number, or numbers by the names of layers.
  public init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    if let probability = value.number {
      self = .all(probability)
      return
    }
    guard case .object(let members) = value, members.values.allSatisfy({ $0.number != nil }) else {
      throw TrainingError(
        .recipe, "The recipe's dropout is a number, or numbers by layers, like {drop1: 0.2}.")
    }
    self = .layers(members.compactMapValues(\.number))
  }

  /// Writes the number, or the numbers by the names of layers.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .all(let probability): try JSONValue.number(probability).encode(to: encoder)
    case .layers(let layers):
      try JSONValue.object(layers.mapValues(JSONValue.number)).encode(to: encoder)
    }
  }
}

extension Network {
  /// The same network with other probabilities in its dropout layers.
  ///
  /// - Throws: `TrainingError` where it has no such layers.
  func dropping(by choice: DropoutChoice?) throws(TrainingError) -> Network {
    guard let choice else { return self }
    let names = layers.filter { $0.layer.base is DropoutLayer }.map(\.name)
    guard !names.isEmpty else {
      throw TrainingError(
        .recipe,
        "The recipe's dropout changes dropout layers, but the network '\(name)' has none; leave it "
          + "out, or add a DropoutLayer.")
    }
    if case .layers(let chosen) = choice,
      let stranger = chosen.keys.sorted().first(where: { !names.contains($0) })
    {
      throw TrainingError(
        .recipe,
        "The recipe's dropout names '\(stranger)', which is no DropoutLayer of the network "
          + "'\(name)': \(Spelling.hint(for: stranger, among: names))")
    }
    let parts = layers.map { node in
      var part = NetworkPart(node.layer.base)
      if var layer = node.layer.base as? DropoutLayer {
        layer.p = choice.probability(in: node.name) ?? layer.p
        part = NetworkPart(layer)
      }
      part = part.named(node.name)
      return node.incomings.isEmpty ? part : part.reading(node.incomings)
    }
    do { return try Network(name, parts: parts, outputs: outputs) } catch {
      throw TrainingError(.recipe, "The recipe's dropout cannot be used: \(error)")
    }
  }
}
