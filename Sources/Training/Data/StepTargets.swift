import Lasagne
import Tensors

/// How many targets samples have: one each, or one for each step, of which some may not count.
struct TargetCounts: Equatable {
  /// Targets of a sample, with those that do not count.
  var perSample = 1
  /// How many of each sample's targets count; `nil` where all do.
  var counted: [Int]?

  /// The targets of these samples that count.
  func count(at indices: some Collection<Int>) -> Int {
    guard let counted else { return indices.count * perSample }
    return indices.reduce(0) { $0 + counted[$1] }
  }
}

extension SampleLayout {
  /// Whether the network gives a row of classes for each of several steps of a sample.
  var hasSteps: Bool { objective.takesClassNumbers && outputShape.count > 1 }

  /// Targets for each step: class numbers, negative where a step does not count, or rows of
  /// probabilities.
  ///
  /// - Parameter samples: The shapes of inputs by their layers; they decide lengths that the network
  ///   leaves open.
  /// - Throws: `TrainingError` for another number of steps, numbers that are no classes, and targets
  ///   of which none counts.
  func stepTargets(
    _ array: HostArray, samples: [String: [Int]], part: String
  ) throws(TrainingError) -> (array: HostArray, counts: TargetCounts) {
    let outputShape = try outputShape(forSamples: samples)
    let given = Array(array.shape.dropFirst())
    let steps = outputShape.dropLast().enumerated().map { axis, length in
      length ?? (given.indices.contains(axis) ? given[axis] : 1)
    }
    guard let classCount = outputShape.last ?? nil else {
      throw TrainingError(
        .data,
        "The network gives \(Self.text(outputShape)) numbers for each sample; \(objective.name) "
          + "needs rows of a fixed number of classes: end it with a DenseLayer.")
    }
    let count = array.shape.first ?? 0
    let counts = TargetCounts(perSample: steps.reduce(1, *))
    if array.dataType.isFloatingPoint, given == steps + [classCount] {
      return (array.converted(to: .float32), counts)
    }
    guard !array.dataType.isFloatingPoint, array.dataType != .bool,
      given.filter({ $0 != 1 }) == steps.filter({ $0 != 1 })
    else {
      throw TrainingError(
        .data,
        "The \(part) targets are \(array.dataType.rawValue) numbers of shape \(array.shape), but the "
          + "network gives a row of \(classCount) classes for each of \(Self.text(steps)) steps; "
          + "\(objective.name) needs a whole class number for each step, negative where it does "
          + "not count, or end the network with a DenseLayer for one target a sample.")
    }
    let labels = array.converted(to: .int64)
    let counted = try counted(
      labels.values(as: Int64.self), samples: count, classCount: classCount, part: part)
    do {
      return (
        try labels.reshaped([count] + steps),
        TargetCounts(perSample: counts.perSample, counted: counted)
      )
    } catch {
      throw TrainingError(.data, "The \(part) targets cannot be used: \(error).")
    }
  }

  /// How many steps of each sample count; `nil` where all do.
  private func counted(
    _ labels: [Int64], samples: Int, classCount: Int, part: String
  ) throws(TrainingError) -> [Int]? {
    let width = labels.count / max(1, samples)
    if let wrong = labels.firstIndex(where: { $0 >= classCount }) {
      throw TrainingError(
        .data,
        "The \(part) target of sample \(wrong / width), step \(wrong % width) is \(labels[wrong]), "
          + "but the network's output has \(classCount) classes, 0 to \(classCount - 1); correct the "
          + "data, widen the output, or give a negative number where a step does not count.")
    }
    guard labels.contains(where: { $0 < 0 }) else { return nil }
    guard labels.contains(where: { $0 >= 0 }) else {
      throw TrainingError(
        .data,
        "The \(part) targets are all negative, which means that no step counts; give the steps "
          + "that do their class numbers from 0 to \(classCount - 1).")
    }
    return (0..<samples).map { sample in
      labels[(sample * width)..<((sample + 1) * width)].count { $0 >= 0 }
    }
  }

  /// The shape of an output for inputs of these shapes; lengths that stay open are `nil`.
  private func outputShape(
    forSamples samples: [String: [Int]]
  ) throws(TrainingError) -> [Int?] {
    guard outputShape.contains(nil) else { return outputShape }
    do {
      let shapes = try network.shapes(forSamples: samples)
      let index = network.structure.indices[output] ?? 0
      return Array(shapes[index].dropFirst())
    } catch {
      throw TrainingError(.data, "\(error)")
    }
  }
}

extension Network {
  /// The shape of each layer's output; lengths that the network leaves open are those of samples, whose
  /// shapes go by the names of the input layers.
  func shapes(forSamples samples: [String: [Int]]) throws(NetworkError) -> [Shape] {
    var shapes = structure.shapes
    for index in structure.order where shapes[index].dropFirst().contains(nil) {
      let layer = layers[index].layer.base
      if layer is InputLayer {
        guard let sample = samples[layers[index].name], shapes[index].count == sample.count + 1
        else { continue }
        for (axis, length) in sample.enumerated() {
          shapes[index][axis + 1] = shapes[index][axis + 1] ?? length
        }
      } else {
        shapes[index] = try layer.outputShape(
          for: structure.dependencies[index].map { shapes[$0] })
      }
    }
    return shapes
  }
}

extension Objective {
  /// Predictions and targets with a row for each step, where they have several steps a sample.
  func byStep(
    _ predictions: Tensor, _ targets: Tensor
  ) throws(TensorError) -> (predictions: Tensor, targets: Tensor) {
    guard takesClassNumbers, predictions.rank > 2, let classes = predictions.shape.last else {
      return (predictions, targets)
    }
    let rows = predictions.count / max(1, classes)
    return (
      try predictions.reshaped([rows, classes]),
      try targets.reshaped(targets.dataType == .int64 ? [rows] : [rows, classes])
    )
  }

  /// The mean loss of the steps whose class number is not negative; 0 where there are none.
  func meanOfCounted(
    _ targets: Tensor, _ losses: (Tensor) throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    let isCounted = try targets.greaterOrEqual(0)
    // Any class will do where nothing counts.
    let all = try losses(targets.clamp(min: 0).converted(to: .int64))
    let nothing = try Tensor(0, dataType: all.dataType, device: all.device)
    let count = try isCounted.converted(to: all.dataType).sum().clamp(min: 1)
    return try Tensor.select(isCounted, all, nothing).sum() / count
  }
}
