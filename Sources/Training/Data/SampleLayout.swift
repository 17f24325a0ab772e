import Lasagne
import Tensors

/// Arrays in the shapes and types in which a network and an objective take them.
struct LaidOutSamples {
  let inputs: HostArray
  let targets: HostArray
  /// The targets as they were given; the numbers of `targets` in another type or shape.
  let storedTargets: HostArray
  /// How many targets samples have.
  let counts: TargetCounts
  /// The arrays for the network's input layers beside the first.
  let further: [FurtherInput]
  /// The targets of the network's outputs beside the first.
  let furtherTargets: [LaidOutTargets]
  var count: Int { inputs.shape.first ?? 0 }

  init(
    inputs: HostArray, targets: HostArray, storedTargets: HostArray? = nil,
    counts: TargetCounts = TargetCounts(), further: [FurtherInput] = [],
    furtherTargets: [LaidOutTargets] = []
  ) {
    self.inputs = inputs
    self.targets = targets
    self.storedTargets = storedTargets ?? targets
    self.counts = counts
    self.further = further
    self.furtherTargets = furtherTargets
  }
}

/// Checks arrays against a network's input and output and brings them into their shapes.
///
/// Axes of length 1 may be left out or added (28×28 images for a network that takes 1×28×28), and
/// samples of any shape fit a network that takes them flat.
struct SampleLayout {
  let network: Network
  private let first: InputLayout
  /// The input layers beside the first.
  let further: [InputLayout]
  /// The output layer.
  let output: String
  let outputShape: [Int?]
  let objective: Objective
  /// The array of the output's targets.
  let targetsName: String
  /// The outputs beside the first.
  let furtherOutputs: [SampleLayout]
  /// Whether the network takes whole numbers that stand for something, not measurements.
  var readsIndices: Bool { first.readsIndices }

  /// The layout for a network with one output.
  init(network: Network, objective: Objective) throws(TrainingError) {
    try self.init(network: network, recipe: Recipe(objective: objective))
  }

  /// The layout for what a recipe minimizes.
  init(network: Network, recipe: Recipe) throws(TrainingError) {
    try self.init(network, recipe.heads(of: network))
  }

  /// The layout of inputs alone.
  init(inputsOf network: Network) throws(TrainingError) {
    let first = OutputHead(
      layer: network.outputs.first ?? "", place: 0, objective: .squaredError, weight: 1,
      targets: "targets")
    try self.init(network, [first])
  }

  private init(_ network: Network, _ heads: [OutputHead]) throws(TrainingError) {
    guard !network.inputs.isEmpty, let head = heads.first else {
      throw TrainingError(
        .data,
        "The network '\(network.name)' has \(network.inputs.count) inputs and "
          + "\(network.outputs.count) outputs; a session trains networks with at least one of "
          + "each.")
    }
    output = head.layer
    objective = head.objective
    targetsName = head.targets
    furtherOutputs = try heads.dropFirst().map { head throws(TrainingError) in
      try SampleLayout(network, [head])
    }
    do {
      first = try InputLayout(network.inputs[0], of: network)
      further = try network.inputs.dropFirst().map { name throws(NetworkError) in
        try InputLayout(name, of: network)
      }
      outputShape = Array(try network.outputShape(of: head.layer).dropFirst())
    } catch {
      throw TrainingError(.data, error.description)
    }
    self.network = network
  }

  /// The shape of a sample where the network fixes it all.
  var sampleShape: [Int] { first.shape.map { $0 ?? 0 } }

  /// The number of classes, where targets may be class numbers.
  var classCount: Int? {
    guard objective.takesClassNumbers, outputShape.count == 1 else { return nil }
    return outputShape[0]
  }

  /// The samples as the network and the objective take them.
  func samples(
    inputs: HostArray, targets: HostArray, others: [String: HostArray] = [:], part: String
  ) throws(TrainingError) -> LaidOutSamples {
    let inputs = try self.inputs(inputs, part: part)
    let further = try furtherInputs(others, count: inputs.shape[0], part: part)
    var shapes = [first.layer: inputs.shape]
    for input in further { shapes[input.layout.layer] = input.array.shape }
    let arrays = others.merging(["targets": targets]) { $1 }
    let main = try laidOutTargets(arrays, inputs: shapes, part: part, isOnly: true)
    return LaidOutSamples(
      inputs: inputs, targets: main.array, storedTargets: main.stored, counts: main.counts,
      further: further,
      furtherTargets: try furtherOutputs.map { layout throws(TrainingError) in
        try layout.laidOutTargets(arrays, inputs: shapes, part: part, isOnly: false)
      })
  }

  /// Inputs in the network's shape, in their own type.
  func inputs(_ array: HostArray, part: String) throws(TrainingError) -> HostArray {
    try first.laidOut(
      array, subject: "The \(part) inputs have", taker: "the network takes",
      owner: "the network's input")
  }

  func targets(_ array: HostArray, part: String) throws(TrainingError) -> HostArray {
    let isFloat = [.float16, .bfloat16, .float32, .float64].contains(array.dataType)
    if case .ctcLoss(let blank) = objective {
      return try labelSequences(array, blank: blank, part: part)
    }
    guard objective.takesClassNumbers else { return array.converted(to: .float32) }
    guard let classCount else {
      throw TrainingError(
        .data,
        "The network gives \(Self.text(outputShape)) numbers for each sample; \(objective.name) "
          + "needs one row of classes: end it with a DenseLayer.")
    }
    if array.shape.count == 2, array.shape[1] == classCount, isFloat || classCount > 1 {
      return array.converted(to: .float32)
    }
    guard !isFloat, array.shape.dropFirst().allSatisfy({ $0 == 1 }) else {
      throw TrainingError(
        .data,
        "The \(part) targets are \(array.dataType.rawValue) numbers of shape \(array.shape); "
          + "\(objective.name) needs one whole class number from 0 to \(classCount - 1) a sample, or "
          + "rows of \(classCount) probabilities.")
    }
    let labels = array.converted(to: .int64)
    let values = labels.values(as: Int64.self)
    if let index = values.firstIndex(where: { !(0..<Int64(classCount)).contains($0) }) {
      throw TrainingError(
        .data,
        "The \(part) target of sample \(index) is \(values[index]), but the network's output has "
          + "\(classCount) classes, 0 to \(classCount - 1); correct the data or widen the output.")
    }
    do {
      return try labels.reshaped([values.count])
    } catch {
      throw TrainingError(.data, "The \(part) targets cannot be used: \(error).")
    }
  }

  static func text(_ shape: [Int?]) -> String {
    shape.isEmpty
      ? "a single number" : shape.map { $0.map(String.init) ?? "any" }.joined(separator: "×")
  }
}
