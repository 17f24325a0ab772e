import Datasets
import Lasagne
import Tensors

/// Changes batches on their device as a recipe says.
struct Augmenter {
  private let list: [Augmentation]
  private let seed: UInt64
  /// The samples that are trained on; mixup draws its partners from them.
  private let partners: [Int]
  private let classCount: Int?
  private let device: Device

  /// Prepares a recipe's augmentations for samples of a layout; `nil` where it has none.
  ///
  /// - Throws: `TrainingError` where they do not go together with the samples.
  init?(
    _ recipe: Recipe, layout: SampleLayout, partners: [Int] = [], device: Device
  ) throws(TrainingError) {
    guard !recipe.augmentation.isEmpty else { return nil }
    list = recipe.augmentation
    seed = recipe.seed
    self.partners = partners
    classCount = layout.classCount
    self.device = device
    for augmentation in list {
      try Self.check(augmentation, layout.sampleShape, readsIndices: layout.readsIndices)
    }
    guard layout.further.isEmpty else {
      throw TrainingError(
        .recipe,
        "The recipe's augmentation changes one input, but the network has "
          + "\(layout.further.count + 1); leave it out.")
    }
    if layout.hasSteps, list.contains(where: \.isMixup) {
      throw TrainingError(
        .recipe,
        "The recipe's augmentation 'mixup' mixes one target a sample, but the network gives a row of "
          + "classes for each step; leave it out.")
    }
    if !layout.furtherOutputs.isEmpty, list.contains(where: \.isMixup) {
      throw TrainingError(
        .recipe,
        "The recipe's augmentation 'mixup' mixes the targets of one output, but the network has "
          + "\(layout.furtherOutputs.count + 1); leave it out.")
    }
    if list.count(where: \.isMixup) > 1 {
      throw TrainingError(
        .recipe, "The recipe's augmentation has more than one mixup; leave one.")
    }
  }

  private static func check(
    _ augmentation: Augmentation, _ shape: [Int], readsIndices: Bool
  ) throws(TrainingError) {
    func refuse(_ needed: String) -> TrainingError {
      let text = shape.map(String.init).joined(separator: "×")
      return TrainingError(
        .recipe,
        "The recipe's augmentation '\(augmentation.name)' needs \(needed); the network takes "
          + "\(text)\(readsIndices ? " indices" : "") a sample: leave it out.")
    }
    if readsIndices { throw refuse("numbers, not indices") }
    if augmentation.needsImages, shape.count != 3 {
      throw refuse("images of channels, rows and columns")
    }
    switch augmentation {
    case .normalise(let mean, _) where mean.count != 1 && mean.count != shape.first:
      throw refuse("one number for each channel or one for all, got \(mean.count)")
    case .shift(let rows, let columns)
    where [rows, columns].enumerated().contains { $1 >= shape[$0 + 1] && shape[$0 + 1] > 0 }:
      throw refuse("a shift smaller than the image")
    default: break
    }
  }

  /// The samples that a batch is made from: its own, then their partners where samples are mixed.
  func samples(for indices: [Int], epoch: Int) -> [Int] {
    guard let place = list.firstIndex(where: \.isMixup) else { return indices }
    return indices
      + indices.map { sample in
        var draws = SampleDraws(seed: seed, place: place, epoch: epoch, sample: sample)
        return partners[draws.integer(in: 0...(partners.count - 1))]
      }
  }

  /// Training samples, already scaled, as the network shall see them in an epoch.
  ///
  /// - Parameter samples: What `samples(for:epoch:)` gave, in the order of the rows of `inputs`.
  func callAsFunction(
    _ inputs: Tensor, _ targets: Tensor, samples: [Int], epoch: Int
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    var (inputs, targets) = (inputs, targets)
    var samples = samples
    for (place, augmentation) in list.enumerated() {
      var draws = samples.map {
        SampleDraws(seed: seed, place: place, epoch: epoch, sample: $0)
      }
      switch augmentation {
      case .randomCrop(let padding):
        inputs = try moved(inputs, rows: padding, columns: padding, &draws)
      case .shift(let rows, let columns):
        inputs = try moved(inputs, rows: rows, columns: columns, &draws)
      case .horizontalFlip(let probability):
        inputs = try flipped(inputs, axis: 3, probability, &draws)
      case .verticalFlip(let probability):
        inputs = try flipped(inputs, axis: 2, probability, &draws)
      case .normalise(let mean, let deviation):
        inputs = try normalised(inputs, mean, deviation)
      case .cutout(let size):
        inputs = try cut(inputs, size, &draws)
      case .mixup(let alpha):
        let count = samples.count / 2
        (inputs, targets) = try mixed(inputs, targets, count, alpha, &draws)
        samples = Array(samples.prefix(count))
      }
    }
    return (inputs, targets)
  }

  /// Samples that are not trained on, already scaled: only what is not random happens to them.
  func deterministic(_ inputs: Tensor) throws(TensorError) -> Tensor {
    var inputs = inputs
    for case .normalise(let mean, let deviation) in list {
      inputs = try normalised(inputs, mean, deviation)
    }
    return inputs
  }

  /// Each image moved by whole pixels, with zeros where nothing was.
  private func moved(
    _ inputs: Tensor, rows: Int, columns: Int, _ draws: inout [SampleDraws]
  ) throws(TensorError) -> Tensor {
    var offsets: [(row: Int, column: Int)] = []
    for index in draws.indices {
      offsets.append(
        (draws[index].integer(in: 0...(2 * rows)), draws[index].integer(in: 0...(2 * columns))))
    }
    let padded = try inputs.padded([(0, 0), (0, 0), (rows, rows), (columns, columns)])
    let (height, width) = (inputs.shape[2], inputs.shape[3])
    let below = try gathered(padded, axis: 2, offsets.map { Array($0.row..<($0.row + height)) })
    return try gathered(below, axis: 3, offsets.map { Array($0.column..<($0.column + width)) })
  }

  private func flipped(
    _ inputs: Tensor, axis: Int, _ probability: Double, _ draws: inout [SampleDraws]
  ) throws(TensorError) -> Tensor {
    let forwards = Array(0..<inputs.shape[axis])
    let backwards = Array(forwards.reversed())
    var order: [[Int]] = []
    for index in draws.indices {
      order.append(draws[index].uniform() < probability ? backwards : forwards)
    }
    return try gathered(inputs, axis: axis, order)
  }

  /// For each image the rows or columns with these positions, in this order.
  private func gathered(
    _ images: Tensor, axis: Int, _ positions: [[Int]]
  ) throws(TensorError) -> Tensor {
    var shape = images.shape
    shape[axis] = positions.first?.count ?? 0
    var small = [shape[0], 1, 1, 1]
    small[axis] = shape[axis]
    let indices = try Tensor(
      positions.flatMap { $0.map(Int64.init) }, shape: small, device: device)
    return try images.gathered(axis: axis, indices: try indices.expanded(to: shape))
  }

  private func normalised(
    _ inputs: Tensor, _ mean: [Double], _ deviation: [Double]
  ) throws(TensorError) -> Tensor {
    let shape = [1, mean.count] + [Int](repeating: 1, count: max(0, inputs.shape.count - 2))
    let means = try Tensor(mean.map { Float($0) }, shape: shape, device: device)
    let deviations = try Tensor(deviation.map { Float($0) }, shape: shape, device: device)
    return try (inputs - means) / deviations
  }

  private func cut(
    _ inputs: Tensor, _ size: Int, _ draws: inout [SampleDraws]
  ) throws(TensorError) -> Tensor {
    let (height, width) = (inputs.shape[2], inputs.shape[3])
    var keptRows: [Float] = []
    var keptColumns: [Float] = []
    func kept(_ length: Int, around centre: Int) -> [Float] {
      let start = centre - size / 2
      return (0..<length).map { (start..<(start + size)).contains($0) ? 0 : 1 }
    }
    for index in draws.indices {
      keptRows += kept(height, around: draws[index].integer(in: 0...(height - 1)))
      keptColumns += kept(width, around: draws[index].integer(in: 0...(width - 1)))
    }
    let rows = try Tensor(keptRows, shape: [draws.count, 1, height, 1], device: device)
    let columns = try Tensor(keptColumns, shape: [draws.count, 1, 1, width], device: device)
    let isKept = try (rows + columns).minimum(1)
    // A product would let infinities and not-a-number through.
    return try Tensor.select(try isKept.equal(0), try Tensor(0, device: device), inputs)
  }

  private func mixed(
    _ inputs: Tensor, _ targets: Tensor, _ count: Int, _ alpha: Double,
    _ draws: inout [SampleDraws]
  ) throws(TensorError) -> (inputs: Tensor, targets: Tensor) {
    var shares: [Float] = []
    for index in 0..<count {
      // The first draw chose the partner.
      _ = draws[index].integer(in: 0...(partners.count - 1))
      shares.append(Float(draws[index].beta(alpha)))
    }
    func mix(_ all: Tensor) throws(TensorError) -> Tensor {
      let ones = [Int](repeating: 1, count: all.shape.count - 1)
      let share = try Tensor(shares, shape: [count] + ones, device: device)
      let own = try all.sliced(axis: 0, from: 0, to: count)
      let other = try all.sliced(axis: 0, from: count, to: 2 * count)
      return try own * share + other * (1 - share)
    }
    var rows = targets
    if let classCount, targets.dataType == .int64 {
      let numbers = try targets.reshaped([2 * count])
      rows = try Tensor.eye(classCount, device: device).rows(numbers)
    }
    return (try mix(inputs), try mix(rows))
  }
}

extension Augmentation {
  var isMixup: Bool { if case .mixup = self { true } else { false } }
}
