import Tensors

/// How a plan gets at its samples: it gathers bytes and floats itself, all else is brought to it.
struct PlanInputs {
  /// What the plan multiplies inputs with.
  let scale: Double
  /// Whether inputs are whole numbers that stand for something.
  let areIndices: Bool
  private let areReadAsTheyAre: Bool

  init(_ store: SampleStore) {
    areIndices = store.preparation.scale == nil
    let type =
      switch store.place {
      case .device(let inputs, _): inputs.dataType
      case .host(let inputs, _): inputs.dataType
      }
    areReadAsTheyAre = type == .uint8 || type == .float32
    scale = areReadAsTheyAre ? store.preparation.scale ?? 1 : 1
  }

  /// The samples, and whether they are those of the batch alone, in order.
  func samples(
    of store: SampleStore, at indices: ArraySlice<Int>
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor, areGathered: Bool) {
    guard areReadAsTheyAre else {
      let batch = try store.batch(indices)
      return (batch.inputs, batch.targets, true)
    }
    switch store.place {
    case .device(let inputs, let targets):
      return (inputs, targets, false)
    case .host(let inputs, let targets):
      let rows = Array(indices)
      return (try Tensor(inputs.rows(rows)), try Tensor(targets.rows(rows)), true)
    }
  }
}

extension SampleStore {
  /// Whether targets are rows of numbers, not class numbers.
  var hasTargetRows: Bool {
    switch place {
    case .device(_, let targets): targets.dataType != .int64
    case .host(_, let targets): targets.dataType != .int64
    }
  }
}
