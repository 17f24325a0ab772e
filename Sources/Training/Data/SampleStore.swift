import Tensors

/// Samples that are ready to be gathered into batches.
///
/// Bytes stay bytes until a batch is made of them. Data sets that fit stay on the device as a
/// whole; of larger ones each batch is gathered from host memory (which may be a mapped file).
struct SampleStore {
  enum Place {
    case device(inputs: Tensor, targets: Tensor)
    case host(inputs: HostArray, targets: HostArray)
  }

  /// Larger inputs than this part of a device's memory stay where they are.
  private static let residentShare = 0.25

  let count: Int
  let place: Place
  let preparation: InputPreparation
  private let device: Device

  /// Takes up arrays that `SampleLayout` has checked and laid out.
  init(
    _ samples: LaidOutSamples, inputScale: Double?, readsIndices: Bool, device: Device
  ) throws(TensorError) {
    let inputs = samples.inputs
    count = samples.count
    preparation = InputPreparation(
      dataType: inputs.dataType, inputScale: inputScale, readsIndices: readsIndices)
    self.device = device
    let memory = Backend.devices().first { $0.device == device }?.totalBytes ?? .max
    if Double(inputs.data.count) <= Self.residentShare * Double(memory) {
      place = .device(
        inputs: try Tensor(inputs, device: device),
        targets: try Tensor(samples.targets, device: device))
    } else {
      place = .host(inputs: inputs, targets: samples.targets)
    }
  }

  /// The samples at these positions, inputs as scaled floats.
  func batch(_ indices: ArraySlice<Int>) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    let inputs: Tensor
    let targets: Tensor
    switch place {
    case .device(let allInputs, let allTargets):
      let rows = try Tensor(indices.map(Int64.init), shape: [indices.count], device: device)
      inputs = try allInputs.rows(rows)
      targets = try allTargets.rows(rows)
    case .host(let allInputs, let allTargets):
      inputs = try Tensor(try allInputs.rows(Array(indices)), device: device)
      targets = try Tensor(try allTargets.rows(Array(indices)), device: device)
    }
    return (try preparation(inputs), targets)
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
