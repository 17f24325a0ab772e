import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct AugmentationTests {
  /// Four different images of 2×3×4, and their classes.
  private func batch() throws -> (inputs: Tensor, targets: Tensor) {
    let values = (0..<96).map { Float($0) + 1 }
    return (
      try Tensor(values, shape: [4, 2, 3, 4]), try Tensor([0, 1, 2, 1] as [Int64], shape: [4])
    )
  }

  private func augmenter(
    _ list: [Augmentation], seed: UInt64 = 5, partners: [Int] = Array(0..<4)
  ) throws -> Augmenter {
    let network = try Network("n", input: [2, 3, 4]) { DenseLayer(3, nonlinearity: .softmax) }
    let recipe = Recipe(seed: seed, augmentation: list)
    let layout = try SampleLayout(network: network, objective: recipe.objective)
    return try #require(try Augmenter(recipe, layout: layout, partners: partners, device: .cpu))
  }

  /// What an augmenter makes of chosen samples of the batch.
  private func apply(
    _ list: [Augmentation], to samples: [Int] = [0, 1, 2, 3], epoch: Int = 0, seed: UInt64 = 5
  ) throws -> (inputs: [Float], targets: Tensor) {
    let all = try batch()
    let augmenter = try augmenter(list, seed: seed)
    let wanted = augmenter.samples(for: samples, epoch: epoch)
    let rows = try Tensor(wanted.map(Int64.init), shape: [wanted.count])
    let (inputs, targets) = try augmenter(
      all.inputs.rows(rows), all.targets.rows(rows), samples: wanted, epoch: epoch)
    return (try inputs.values(as: Float.self), targets)
  }

  /// A pixel of the batch, 0 outside of the image.
  private func pixel(_ image: Int, _ channel: Int, _ row: Int, _ column: Int) -> Float {
    guard (0..<3).contains(row), (0..<4).contains(column) else { return 0 }
    return Float(((image * 2 + channel) * 3 + row) * 4 + column) + 1
  }

  /// Every pixel of the images, by a function of image, channel, row and column.
  private func images(_ value: (Int, Int, Int, Int) -> Float) -> [Float] {
    (0..<4).flatMap { image in
      (0..<2).flatMap { channel in
        (0..<3).flatMap { row in
          (0..<4).map { value(image, channel, row, $0) }
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `crops and shifts are the image seen through a moved window`(seed: UInt64) throws {
    for (augmentation, rows, columns) in [
      (Augmentation.randomCrop(padding: 2), 2, 2), (.shift(rows: 0, columns: 3), 0, 3),
    ] {
      var offsets: [(Int, Int)] = []
      for image in 0..<4 {
        var draws = SampleDraws(seed: seed, place: 0, epoch: 7, sample: image)
        offsets.append(
          (draws.integer(in: 0...(2 * rows)) - rows, draws.integer(in: 0...(2 * columns)) - columns)
        )
      }
      let expected = images { image, channel, row, column in
        pixel(image, channel, row + offsets[image].0, column + offsets[image].1)
      }
      #expect(try apply([augmentation], epoch: 7, seed: seed).inputs == expected)
    }
  }

  @Test func `flips turn whole images, about as many as they should`() throws {
    #expect(
      try apply([.horizontalFlip(probability: 1)]).inputs
        == images { pixel($0, $1, $2, 3 - $3) })
    #expect(
      try apply([.verticalFlip(probability: 1)]).inputs == images { pixel($0, $1, 2 - $2, $3) })
    #expect(
      try apply([.verticalFlip(probability: 0)]).inputs == images { pixel($0, $1, $2, $3) })
    let turned = (0..<2000).count { sample in
      var draws = SampleDraws(seed: 1, place: 0, epoch: 0, sample: sample)
      return draws.uniform() < 0.3
    }
    // 600 ± 4.4 standard deviations.
    #expect((510...690).contains(turned))
  }

  @Test func `normalising subtracts the mean of each channel and divides by its deviation`() throws
  {
    let list = [Augmentation.normalise(mean: [1, 10], deviation: [2, 4])]
    let expected = images { image, channel, row, column in
      (pixel(image, channel, row, column) - (channel == 0 ? 1 : 10)) / (channel == 0 ? 2 : 4)
    }
    #expect(try apply(list).inputs == expected)
    let plain = try augmenter(list + [.cutout(size: 3)]).deterministic(batch().inputs)
    #expect(try plain.values(as: Float.self) == expected)
  }

  @Test func `cutout clears a square around a point of the image`() throws {
    var centres: [(Int, Int)] = []
    for image in 0..<4 {
      var draws = SampleDraws(seed: 5, place: 0, epoch: 0, sample: image)
      centres.append((draws.integer(in: 0...2), draws.integer(in: 0...3)))
    }
    let expected = images { image, channel, row, column in
      let isCut = abs(row - centres[image].0) <= 1 && abs(column - centres[image].1) <= 1
      return isCut ? 0 : pixel(image, channel, row, column)
    }
    #expect(try apply([.cutout(size: 3)]).inputs == expected)
  }

  @Test func `mixup mixes a sample and its class with another of the training samples`() throws {
    let (inputs, targets) = try apply([.mixup(alpha: 0.4)])
    let rows = try targets.values(as: Float.self)
    #expect(targets.shape == [4, 3])
    let labels = [0, 1, 2, 1]
    for image in 0..<4 {
      var draws = SampleDraws(seed: 5, place: 0, epoch: 0, sample: image)
      let partner = draws.integer(in: 0...3)
      let share = Float(draws.beta(0.4))
      for entry in 0..<24 {
        let (own, other) = (Float(24 * image + entry + 1), Float(24 * partner + entry + 1))
        #expect(abs(inputs[24 * image + entry] - (own * share + other * (1 - share))) < 1e-4)
      }
      for label in 0..<3 {
        let expected: Float =
          (labels[image] == label ? share : 0) + (labels[partner] == label ? 1 - share : 0)
        #expect(abs(rows[3 * image + label] - expected) < 1e-6)
      }
    }
  }

  @Test(arguments: [0.2, 0.7, 1, 3.5])
  func `shares follow the beta distribution`(alpha: Double) {
    let shares = (0..<4000).map { sample in
      var draws = SampleDraws(seed: 9, place: 1, epoch: 2, sample: sample)
      return draws.beta(alpha)
    }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(shares.allSatisfy { (0...1).contains($0) })
    // The mean of Beta(α, α) is 1/2, its variance 1 / (4 (2α + 1)).
    #expect(abs(mean - 0.5) < 0.035)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.012)
  }

  private static let everything: [Augmentation] = [
    .randomCrop(padding: 1), .horizontalFlip(), .verticalFlip(), .shift(rows: 1, columns: 2),
    .normalise(mean: [40], deviation: [20]), .mixup(), .cutout(size: 2),
  ]

  @Test func `what happens to a sample does not depend on its batch, but on seed and epoch`() throws
  {
    let whole = try apply(Self.everything).inputs
    let parts = try [[3], [1, 0], [2]].map { try apply(Self.everything, to: $0).inputs }
    #expect(parts[0] == Array(whole[72...]))
    #expect(parts[1] == Array(whole[24..<48]) + Array(whole[..<24]))
    #expect(parts[2] == Array(whole[48..<72]))
    #expect(try apply(Self.everything, epoch: 1).inputs != whole)
    #expect(try apply(Self.everything, seed: 6).inputs != whole)
  }

  @Test func `recipes with augmentation go through JSON, and mistakes are refused`() throws {
    let recipe = Recipe(augmentation: Self.everything + [.horizontalFlip(probability: 0.1)])
    #expect(try Recipe(json: recipe.json) == recipe)
    let text = #"{"augmentation": ["horizontalFlip", {"randomCrop": {"padding": 4}}, "mixup"]}"#
    let read = try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
    #expect(read.augmentation == [.horizontalFlip(), .randomCrop(padding: 4), .mixup(alpha: 0.2)])
    let mistakes: [(String, String)] = [
      (#"["horizontalFlop"]"#, "There is no augmentation called 'horizontalFlop'"),
      (#"["randomCrop"]"#, "The augmentation 'randomCrop' needs its padding, like {padding: 4}."),
      (#"[{"cutout": {"width": 3}}]"#, "has no argument 'width'"),
      (
        #"[{"normalise": {"mean": [1], "deviation": [1, 2]}}]"#,
        "needs as many means as deviations, got 1 and 2."
      ),
      (#"[{"mixup": {"alpha": 0}}]"#, "needs an alpha above 0, got 0.0."),
    ]
    for (text, expected) in mistakes {
      let said = sentence {
        let json = try JSONDecoder().decode(
          JSONValue.self, from: Data(#"{"augmentation": \#(text)}"#.utf8))
        _ = try Recipe(json: json)
      }
      #expect(said.contains(expected))
    }
  }

  @Test func `augmentation that does not fit the samples is refused before the run`() throws {
    var recipe = Fixture.recipe()
    for (list, expected) in [
      ([Augmentation.horizontalFlip()], "needs images of channels, rows and columns"),
      ([.normalise(mean: [1, 2], deviation: [1, 1])], "one number for each channel"),
      ([.mixup(), .mixup()], "more than one mixup"),
    ] {
      recipe.augmentation = list
      let said = sentence {
        _ = try Trainer(network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: recipe)
      }
      #expect(said.contains(expected))
      let checked = sentence {
        try Fixture.blobs().check(against: try Fixture.mlp(), recipe: recipe)
      }
      #expect(checked == said)
    }
  }

  @Test(arguments: [1, 6, 7, 11])
  func `a run with augmentation goes on bitwise where it was stopped`(stop: Int) throws {
    let network = try Fixture.convolutional()
    let data = try Fixture.images()
    var recipe = Fixture.recipe(learningRate: 0.01, batchSize: 9)
    recipe.augmentation = [
      .randomCrop(padding: 1), .horizontalFlip(), .normalise(mean: [0.4], deviation: [0.3]),
      .mixup(alpha: 0.5), .cutout(size: 2),
    ]
    let whole = try Trainer(network: network, data: data, recipe: recipe)
    try Script().run(whole)
    let first = Script([(stop, .stop)])
    try first.run(try Trainer(network: network, data: data, recipe: recipe))
    let second = try Trainer.resume(
      from: try #require(first.checkpoints.last), network: network, data: data)
    try Script().run(second)
    #expect(try second.weights.hostArrays() == whole.weights.hostArrays())
    recipe.augmentation = []
    let plain = try Trainer(network: network, data: data, recipe: recipe)
    try Script().run(plain)
    #expect(try plain.weights.hostArrays() != whole.weights.hostArrays())
  }
}
