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
  var count: Int { inputs.shape.first ?? 0 }

  init(
    inputs: HostArray, targets: HostArray, storedTargets: HostArray? = nil,
    counts: TargetCounts = TargetCounts(), further: [FurtherInput] = []
  ) {
    self.inputs = inputs
    self.targets = targets
    self.storedTargets = storedTargets ?? targets
    self.counts = counts
    self.further = further
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
  let outputShape: [Int?]
  let objective: Objective
  /// Whether the network takes whole numbers that stand for something, not measurements.
  var readsIndices: Bool { first.readsIndices }

  /// The layout for a network with one output.
  init(network: Network, objective: Objective) throws(TrainingError) {
    guard !network.inputs.isEmpty, network.outputs.count == 1 else {
      throw TrainingError(
        .data,
        "The network '\(network.name)' has \(network.inputs.count) inputs and "
          + "\(network.outputs.count) outputs; a session trains networks with one output, and at "
          + "least one input.")
    }
    do {
      first = try InputLayout(network.inputs[0], of: network)
      further = try network.inputs.dropFirst().map { name throws(NetworkError) in
        try InputLayout(name, of: network)
      }
      outputShape = Array(try network.outputShape().dropFirst())
    } catch {
      throw TrainingError(.data, error.description)
    }
    self.network = network
    self.objective = objective
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
    inputs: HostArray, targets storedTargets: HostArray, others: [String: HostArray] = [:],
    part: String
  ) throws(TrainingError) -> LaidOutSamples {
    let inputs = try self.inputs(inputs, part: part)
    let further = try furtherInputs(others, count: inputs.shape[0], part: part)
    var counts = TargetCounts()
    let targets: HostArray
    if hasSteps {
      var shapes = [first.layer: Array(inputs.shape.dropFirst())]
      for input in further { shapes[input.layout.layer] = Array(input.array.shape.dropFirst()) }
      let steps = try stepTargets(storedTargets, samples: shapes, part: part)
      targets = steps.array
      counts = steps.counts
    } else {
      targets = try self.targets(storedTargets, part: part)
    }
    guard inputs.shape[0] == targets.shape.first else {
      throw TrainingError(
        .data,
        "There are \(inputs.shape[0]) \(part) inputs, but \(targets.shape.first ?? 0) targets; "
          + "each input needs one target.")
    }
    return LaidOutSamples(
      inputs: inputs, targets: targets, storedTargets: storedTargets, counts: counts,
      further: further)
  }

  /// Inputs in the network's shape, in their own type.
  func inputs(_ array: HostArray, part: String) throws(TrainingError) -> HostArray {
    try first.laidOut(
      array, subject: "The \(part) inputs have", taker: "the network takes",
      owner: "the network's input")
  }

  private func targets(_ array: HostArray, part: String) throws(TrainingError) -> HostArray {
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
