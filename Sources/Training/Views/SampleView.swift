import Lasagne
import Tensors

/// Samples of an array as a network gets them: laid out, scaled, and for training changed as the
/// recipe says.
public struct SampleView {
  private let layout: SampleLayout
  private let inputs: HostArray
  private let recipe: Recipe
  private let preparation: InputPreparation
  private let augmenter: Augmenter?
  private let device: Device

  /// Prepares inputs for a network.
  ///
  /// - Parameter part: What the sentences of errors call the inputs.
  /// - Throws: `TrainingError` where they do not fit the network or the augmentation does not fit
  ///   them.
  public init(
    _ inputs: HostArray, network: Network, recipe: Recipe, part: String = "given",
    device: Device = .cpu
  ) throws(TrainingError) {
    layout = try SampleLayout(network: network, recipe: recipe)
    self.inputs = try layout.inputs(inputs, part: part)
    self.recipe = recipe
    self.device = device
    preparation = InputPreparation(
      dataType: inputs.dataType, inputScale: recipe.inputScale, readsIndices: layout.readsIndices)
    augmenter = try Augmenter(
      recipe, layout: layout, partners: Array(0..<(inputs.shape.first ?? 0)), device: device)
  }

  /// The number of samples.
  public var count: Int { inputs.shape.first ?? 0 }

  /// Samples as they are measured and predicted: scaled, and normalised where the recipe says so.
  public func batch(_ indices: [Int]) throws(TensorError) -> Tensor {
    let scaled = try preparation(try Tensor(try inputs.rows(indices), device: device))
    return try augmenter?.deterministic(scaled) ?? scaled
  }

  /// Samples as they are learned from in an epoch; scaled, in the shape the network takes.
  public func augmented(_ indices: [Int], epoch: Int) throws(TensorError) -> HostArray {
    try withoutGradients { () throws(TensorError) -> HostArray in
      guard let augmenter else { return try batch(indices).hostArray() }
      let samples = augmenter.samples(for: indices, epoch: epoch)
      let scaled = try preparation(try Tensor(try inputs.rows(samples), device: device))
      // Only the inputs are looked at; mixing needs some targets beside them.
      let targets = try Tensor(
        [Int64](repeating: 0, count: samples.count), shape: [samples.count], device: device)
      return try augmenter(scaled, targets, samples: samples, epoch: epoch).inputs.hostArray()
    }
  }
}

extension Recipe {
  /// The positions of the training samples that a run by this recipe holds out for validation, in
  /// rising order; empty where it holds out none.
  ///
  /// - Throws: `TrainingError` where the data do not fit the network.
  public func heldOut(of data: TrainingData, network: Network) throws -> [Int] {
    guard validationFraction > 0, data.validationInputs == nil else { return [] }
    let layout = try SampleLayout(network: network, recipe: self)
    let samples = try layout.samples(
      inputs: data.inputs, targets: data.targets, others: data.others(of: .training),
      part: "training")
    return try DataParts.split(samples, layout: layout, recipe: self).heldOut
  }
}
