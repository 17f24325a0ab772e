import Lasagne
import Records
import Testing

@testable import Training

struct ObservationTests {
  @Test func `a run tells of its steps, epochs, parameters and pictures in order`() throws {
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.convolutional(), data: try Fixture.images(),
      recipe: Fixture.recipe(epochs: 3))
    try script.run(trainer)
    guard case .started(let total, let epochs, let perEpoch, let fingerprint)? = script.events.first
    else {
      Issue.record("the first event is \(String(describing: script.events.first))")
      return
    }
    #expect((total, epochs, perEpoch) == (12, 3, 4))
    #expect(fingerprint["torch"]?.isEmpty == false)
    #expect(fingerprint["device"] == "cpu")
    #expect(script.events.last == .ended(step: 12, state: .finished))
    #expect(script.values("train/loss").count == 12)
    #expect(script.values("valid/accuracy").count == 3)
    #expect(script.values("rate/samples").allSatisfy { $0 > 0 })
    for key in ["norm", "gradientNorm", "updateRatio"] {
      #expect(script.values("params/conv1.W/\(key)").count == 2)
    }
    #expect(script.values("params/conv1.W/updateRatio").allSatisfy { $0 > 0 && $0 < 1 })
    #expect(script.checkpoints.map(\.step) == [4, 8, 12])
    let images = script.events.compactMap { if case .images(let stack) = $0 { stack } else { nil } }
    #expect(images.map(\.step) == [0, 5, 10])
    #expect(images.allSatisfy { $0.key == "conv1.W" && $0.count == 4 && $0.channels == 1 })
    #expect(images.allSatisfy { $0.values.count == 4 * 3 * 3 })
    #expect(images[0].values != images[1].values)
    let histograms = script.events.compactMap {
      if case .histogram(let histogram) = $0 { histogram } else { nil }
    }
    #expect(histograms.count == 3 * trainer.network.parameters.count)
    for histogram in histograms {
      let parameter = trainer.network.parameters.first { $0.fullName == histogram.key }
      #expect(histogram.counts.reduce(0, +) == parameter?.count)
    }
  }

  @Test func `dense layers over images are seen as images too`() throws {
    let network = try Network("flat", input: [1, 6, 6]) {
      DenseLayer(5)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let weights = try Weights(initializing: network, seed: 1)
    let stack = try #require(
      try ParameterPictures(network: network, weights: weights).images(step: 3, time: 0))
    #expect((stack.count, stack.channels, stack.height, stack.width) == (5, 1, 6, 6))
    let values = try #require(weights["dense1.W"]).values(as: Float.self)
    #expect(stack.values[1] == values[5])
    #expect(stack.values[36] == values[1])
  }

  @Test func `who does not look at parameters is shown none`() throws {
    let script = Script()
    var recipe = Fixture.recipe(epochs: 1)
    recipe.observeEverySteps = 0
    recipe.checkpointEveryEpochs = 0
    try script.run(
      try Trainer(network: try Fixture.convolutional(), data: try Fixture.images(), recipe: recipe))
    #expect(script.checkpoints.isEmpty)
    let isPictured = script.events.contains {
      switch $0 {
      case .images, .histogram: true
      default: false
      }
    }
    #expect(!isPictured)
  }

  @Test func `histograms count every finite number once`() {
    let histogram = ParameterPictures.histogram(
      of: [0, 1, 2, 39.5, 40, .nan, .infinity], key: "w", step: 1, time: 0)
    #expect((histogram.minimum, histogram.maximum) == (0, 40))
    #expect(histogram.nonFiniteCount == 2)
    #expect(histogram.counts.reduce(0, +) == 5)
    #expect(histogram.counts[39] == 2)
    let constant = ParameterPictures.histogram(of: [3, 3], key: "w", step: 1, time: 0)
    #expect(constant.counts[0] == 2)
    let broken = ParameterPictures.histogram(of: [.nan], key: "w", step: 1, time: 0)
    #expect(broken.counts.reduce(0, +) == 0)
    #expect((broken.minimum, broken.maximum) == (0, 0))
  }
}
