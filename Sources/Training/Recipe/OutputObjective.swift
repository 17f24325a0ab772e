import Lasagne

/// What is minimized of one of a network's outputs: `{objective: squaredError, weight: 0.5}`.
public struct OutputObjective: Equatable, Sendable {
  /// The objective.
  public var objective: Objective
  /// What its mean is multiplied with in the sum of all outputs.
  public var weight: Double
  /// The array of targets; `nil` takes `targets` for the first output, and for all others the array that
  /// has the output layer's name.
  public var targets: String?

  /// An objective with the weight 1.
  public init(
    _ objective: Objective = .categoricalCrossentropy, weight: Double = 1, targets: String? = nil
  ) {
    self.objective = objective
    self.weight = weight
    self.targets = targets
  }
}

extension OutputObjective: FieldedValue {
  static var kind: String { "output objective" }
  static var usual: OutputObjective { OutputObjective() }

  /// Reads the fields; those that are left out keep their usual value.
  public init(from decoder: any Decoder) throws { try self.init(fieldsFrom: decoder) }

  /// Writes every field.
  public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

  mutating func visitFields(_ visitor: some FieldVisitor) throws {
    try visitor.visit("objective", &objective)
    try visitor.visit("weight", &weight)
    try visitor.visit("targets", &targets)
  }

  func validate() throws(TrainingError) {
    try require(
      weight.isFinite && weight >= 0, "weight", weight, "a number that is not negative")
  }
}

/// An output of a network with what is minimized of it.
struct OutputHead: Equatable {
  let layer: String
  /// Its place among the network's outputs.
  let place: Int
  let objective: Objective
  let weight: Double
  /// The array of its targets.
  let targets: String
}

extension Recipe {
  /// What is minimized of each of a network's outputs.
  ///
  /// - Throws: `TrainingError` where the recipe does not say it of every output, or of something else.
  func heads(of network: Network) throws(TrainingError) -> [OutputHead] {
    guard let objectives else {
      guard network.outputs.count == 1 else {
        let outputs = network.outputs.joined(separator: ", ")
        throw TrainingError(
          .recipe,
          "The network '\(network.name)' has the outputs \(outputs); give each of them an objective in "
            + "the recipe, such as objectives: {\(network.outputs.first ?? "output"): {objective: "
            + "squaredError}, …}.")
      }
      return [
        OutputHead(
          layer: network.outputs[0], place: 0, objective: objective, weight: 1, targets: "targets")
      ]
    }
    if let stranger = objectives.keys.sorted().first(where: { !network.outputs.contains($0) }) {
      throw TrainingError(
        .recipe,
        "The recipe's objectives name '\(stranger)', which is no output of the network "
          + "'\(network.name)': \(Spelling.hint(for: stranger, among: network.outputs))")
    }
    return try network.outputs.enumerated().map { place, layer throws(TrainingError) in
      guard let own = objectives[layer] else {
        throw TrainingError(
          .recipe,
          "The recipe's objectives say nothing of '\(layer)', an output of the network "
            + "'\(network.name)'; add it, or take it out of the network's outputs.")
      }
      return OutputHead(
        layer: layer, place: place, objective: own.objective, weight: own.weight,
        targets: own.targets ?? (place == 0 ? "targets" : layer))
    }
  }
}
