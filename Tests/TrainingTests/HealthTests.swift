import Foundation
import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// What is seen of units and of the spectra of weights, against values worked out by hand and by
/// NumPy 2.4.
struct HealthTests {
  private func figures(
    _ network: Network, _ parameters: [String: [Float]], inputs: HostArray
  ) throws -> [String: Double] {
    let weights = try Weights(initializing: network, seed: 1)
    for (parameter, tensor) in zip(weights.parameters, weights.tensors) {
      let values = try #require(parameters[parameter.fullName])
      try withoutGradients { try tensor.assign(try Tensor(values, shape: parameter.shape)) }
    }
    let count = inputs.shape[0]
    let targets = try HostArray([UInt8](repeating: 0, count: count), shape: [count])
    let store = try SampleStore(
      LaidOutSamples(inputs: inputs, targets: targets), inputScale: 1, readsIndices: false,
      device: .cpu)
    let watch = ActivationWatch(
      network: network, weights: weights, store: store, indices: Array(0..<store.count))
    return try watch.values()
  }

  @Test func `dead units and flat parts of dense layers are counted`() throws {
    let network = try Network("n", input: [2]) {
      DenseLayer(4)
      DenseLayer(2, nonlinearity: .sigmoid)
      DenseLayer(2, nonlinearity: .softmax)
      DenseLayer(3, nonlinearity: .linear)
    }
    // The rectified units give 1 2 0 3, nothing, 0 1 0 5, nothing; the sigmoids s(10) s(20) s(0)
    // s(30) and four times s(5); the softmax four times 0.993 beside 0.007.
    let values = try figures(
      network,
      [
        "dense1.W": [1, -1, 1, 0, 0, 0, 1, 0], "dense1.b": [0, 0, -1, -2],
        "dense2.W": [10, 0, 0, 0, 0, 0, 0, 0], "dense2.b": [0, 5],
        "dense3.W": [0, 0, 0, 0], "dense3.b": [5, 0],
        "dense4.W": [1, 1, 1, 1, 1, 1], "dense4.b": [0, 0, 0],
      ],
      inputs: try HostArray([Float](arrayLiteral: 1, 0, 2, 0, 0, 1, 3, 3), shape: [4, 2]))
    #expect(
      values == [
        "layers/dense1/deadShare": 0.5, "layers/dense1/saturation": 11.0 / 16,
        "layers/dense2/deadShare": 0.5, "layers/dense2/saturation": 7.0 / 8,
        "layers/dense3/saturation": 1,
      ])
  }

  @Test
  func `the units of a convolution are its feature maps, also where they are rectified later`()
    throws
  {
    let network = try Network("n", input: [1, 2, 2]) {
      Conv2DLayer(2, filterSize: 1, nonlinearity: .linear)
      NonlinearityLayer(.rectify)
    }
    let values = try figures(
      network, ["conv1.W": [1, -1], "conv1.b": [0, 0]],
      inputs: try HostArray([Float](arrayLiteral: 1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 1, 2, 2]))
    #expect(
      values == [
        "layers/nonlinearity1/deadShare": 0.5, "layers/nonlinearity1/saturation": 0.5,
      ])
  }

  /// Nonlinearities, inputs of theirs, and how many of these lie in the flat part: solved by hand,
  /// for sigmoid beyond ±4.357, tanh ±2.183, elu and selu below -2.996, softplus below -2.944.
  private static let flatParts: [(Nonlinearity, [Float], Double)] = [
    (.sigmoid, [-5, -4.3, 0, 4.3, 5], 2), (.tanh, [-3, -2.1, 0, 2.1, 3], 2),
    (.rectify, [-1, 0, 1, 2, 3], 2),
    (.scaledTanh(scaleIn: 0.5, scaleOut: 1.7), [-6, -4.2, 0, 4.2, 6], 2),
    (.elu, [-4, -3.1, -2.9, 0, 1], 2), (.selu, [-4, -3.1, -2.9, 0, 1], 2),
    (.softplus, [-4, -3.1, -2.8, 0, 1], 2),
  ]

  @Test(arguments: flatParts)
  func `a nonlinearity is flat where its slope is a twentieth of its largest`(
    nonlinearity: Nonlinearity, inputs: [Float], flat: Double
  ) throws {
    let output = try nonlinearity(try Tensor(inputs, shape: [5]))
    let part = try #require(FlatPart(nonlinearity))
    #expect(try part.count(in: output).flat.item() == flat)
    #expect(try part.count(in: output).of == 5)
  }

  @Test func `leaky and smooth rectifiers have no flat part`() {
    let all: [Nonlinearity] = [.leakyRectify, .gelu, .silu, .mish, .linear]
    for nonlinearity in all {
      #expect(FlatPart(nonlinearity) == nil)
    }
  }

  private func isClose(_ first: Double?, _ second: Double) -> Bool {
    first.map { abs($0 - second) < 2e-4 * abs(second) } ?? false
  }

  @Test func `spectra are those of NumPy`() throws {
    let dense = (0..<240).map { index -> Float in
      let (i, j) = (Double(index / 20), Double(index % 20))
      return Float(sin(1 + 7 * i + 3 * j * j + 0.37 * i * j) * (1 + 0.25 * i))
    }
    let first = try #require(
      try SpectrumWatch.spectrum(
        of: .init(name: "W", tensor: try Tensor(dense, shape: [12, 20]), rows: 12, columns: 20)))
    #expect(isClose(first.spectralNorm, 13.728263712189065))
    #expect(isClose(first.stableRank, 3.9836986373662935))
    #expect(isClose(first.effectiveRank, 10.556687237068973))
    #expect(isClose(first.alpha, 2.919361641675067))
    // Twelve filters of three channels: a matrix of 12 rows and 27 columns.
    let filters = (0..<324).map { Float(cos(Double($0 * $0) * 0.01 + 0.5)) }
    let second = try #require(
      try SpectrumWatch.spectrum(
        of: .init(
          name: "W", tensor: try Tensor(filters, shape: [12, 3, 3, 3]), rows: 12, columns: 27)))
    #expect(isClose(second.spectralNorm, 4.813493787641696))
    #expect(isClose(second.stableRank, 7.203646061304054))
    #expect(isClose(second.effectiveRank, 11.69402270308505))
    #expect(isClose(second.alpha, 3.287275718277376))
  }

  @Test func `few singular values have ranks but no power law`() throws {
    // (16 + 4 + 1) / 16; entropy of 4/7, 2/7, 1/7.
    let few = try #require(Spectrum(singularValues: [1, 4, 0, 2]))
    #expect(few.spectralNorm == 4)
    #expect(few.stableRank == 1.3125)
    #expect(abs(few.effectiveRank - 2.6004900059896596) < 1e-9)
    #expect(few.alpha == nil)
    #expect(Spectrum(singularValues: [0, 0]) == nil)
    #expect(Spectrum(singularValues: [1, .nan]) == nil)
  }

  @Test func `the tail of a power law is found as Clauset, Shalizi and Newman do`() throws {
    let alpha = try #require(
      Spectrum.exponent([1, 1.1, 1.3, 1.7, 2.2, 2.9, 4, 6, 9, 14, 25, 50]))
    #expect(abs(alpha - 1.6708893425752622) < 1e-9)
    #expect(Spectrum.exponent([Double](repeating: 2, count: 20)) == nil)
  }

  @Test func `matrices that had no time come first in the next look`() throws {
    let network = try Network("n", input: [4]) {
      DenseLayer(6)
      DenseLayer(3, nonlinearity: .softmax)
    }
    var watch = SpectrumWatch(try Weights(initializing: network, seed: 1))
    #expect(watch.matrices.map(\.name) == ["dense1.W", "dense2.W"])
    var asked = 0
    let first = watch.values { _ in
      asked += 1
      return asked == 1
    }
    #expect(Set(first.keys.map { $0.split(separator: "/")[1] }) == ["dense1.W"])
    let second = watch.values { _ in true }
    #expect(second.keys.contains("params/dense2.W/stableRank"))
    #expect(second.keys.contains("params/dense1.W/stableRank"))
    #expect(watch.values { _ in false }.isEmpty)
  }

  @Test(arguments: [StepPlanning(), .off])
  func `a run tells of its health, however its steps are made, and learns the same`(
    planning: StepPlanning
  ) throws {
    let script = Script()
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: Fixture.recipe(epochs: 2),
      planning: planning)
    try script.run(trainer)
    // Where there is no time for more, the first look is there all the same.
    for key in [
      "layers/dense1/deadShare", "layers/dense1/saturation", "layers/dense2/saturation",
    ] {
      #expect(!script.values(key).isEmpty, "\(key)")
    }
    #expect(script.values("layers/dense1/deadShare").allSatisfy { (0...1).contains($0) })
    #expect(script.values("params/dense1.W/stableRank").allSatisfy { (1...4).contains($0) })
    var unseen = Fixture.recipe(epochs: 2)
    unseen.observeEverySteps = 0
    let other = Script()
    try other.run(
      try Trainer(
        network: try Fixture.mlp(), data: try Fixture.blobs(), recipe: unseen, planning: planning))
    #expect(other.values("train/loss") == script.values("train/loss"))
    #expect(other.values("layers/dense1/deadShare").isEmpty)
  }

  @Test func `a look with time in hand sees activations and spectra`() throws {
    let trainer = try Trainer(
      network: try Fixture.convolutional(), data: try Fixture.images(), recipe: Fixture.recipe())
    let clock = WorkClock()
    clock.addHealth(.seconds(-1000))
    let values = trainer.health.values(by: clock)
    for key in [
      "layers/conv1/deadShare", "layers/conv1/saturation", "layers/dense1/deadShare",
      "layers/dense2/saturation", "params/conv1.W/stableRank", "params/dense1.W/effectiveRank",
      "params/dense2.W/spectralNorm",
    ] {
      #expect(values[key]?.isFinite == true, "\(key)")
    }
    #expect(values["layers/dense2/deadShare"] == nil)
    #expect(values["params/conv1.b/stableRank"] == nil)
  }

  @Test func `what a look costs counts, and the next waits until there is time for it`() {
    let clock = WorkClock()
    #expect(clock.canWatchHealth(for: 0.04))
    #expect(!clock.canWatchHealth(for: 1))
    clock.addHealth(.seconds(1))
    #expect(!clock.canWatchHealth(for: 0))
    #expect(clock.canWatch)
    #expect(clock.watchShare == 1)
  }
}
