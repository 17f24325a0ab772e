import Datasets
import Lasagne
import Tensors

extension TrainingData {
  /// Random samples of the shapes that a network trains on: for measuring, nothing can be learned.
  ///
  /// - Parameters:
  ///   - objective: Decides what targets are: class numbers for a cross-entropy of classes, zeros and
  ///     ones for one of independent outputs, numbers elsewhere.
  ///   - objectives: Those of several outputs, where a recipe has them; they take the objective's place.
  ///   - length: Takes the place of lengths that the network leaves open.
  /// - Throws: `TrainingError` where the network has no input, or the objectives are not those of its
  ///   outputs.
  public init(
    noiseFor network: Network, count: Int, objective: Objective,
    objectives: [String: OutputObjective]? = nil, length: Int = 32, seed: UInt64 = 1
  ) throws {
    guard let first = network.inputs.first else {
      throw TrainingError(
        .data, "The network '\(network.name)' has no input; give it an InputLayer.")
    }
    var generator = SplitMix64(seed: seed)
    func shape(_ shape: Shape) -> [Int] { [count] + shape.dropFirst().map { $0 ?? length } }
    func numbers(_ shape: [Int], _ draw: () -> Float) throws -> HostArray {
      try HostArray((0..<shape.reduce(1, *)).map { _ in draw() }, shape: shape)
    }
    func indices(_ shape: [Int], below limit: Int) throws -> HostArray {
      try HostArray(
        (0..<shape.reduce(1, *)).map { _ in Int64.random(in: 0..<Int64(limit), using: &generator) },
        shape: shape)
    }
    func noise(for name: String) throws -> HostArray {
      let inputShape = shape(try network.outputShape(of: name))
      let readers = network.layers.filter { $0.incomings.first == name }.map(\.layer.base)
        .filter { type(of: $0).readsIndices }
      // A layer that does not tell how many indices it knows must at least know two.
      let known = readers.map { ($0 as? EmbeddingLayer)?.inputSize ?? 2 }.min()
      if let known { return try indices(inputShape, below: known) }
      return try numbers(inputShape) { Float.random(in: -1...1, using: &generator) }
    }
    let inputs = try noise(for: first)
    var others: [String: HostArray] = [:]
    for name in network.inputs.dropFirst() { others[name] = try noise(for: name) }
    func targets(of output: String?, _ objective: Objective) throws -> HostArray {
      let outputShape = shape(try network.outputShape(of: output))
      return switch objective {
      case .categoricalCrossentropy:
        try indices(Array(outputShape.dropLast()), below: outputShape.last ?? 1)
      case .binaryCrossentropy:
        try numbers(outputShape) { Bool.random(using: &generator) ? 1 : 0 }
      default: try numbers(outputShape) { Float.random(in: -1...1, using: &generator) }
      }
    }
    guard objectives != nil else {
      self.init(inputs: inputs, targets: try targets(of: nil, objective), others: others)
      return
    }
    for head in try Recipe(objectives: objectives).heads(of: network) {
      others[head.targets] = try targets(of: head.layer, head.objective)
    }
    // Where no output learns them, there still have to be some.
    let main = try others.removeValue(forKey: "targets") ?? numbers([count, 1]) { 0 }
    self.init(inputs: inputs, targets: main, others: others)
  }
}

extension Objective {
  /// What a network's last nonlinearity is usually trained with.
  public static func usual(for network: Network) throws -> Objective {
    let name = network.outputs.first ?? ""
    let output = try network.layer(name).layer.base as? any ActivatedLayer
    switch output?.nonlinearity {
    case .softmax: return .categoricalCrossentropy
    case .sigmoid: return .binaryCrossentropy
    default: return .squaredError
    }
  }
}
