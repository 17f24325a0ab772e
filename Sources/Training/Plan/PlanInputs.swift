import Tensors

/// How a plan gets at its samples: it gathers bytes and floats that lie on the device itself, all
/// else is brought to it.
struct PlanInputs {
  /// What the plan multiplies inputs with.
  let scale: Double
  /// Whether inputs are whole numbers that stand for something.
  let areIndices: Bool
  private let resident: (inputs: Tensor, targets: Tensor)?

  init(_ store: SampleStore) throws(TensorError) {
    areIndices = store.preparation.scale == nil
    let types: [DataType] = areIndices ? [.uint8, .int32, .int64] : [.uint8, .float32]
    let stored = try store.resident()
    resident = stored.flatMap { types.contains($0.inputs.dataType) ? $0 : nil }
    scale = resident == nil ? 1 : store.preparation.scale ?? 1
  }

  /// The samples, and whether they are those of the batch alone, in order.
  func samples(
    of store: SampleStore, at indices: ArraySlice<Int>, epoch: Int
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor, areGathered: Bool) {
    if let resident { return (resident.inputs, resident.targets, false) }
    let batch = try store.trainingBatch(indices, epoch: epoch)
    return (batch.inputs, batch.targets, true)
  }
}

extension SampleStore {
  /// Whether targets are rows of numbers, not class numbers.
  var hasTargetRows: Bool { targetType != .int64 }
}
