import Tensors

/// The samples of a repeated step: in the same tensors at every step.
enum RepeatedSamples {
  /// All samples lie on the device; the step gathers those that a tensor of positions names.
  case gathered(inputs: Tensor, targets: Tensor, positions: Tensor, InputPreparation)
  /// Each batch is made before the step, on the device where there is something to do to it, and
  /// copied.
  case brought(inputs: Tensor, targets: Tensor)

  /// Samples for steps of so many rows.
  ///
  /// - Parameter first: A batch, where batches are brought.
  init(
    rows: Int, of store: SampleStore, resident: (inputs: Tensor, targets: Tensor)?, device: Device,
    first: () throws(TensorError) -> (inputs: Tensor, targets: Tensor)
  ) throws(TensorError) {
    if let resident {
      self = .gathered(
        inputs: resident.inputs, targets: resident.targets,
        positions: try Tensor.zeros([rows], dataType: .int64, device: device), store.preparation)
    } else {
      let batch = try first()
      self = .brought(inputs: try batch.inputs.copied(), targets: try batch.targets.copied())
    }
  }

  /// Puts the samples at these positions where the step finds them; nothing waits for the device
  /// where it holds all samples.
  func set(
    _ indices: ArraySlice<Int>, of store: SampleStore, epoch: Int, by capture: StepCapture
  ) throws(TensorError) {
    switch self {
    case .gathered(_, _, let positions, _):
      try capture.fill(positions, with: indices.map(Int64.init))
    case .brought(let inputs, let targets):
      let batch = try store.trainingBatch(indices, epoch: epoch)
      try inputs.assign(batch.inputs)
      try targets.assign(batch.targets)
    }
  }

  /// The batch, as the network and the objective take it; a part of the step.
  func batch() throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    switch self {
    case .gathered(let inputs, let targets, let positions, let preparation):
      (try preparation(try inputs.rows(positions)), try targets.rows(positions))
    case .brought(let inputs, let targets): (inputs, targets)
    }
  }
}
