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
  var count: Int { inputs.shape.first ?? 0 }

  init(
    inputs: HostArray, targets: HostArray, storedTargets: HostArray? = nil,
    counts: TargetCounts = TargetCounts()
  ) {
    self.inputs = inputs
    self.targets = targets
    self.storedTargets = storedTargets ?? targets
    self.counts = counts
  }
}

/// Checks arrays against a network's input and output and brings them into their shapes.
///
/// Axes of length 1 may be left out or added (28×28 images for a network that takes 1×28×28), and
/// samples of any shape fit a network that takes them flat.
struct SampleLayout {
  let network: Network
  private let inputShape: [Int?]
  let outputShape: [Int?]
  let objective: Objective
  /// Whether the network takes whole numbers that stand for something, not measurements.
  let readsIndices: Bool

  /// The layout for a network with one input and one output.
  init(network: Network, objective: Objective) throws(TrainingError) {
    guard network.inputs.count == 1, network.outputs.count == 1 else {
      throw TrainingError(
        .data,
        "The network '\(network.name)' has \(network.inputs.count) inputs and "
          + "\(network.outputs.count) outputs; a session trains networks with one of each.")
    }
    do {
      inputShape = Array(try network.outputShape(of: network.inputs[0]).dropFirst())
      outputShape = Array(try network.outputShape().dropFirst())
    } catch {
      throw TrainingError(.data, error.description)
    }
    self.network = network
    self.objective = objective
    readsIndices = network.layers.contains {
      type(of: $0.layer.base).readsIndices && $0.incomings.first == network.inputs[0]
    }
  }

  /// The shape of a sample where the network fixes it all.
  var sampleShape: [Int] { inputShape.map { $0 ?? 0 } }

  /// The number of classes, where targets may be class numbers.
  var classCount: Int? {
    guard objective.takesClassNumbers, outputShape.count == 1 else { return nil }
    return outputShape[0]
  }

  /// The samples as the network and the objective take them.
  func samples(
    inputs: HostArray, targets storedTargets: HostArray, part: String
  ) throws(TrainingError) -> LaidOutSamples {
    let inputs = try self.inputs(inputs, part: part)
    var counts = TargetCounts()
    let targets: HostArray
    if hasSteps {
      let steps = try stepTargets(
        storedTargets, sample: Array(inputs.shape.dropFirst()), part: part)
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
      inputs: inputs, targets: targets, storedTargets: storedTargets, counts: counts)
  }

  /// Inputs in the network's shape, in their own type.
  func inputs(_ array: HostArray, part: String) throws(TrainingError) -> HostArray {
    guard let count = array.shape.first, count > 0 else {
      throw TrainingError(
        .data,
        "The \(part) inputs have shape \(array.shape), which holds no sample; the first axis "
          + "counts the samples.")
    }
    let sample = Array(array.shape.dropFirst())
    guard let fitting = fitting(sample) else {
      throw TrainingError(
        .data,
        "The \(part) inputs have shape \(Self.text(sample)) for each sample, but the network takes "
          + "\(Self.text(inputShape)); use other data or change the network's input.")
    }
    do {
      return try array.reshaped([count] + fitting)
    } catch {
      throw TrainingError(.data, "The \(part) inputs cannot be used: \(error).")
    }
  }

  /// The sample's shape with axes of length 1 added or left out, or flat, so that it fits.
  private func fitting(_ sample: [Int]) -> [Int]? {
    if Self.matches(sample, inputShape) { return sample }
    let size = sample.reduce(1, *)
    if inputShape.count == 1, Self.matches([size], inputShape) { return [size] }
    let known = inputShape.compactMap(\.self)
    guard known.count == inputShape.count else { return nil }
    return known.filter { $0 != 1 } == sample.filter { $0 != 1 } ? known : nil
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

  private static func matches(_ shape: [Int], _ wanted: [Int?]) -> Bool {
    shape.count == wanted.count
      && zip(shape, wanted).allSatisfy { size, wanted in wanted == nil || wanted == size }
  }

  static func text(_ shape: [Int?]) -> String {
    shape.isEmpty
      ? "a single number" : shape.map { $0.map(String.init) ?? "any" }.joined(separator: "×")
  }
}
