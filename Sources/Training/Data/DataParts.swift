import Datasets
import Lasagne
import Tensors

/// The data of a run, checked and on its device: what is trained on, what is held out, what tests.
struct DataParts {
  let training: SampleStore
  let trainingIndices: [Int]
  let validation: (store: SampleStore, indices: [Int])?
  let test: SampleStore?

  init(data: TrainingData, network: Network, recipe: Recipe, device: Device) throws {
    let layout = try SampleLayout(network: network, recipe: recipe)
    func store(_ samples: LaidOutSamples, trainedOn indices: [Int] = []) throws -> SampleStore {
      try SampleStore(
        samples, inputScale: recipe.inputScale, readsIndices: layout.readsIndices, device: device,
        arrays: data.arrays,
        augmenter: try Augmenter(recipe, layout: layout, partners: indices, device: device))
    }
    func part(
      _ inputs: HostArray?, _ targets: HostArray?, _ part: TrainingData.Part
    ) throws -> SampleStore? {
      guard let inputs else { return nil }
      guard let targets else {
        throw TrainingError(
          .data, "There are \(part.rawValue) inputs without targets; give both or none.")
      }
      return try store(
        try layout.samples(
          inputs: inputs, targets: targets, others: data.others(of: part),
          part: part.rawValue))
    }

    let samples = try layout.samples(
      inputs: data.inputs, targets: data.targets, others: data.others(of: .training),
      part: "training")
    test = try part(data.testInputs, data.testTargets, .test)
    let all = Array(0..<samples.count)
    if let own = try part(data.validationInputs, data.validationTargets, .validation) {
      training = try store(samples, trainedOn: all)
      validation = (own, Array(0..<own.count))
      trainingIndices = all
    } else if recipe.validationFraction > 0 {
      let (kept, heldOut) = try Self.split(samples, layout: layout, recipe: recipe)
      training = try store(samples, trainedOn: kept)
      validation = (training, heldOut)
      trainingIndices = kept
    } else {
      training = try store(samples, trainedOn: all)
      validation = nil
      trainingIndices = all
    }
  }

  /// Positions to train on and positions to hold out, each in rising order.
  static func split(
    _ samples: LaidOutSamples, layout: SampleLayout, recipe: Recipe
  ) throws -> (kept: [Int], heldOut: [Int]) {
    let isClassified = layout.classCount != nil && samples.targets.dataType == .int64
    let seed = DerivedSeed.seed(recipe.seed, for: .split)
    let fraction = recipe.validationFraction
    let split =
      isClassified
      ? Split.stratified(
        labels: samples.targets.values(as: Int64.self).map(Int.init), fraction: fraction, seed: seed
      )
      : Split.random(count: samples.count, fraction: fraction, seed: seed)
    guard !split.validation.isEmpty, !split.train.isEmpty else {
      let empty = split.validation.isEmpty ? "validation" : "training"
      throw TrainingError(
        .data,
        "A validationFraction of \(recipe.validationFraction) of \(samples.count) samples leaves "
          + "none for \(empty); choose another fraction, or 0 to go without validation.")
    }
    return (split.train, split.validation)
  }
}
