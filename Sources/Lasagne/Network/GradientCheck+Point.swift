import Tensors

/// A network at one point: its parameters, inputs, and the weights of its outputs, all in float64.
struct GradientPoint {
  /// A tensor whose gradient is compared; its memory is its own and in one piece.
  struct Variable {
    let name: String
    let isInput: Bool
    let tensor: Tensor
  }

  let network: Network
  /// What is compared: trainable parameters, then inputs of numbers.
  let variables: [Variable]
  /// The size of the weighted outputs, at least 1: rounding errors grow with it.
  let scale: Double
  private let weights: Weights
  private let inputs: [String: Tensor]
  private let cotangents: [Tensor]
  private let isTraining: Bool
  private let seed: UInt64

  init(_ network: Network, _ check: GradientCheck, notes: inout [String]) throws {
    self.network = network
    isTraining = check.isTraining
    seed = check.seed
    let generator = try Generator(seed: check.seed &+ 1)
    weights = try Self.weights(network, check, generator)
    var variables = zip(weights.parameters, weights.tensors).filter(\.0.isTrainable).map {
      Variable(name: $0.fullName, isInput: false, tensor: $1)
    }
    var inputs: [String: Tensor] = [:]
    for name in network.inputs {
      let shape = try network.outputShape(of: name).enumerated().map { axis, length in
        length ?? (axis == 0 ? check.batchSize : check.unknownLength)
      }
      let (tensor, note) = try network.checkInput(name, shape, generator)
      inputs[name] = tensor
      if let note {
        notes.append(note)
      } else {
        try tensor.setRequiresGradient(true)
        variables.append(Variable(name: name, isInput: true, tensor: tensor))
      }
    }
    self.variables = variables
    self.inputs = inputs
    let outputs = try Self.outputs(network, weights, inputs, isTraining, seed)
    var cotangents: [Tensor] = []
    var squares = 0.0
    for output in outputs {
      let cotangent = try Tensor.normal(output.shape, generator: generator, dataType: .float64)
      squares += try (output.detached() * cotangent).squared().sum().item()
      cotangents.append(cotangent)
    }
    self.cotangents = cotangents
    scale = max(1, squares.squareRoot())
  }

  /// First values, those that training changes moved by a tenth of their spread.
  private static func weights(
    _ network: Network, _ check: GradientCheck, _ generator: Generator
  ) throws -> Weights {
    let first = try Weights(initializing: network, seed: check.seed, dataType: .float64)
    let tensors = try zip(first.parameters, first.hostArrays()).map { parameter, array in
      let tensor = try Tensor(array)
      guard parameter.isTrainable else { return tensor }
      let values = array.values(as: Double.self)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      let spread = variance > 0 ? variance.squareRoot() : 1
      let noise = try Tensor.normal(
        tensor.shape, deviation: 0.1 * spread, generator: generator, dataType: .float64)
      return try tensor + noise
    }
    return try Weights(tensors, for: network)
  }

  /// The outputs for the present values; random layers draw the same numbers every time.
  func outputs() throws -> [Tensor] {
    try Self.outputs(network, weights, inputs, isTraining, seed)
  }

  private static func outputs(
    _ network: Network, _ weights: Weights, _ inputs: [String: Tensor], _ isTraining: Bool,
    _ seed: UInt64
  ) throws -> [Tensor] {
    let generator = isTraining ? try Generator(seed: seed &+ 2) : nil
    return try network.forward(
      inputs, weights: weights,
      mode: ForwardMode(isDeterministic: !isTraining, generator: generator)
    ).outputs
  }

  /// The gradient by each variable, computed backwards.
  func gradients() throws -> [Tensor] {
    var total = try Tensor(0, dataType: .float64)
    for (output, cotangent) in zip(try outputs(), cotangents) {
      total = try total + (output * cotangent).sum()
    }
    return try Tensor.gradients(of: total, withRespectTo: variables.map(\.tensor))
  }

  /// By how much the weighted sum of the outputs grows from some outputs to others.
  ///
  /// Entries are subtracted before they are added up, so that rounding is that of the change alone.
  func growth(from before: [Tensor], to after: [Tensor]) throws -> Double {
    var sum = 0.0
    for (index, cotangent) in cotangents.enumerated() {
      sum += try ((after[index] - before[index]) * cotangent).sum().item()
    }
    return sum
  }
}

extension Network {
  /// Values for an input, and why it has no gradient if that is so.
  fileprivate func checkInput(
    _ name: String, _ shape: [Int], _ generator: Generator
  ) throws -> (Tensor, note: String?) {
    let readers = layers.filter { $0.incomings.first == name }.map(\.layer.base)
    let indexReaders = readers.filter { type(of: $0).readsIndices }
    if !indexReaders.isEmpty {
      // A layer that does not tell how many indices it knows must at least know two.
      let count = indexReaders.map { ($0 as? EmbeddingLayer)?.inputSize ?? 2 }.min() ?? 2
      let places = try Tensor.uniform(shape, generator: generator, dataType: .float64)
      return (
        try (places * Double(count)).floor().clamp(min: 0, max: Double(count - 1))
          .converted(to: .int64),
        "The input '\(name)' holds indices, which have no gradient."
      )
    }
    if layers.contains(where: {
      ($0.layer.base as? any MaskedLayer)?.maskInput == name
    }) {
      return (
        try Self.mask(shape), "The input '\(name)' is a mask, which has no gradient."
      )
    }
    return (try Tensor.normal(shape, generator: generator, dataType: .float64), nil)
  }

  /// A mask of sequences that end at different steps: the first is whole, each next one shorter.
  private static func mask(_ shape: [Int]) throws -> Tensor {
    let steps = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    let values = (0..<rows).flatMap { row in
      (0..<steps).map { $0 < steps - row % steps ? 1.0 : 0.0 }
    }
    return try Tensor(values, shape: shape)
  }
}
