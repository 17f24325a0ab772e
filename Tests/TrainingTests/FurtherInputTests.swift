import Lasagne
import Records
import Tensors
import Testing

@testable import Training

/// Networks with several inputs against one whose single input holds the same numbers side by side.
struct FurtherInputTests {
  /// The four numbers of each sample as two inputs of two; bytes where told.
  static func data(bytes: Bool = false) throws -> (whole: TrainingData, parts: TrainingData) {
    var whole = try Fixture.blobs(count: 120)
    func half(_ array: HostArray, _ from: Int) throws -> HostArray {
      let numbers = array.values(as: Float.self)
      let count = array.shape[0]
      var kept: [Float] = []
      for row in 0..<count {
        kept.append(numbers[4 * row + from])
        kept.append(numbers[4 * row + from + 1])
      }
      return try HostArray(kept, shape: [count, 2])
    }
    let test = try #require(whole.testInputs)
    whole.validationInputs = test
    whole.validationTargets = whole.testTargets
    var parts = whole
    parts.inputs = try half(whole.inputs, 0)
    parts.testInputs = try half(test, 0)
    parts.validationInputs = parts.testInputs
    parts.others = [
      "right": try half(whole.inputs, 2), "testRight": try half(test, 2),
      "validationRight": try half(test, 2),
    ]
    return (whole, parts)
  }

  static func network() throws -> Network {
    try Network("pair") {
      InputLayer([nil, 2], name: "left")
      InputLayer([nil, 2], name: "right")
      ConcatLayer().reading("left", "right")
      DenseLayer(16)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  @Test func `losses and weights are those of the numbers side by side`() throws {
    let (whole, parts) = try Self.data()
    let recipe = Fixture.recipe()
    let (expected, script) = (Script(), Script())
    let one = try Trainer(
      network: Fixture.mlp(), data: whole, recipe: recipe, planning: .off)
    try expected.run(one)
    let two = try Trainer(network: Self.network(), data: parts, recipe: recipe)
    #expect(two.planRefusal == "only networks with one input are planned")
    try script.run(two)
    for key in ["train/loss", "valid/loss", "valid/accuracy", "test/loss", "test/accuracy"] {
      let (ours, theirs) = (script.values(key), expected.values(key))
      #expect(!ours.isEmpty && ours.count == theirs.count)
      for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-6, "\(key)") }
    }
    for (a, b) in zip(one.weights.tensors, two.weights.tensors) {
      #expect(try (a - b).absolute().max().item() < 1e-6)
    }

    let evaluator = Evaluator(network: try Self.network(), weights: two.weights, batchSize: 7)
    let others = ["right": try #require(parts.others["testRight"])]
    let inputs = try #require(parts.testInputs)
    let measured = try evaluator.evaluate(
      inputs: inputs, targets: #require(parts.testTargets), others: others)
    #expect(measured["loss"] == script.values("test/loss").last)
    let outputs = try evaluator.predict(inputs, others: others).values(as: Float.self)
    let single = Evaluator(network: try Fixture.mlp(), weights: one.weights)
    let reference = try single.predict(#require(whole.testInputs)).values(as: Float.self)
    #expect(outputs.count == reference.count)
    for (a, b) in zip(outputs, reference) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func `each input is read as its layer needs it, by the host's memory too`() throws {
    /// Keeps every array where it is.
    struct HostArrays: DeviceArrays {
      func place(_ array: HostArray, on device: Device) throws -> ArrayPlace {
        .host(use: nil, readsAhead: true)
      }
    }
    let network = try Network("mixed") {
      InputLayer([nil, 1, 2, 2], name: "image")
      InputLayer([nil, 3], name: "words")
      FlattenLayer(name: "pixels").reading("image")
      EmbeddingLayer(inputSize: 4, outputSize: 2).reading("words")
      FlattenLayer(name: "meaning")
      ConcatLayer().reading("pixels", "meaning")
      DenseLayer(2, nonlinearity: .softmax)
    }
    // The class is whether the second word is above 1: the pixels say nothing.
    var words: [Int64] = []
    for row in 0..<40 { words += [Int64(row % 3), Int64(row % 4), 0] }
    let pixels = (0..<160).map { (index: Int) -> UInt8 in UInt8(index * 37 % 251) }
    let classes = (0..<40).map { (index: Int) -> UInt8 in UInt8(index % 4 / 2) }
    var data = TrainingData(
      inputs: try HostArray(pixels, shape: [40, 2, 2]),
      targets: try HostArray(classes, shape: [40]),
      others: ["words": try HostArray(words, shape: [40, 3])])
    func run() throws -> [Double] {
      let script = Script()
      try script.run(
        try Trainer(
          network: network, data: data,
          recipe: Fixture.recipe(update: .adam(), learningRate: 0.1, batchSize: 9, epochs: 12)))
      return script.values("train/loss") + script.values("valid/accuracy")
    }
    let resident = try run()
    #expect(resident.last == 1)
    data.arrays = HostArrays()
    #expect(try run() == resident)
  }

  @Test func `a run with several inputs goes on as if it had not been interrupted`() throws {
    var (_, parts) = try Self.data()
    (parts.validationInputs, parts.validationTargets) = (nil, nil)
    parts.inputs = try parts.inputs.rows(Array(0..<60))
    parts.targets = try parts.targets.rows(Array(0..<60))
    parts.others["right"] = try parts.others["right"]?.rows(Array(0..<60))
    try ResumeHarness(
      network: Self.network(), data: parts, recipe: ResumeHarness.recipe()
    ).check(stops: [1, 4, 9])
  }

  @Test func `noise for measuring has an array for each input`() throws {
    let network = try Zoo.siamese(input: [1, 12, 12], filters: [2], units: 3)
    let data = try TrainingData(
      noiseFor: network, count: 12, objective: .usual(for: network), length: 4)
    #expect(data.others["right"]?.shape == [12, 1, 12, 12])
    var recipe = Fixture.recipe(batchSize: 4, epochs: 1)
    recipe.objective = .binaryCrossentropy
    try data.check(against: network, recipe: recipe)
    let trainer = try Trainer(network: network, data: data, recipe: recipe)
    let profile = try StepProfiler(trainer, rounds: 1).profile()
    #expect(profile.layers.count == network.layers.count)
  }

  @Test func `arrays that are missing or do not fit are refused in one sentence`() throws {
    func text(
      _ recipe: Recipe = Fixture.recipe(), _ change: (inout TrainingData) throws -> Void
    ) throws -> String {
      var (_, parts) = try Self.data()
      try change(&parts)
      return sentence {
        let network = try Self.network()
        #expect(
          sentence { try parts.check(against: network, recipe: recipe) }
            == sentence { _ = try Trainer(network: network, data: parts, recipe: recipe) })
        try parts.check(against: network, recipe: recipe)
      }
    }
    #expect(try text { _ in } == "")
    let missing = """
      The network 'pair' has the inputs left, right, of which the first takes the inputs of the data, \
      and the data have no array
      """
    #expect(
      try text { $0.others["right"] = nil }
        == missing + " 'right' for 'right'; add them with one of this name.")
    #expect(
      try text { $0.others["testRight"] = nil }
        == missing + " 'testRight' for 'right'; add them with one of this name.")
    #expect(
      try text {
        $0.others["right"] = try HostArray([Float](repeating: 0, count: 360), shape: [120, 3])
      }
        == "The array 'right' of the training samples has shape 3 for each sample, but the layer of "
        + "this name takes 2; use other data or change the layer's shape.")
    #expect(
      try text {
        $0.others["right"] = try HostArray([Float](repeating: 0, count: 8), shape: [4, 2])
      }
        == "There are 120 training inputs, but 4 in their array 'right'; each sample needs one of "
        + "each.")
    var changing = Fixture.recipe()
    changing.augmentation = [.normalise(mean: [0], deviation: [1])]
    #expect(
      try text(changing) { _ in }
        == "The recipe's augmentation changes one input, but the network has 2; leave it out.")
  }
}
