import Lasagne
import Tensors

/// Samples that are ready to be gathered into batches.
///
/// Stored numbers stay as they are until a batch is made of them. Where the arrays lie is decided by
/// the run's ``DeviceArrays``.
struct SampleStore {
  /// An array whose rows are brought to the device.
  private enum Source {
    case device(Tensor, use: AnyObject?)
    case host(RowReader, use: AnyObject?)
  }

  /// The order of the epoch that goes on, to know what comes next.
  private final class Order {
    var indices: [Int] = []
  }

  let count: Int
  private let inputs: Source
  private let targets: Source
  private let furtherOutputs: [(source: Source, type: DataType, shape: [Int], counts: TargetCounts)]
  private let further: [(layer: String, source: Source, preparation: InputPreparation)]
  let targetType: DataType
  private let targetShape: [Int]
  private let counts: TargetCounts
  let preparation: InputPreparation
  /// The shape of a stored input.
  let sampleShape: [Int]
  private let augmenter: Augmenter?
  private let device: Device
  private let order = Order()

  /// Takes up arrays that `SampleLayout` has checked and laid out.
  ///
  /// - Parameter augmenter: What happens to the inputs after they are scaled; `nil` for nothing.
  init(
    _ samples: LaidOutSamples, inputScale: Double?, readsIndices: Bool, device: Device,
    arrays: any DeviceArrays = OwnArrays(), augmenter: Augmenter? = nil
  ) throws {
    count = samples.count
    preparation = InputPreparation(
      dataType: samples.inputs.dataType, inputScale: inputScale, readsIndices: readsIndices)
    sampleShape = Array(samples.inputs.shape.dropFirst())
    self.augmenter = augmenter
    self.device = device
    inputs = try Self.source(samples.inputs, arrays, device)
    targets = try Self.source(samples.storedTargets, arrays, device)
    furtherOutputs = try samples.furtherTargets.map { targets in
      (
        source: try Self.source(targets.stored, arrays, device), type: targets.array.dataType,
        shape: Array(targets.array.shape.dropFirst()), counts: targets.counts
      )
    }
    further = try samples.further.map { input in
      let preparation = InputPreparation(
        dataType: input.array.dataType, inputScale: inputScale,
        readsIndices: input.layout.readsIndices)
      return (
        layer: input.layout.layer, source: try Self.source(input.array, arrays, device),
        preparation: preparation
      )
    }
    targetType = samples.targets.dataType
    targetShape = Array(samples.targets.shape.dropFirst())
    counts = samples.counts
  }

  private static func source(
    _ array: HostArray, _ arrays: any DeviceArrays, _ device: Device
  ) throws -> Source {
    switch try arrays.place(array, on: device) {
    case .resident(let tensor, let use):
      // The same numbers may lie there in another shape, with axes of length 1.
      .device(try tensor.reshaped(array.shape), use: use)
    case .host(let use, let readsAhead):
      .host(RowReader(array, readsAhead: readsAhead), use: use)
    }
  }

  /// The stored inputs and the targets, where all of them are on the device and nothing is done to
  /// inputs but scaling.
  func resident() throws(TensorError) -> (inputs: Tensor, targets: Tensor)? {
    guard augmenter == nil, case .device(let inputs, _) = inputs,
      case .device(let targets, _) = targets
    else { return nil }
    return (inputs, try targets.converted(to: targetType).reshaped([count] + targetShape))
  }

  /// The same for each of the outputs.
  func targetCounts(_ indices: ArraySlice<Int>) -> [Int] {
    [targetCount(indices)] + furtherOutputs.map { $0.counts.count(at: indices) }
  }

  /// The targets of the outputs beside the first, for the samples at these positions.
  func furtherTargets(_ indices: ArraySlice<Int>) throws(TensorError) -> [Tensor] {
    try furtherOutputs.map { output throws(TensorError) in
      try rows(of: output.source, Array(indices), next: nil)
        .converted(to: output.type).reshaped([indices.count] + output.shape)
    }
  }

  /// The numbers of one target.
  var targetWidth: Int { targetShape.reduce(1, *) }

  /// How many targets of the samples at these positions count: one each, or one for each step.
  func targetCount(_ indices: ArraySlice<Int>) -> Int { counts.count(at: indices) }

  /// Tells the order in which an epoch's samples will be asked for, to read ahead.
  func follow(_ indices: [Int]) { order.indices = indices }

  /// The samples at these positions, inputs as scaled floats, as they are measured and predicted.
  func batch(_ indices: ArraySlice<Int>) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    let (inputs, targets) = try gathered(Array(indices), next: nil)
    return (try augmenter?.deterministic(inputs) ?? inputs, targets)
  }

  /// What the network's input layers beside the first get of these samples, by their names.
  func furtherInputs(_ indices: ArraySlice<Int>) throws(TensorError) -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (layer, source, preparation) in further {
      inputs[layer] = try preparation(rows(of: source, Array(indices), next: nil))
    }
    return inputs
  }

  /// The samples at these positions as they are learned from in an epoch.
  func trainingBatch(
    _ indices: ArraySlice<Int>, epoch: Int
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    guard let augmenter else { return try gathered(Array(indices), next: next(after: indices)) }
    let samples = augmenter.samples(for: Array(indices), epoch: epoch)
    let following = next(after: indices).map { augmenter.samples(for: $0, epoch: epoch) }
    let (inputs, targets) = try gathered(samples, next: following)
    return try augmenter(inputs, targets, samples: samples, epoch: epoch)
  }

  /// The batch that follows in the epoch's order; `nil` where that is not known.
  private func next(after indices: ArraySlice<Int>) -> [Int]? {
    let all = order.indices
    guard case .host = inputs, indices.endIndex < all.count,
      all[indices.indices] == indices
    else { return nil }
    return Array(all[indices.endIndex..<min(indices.endIndex + indices.count, all.count)])
  }

  private func gathered(
    _ indices: [Int], next: [Int]?
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    let inputs = try rows(of: inputs, indices, next: next)
    let targets = try rows(of: targets, indices, next: next)
      .converted(to: targetType).reshaped([indices.count] + targetShape)
    return (try preparation(inputs), targets)
  }

  private func rows(
    of source: Source, _ indices: [Int], next: [Int]?
  ) throws(TensorError) -> Tensor {
    switch source {
    case .device(let all, _):
      try all.rows(try Tensor(indices.map(Int64.init), shape: [indices.count], device: device))
    case .host(let reader, _):
      try Tensor(try reader.rows(indices, next: next), device: device)
    }
  }
}

/// How stored inputs become what a network computes with.
struct InputPreparation {
  /// `nil` where the network reads indices.
  let scale: Double?

  /// The usual way for inputs of a type: bytes times 1/256, all others as they are.
  init(dataType: DataType, inputScale: Double?, readsIndices: Bool) {
    scale = readsIndices ? nil : inputScale ?? (dataType == .uint8 ? 1.0 / 256 : 1)
  }

  /// Inputs as scaled floats, or as whole numbers where they are indices.
  func callAsFunction(_ inputs: Tensor) throws(TensorError) -> Tensor {
    guard let scale else { return try inputs.converted(to: .int64) }
    let floats = try inputs.converted(to: .float32)
    return scale == 1 ? floats : try floats * scale
  }
}
