import Lasagne
import Records
import Tensors
import Testing

@testable import Training

struct ProfileTests {
  private func trainer(
    _ network: Network, batchSize: Int = 5, planning: StepPlanning = StepPlanning()
  ) throws -> Trainer {
    let recipe = Recipe(
      objective: try .usual(for: network), batchSize: batchSize, epochs: 100_000,
      validationFraction: 0, dropLast: true, checkpointEveryEpochs: 0)
    let data = try TrainingData(
      noiseFor: network, count: 4 * batchSize, objective: recipe.objective, length: 3)
    return try Trainer(network: network, data: data, recipe: recipe, planning: planning)
  }

  private func images() throws -> Network {
    try Network("images", input: [1, 6, 6]) {
      Conv2DLayer(4, filterSize: 3)
      MaxPool2DLayer(2)
      DenseLayer(3, nonlinearity: .softmax)
    }
  }

  @Test func `a profile of planned steps has every layer with its work`() throws {
    let profile = try StepProfiler(trainer(images()), rounds: 2).profile()
    #expect(profile.planRefusal == nil && profile.planBytes ?? 0 > 0)
    #expect(
      profile.layers.map(\.type) == ["InputLayer", "Conv2DLayer", "MaxPool2DLayer", "DenseLayer"])
    #expect(profile.layers.allSatisfy { $0.planRefusal == nil })
    // 36 weights at 16 positions of 5 images, twice: nothing trainable is before the convolution.
    let conv = profile.layers[1]
    #expect(conv.operations == Double(2 * 2 * 36 * 16 * 5))
    #expect(conv.outputBytes == 4 * 5 * 4 * 16 && conv.parameterBytes == 4 * 40)
    // 16 inputs by 3 units: forward, for the weights, and for the images.
    #expect(profile.layers[3].operations == Double(3 * 2 * 48 * 5))
    #expect(profile.layers[2].operations == 0 && profile.layers[2].parameterBytes == 0)
    #expect(profile.stepSeconds > 0 && profile.machine.copyRate > 0)
    // Each of these has operations of its own in both passes.
    for layer in [1, 2, 3] {
      #expect(profile.layers[layer].forwardSeconds > 0)
      #expect(profile.layers[layer].backwardSeconds > 0)
    }
  }

  @Test func `each operation of a plan belongs to the layer that asked for it`() throws {
    let trainer = try trainer(
      Network("owners", input: [6]) {
        DenseLayer(5, nonlinearity: .tanh)
        DenseLayer(4, nonlinearity: .linear)
      })
    let builder = try trainer.planner.compiler.built(rows: 5)
    #expect(builder.owners.count == builder.operations.count)
    func codes(_ owner: Int?, _ range: Range<Int>) -> [PlanOperation.Code] {
      range.filter { builder.owners[$0] == owner }.map { builder.operations[$0].code }
    }
    let forward = 0..<builder.forwardCount
    let back = builder.forwardCount..<builder.operations.count
    #expect(codes(0, forward) == [.inputs])
    // The bias and the tangent of the first are applied when the second reads it, and are its own.
    #expect(codes(1, forward) == [.multiply, .activate])
    #expect(codes(2, forward) == [.multiply, .activate])
    #expect(codes(1, back) == [.fill, .activateBack, .multiply])
    #expect(codes(2, back).filter { $0 == .multiply }.count == 2)
    // Targets and loss are nobody's.
    #expect(codes(nil, back).contains(.squaredError))
  }

  @Test func `layers without a rule are named, all of them, and timed by autograd`() throws {
    let network = try Network("mixed", input: [6]) {
      DenseLayer(5, nonlinearity: .logSoftmax)
      DenseLayer(4)
      ParametricRectifierLayer()
      DenseLayer(3, nonlinearity: .softmax)
    }
    let trainer = try trainer(network)
    let profile = try StepProfiler(trainer, rounds: 2).profile()
    let refused = profile.layers.filter { $0.planRefusal != nil }
    #expect(refused.map(\.type) == ["DenseLayer", "ParametricRectifierLayer"])
    #expect(refused.first?.name == "dense1")
    #expect(refused.first?.planRefusal?.contains("logSoftmax") == true)
    #expect(profile.planRefusal?.contains("dense1") == true && profile.planBytes == nil)
    #expect(
      profile.layers.dropFirst().allSatisfy { $0.forwardSeconds > 0 && $0.backwardSeconds > 0 })
  }

  @Test func `plans that are switched off are the reason, not the layers`() throws {
    let profile = try StepProfiler(trainer(images(), planning: .off), rounds: 1).profile()
    #expect(profile.planRefusal == "plans are switched off")
    #expect(profile.layers.allSatisfy { $0.planRefusal == nil })
  }

  @Test func `noise has the shapes and the kinds of numbers that a network is trained on`() throws {
    let words = try Network("words") {
      InputLayer([nil, nil], name: "text")
      EmbeddingLayer(inputSize: 7, outputSize: 4)
      GRULayer(5, onlyReturnFinal: true)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let data = try TrainingData(
      noiseFor: words, count: 40, objective: .usual(for: words), length: 6)
    #expect(data.inputs.shape == [40, 6] && data.targets.shape == [40])
    let indices = data.inputs.values(as: Int64.self)
    #expect(indices.allSatisfy { (0..<7).contains($0) } && Set(indices).count == 7)
    #expect(Set(data.targets.values(as: Int64.self)) == [0, 1, 2])
    let masks = try Network("masks", input: [2, 3, 3]) {
      Conv2DLayer(1, filterSize: 1, nonlinearity: .sigmoid)
    }
    let other = try TrainingData(noiseFor: masks, count: 9, objective: .usual(for: masks))
    #expect(other.targets.shape == [9, 1, 3, 3])
    #expect(Set(other.targets.values(as: Float.self)) == [0, 1])
  }

  @Test func `the work of a recurrent layer is done at each step`() throws {
    let network = try Network("steps", input: [3, 4]) {
      GRULayer(2, onlyReturnFinal: true)
      DenseLayer(2, nonlinearity: .softmax)
    }
    let profile = try StepProfiler(trainer(network, batchSize: 2), rounds: 1).profile()
    // Three gates of 4 × 2 and 2 × 2 weights, 3 steps, 2 sequences, forward and for the weights.
    #expect(profile.layers[1].operations == Double(2 * 2 * 3 * (8 + 4) * 3 * 2))
  }

  @Test func `lengths that a network leaves open are those of the samples`() throws {
    let network = try Network("words") {
      InputLayer([nil, nil], name: "text")
      EmbeddingLayer(inputSize: 7, outputSize: 4)
      GRULayer(5, onlyReturnFinal: true)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let profile = try StepProfiler(trainer(network, batchSize: 2), rounds: 1).profile()
    // Two texts of 3 words, 4 numbers for each.
    #expect(profile.layers[1].outputBytes == 4 * 2 * 3 * 4)
    // Three gates of 4 × 5 and 5 × 5 weights, 3 steps, 2 texts; forward, for the weights, for the words.
    #expect(profile.layers[2].operations == Double(2 * 3 * 3 * (20 + 25) * 3 * 2))
  }

  @Test func `memory counts for the layer and the pass that uses it first`() throws {
    let network = try Network("memory", input: [6]) {
      DenseLayer(5, nonlinearity: .tanh)
      DenseLayer(4, nonlinearity: .linear)
    }
    let planned = try StepProfiler(trainer(network), rounds: 1).profile()
    #expect(planned.layers.map(\.forwardBytes) == [4 * 5 * 6, 4 * 5 * 5, 4 * 5 * 4])
    // Gradients of what is before and of the weights; nobody needs the input's.
    #expect(planned.layers.map(\.backwardBytes) == [0, 4 * (30 + 5), 4 * (5 * 5 + 20 + 4)])
    let plain = try StepProfiler(trainer(network, planning: .off), rounds: 1).profile()
    #expect(plain.layers.map(\.forwardBytes) == planned.layers.map(\.forwardBytes))
    // By autograd a layer's gradient is that of its own output.
    #expect(plain.layers.map(\.backwardBytes) == [0, 4 * (5 * 5 + 35), 4 * (5 * 4 + 24)])
  }

  @Test func `the limit is what is scarcer, arithmetic or memory`() {
    let machine = MachineLimits(planProductRate: 100, libraryProductRate: 50, copyRate: 10)
    #expect(machine.seconds(operations: 200, bytes: 10) == 2)
    #expect(machine.seconds(operations: 200, bytes: 100) == 10)
  }

  @Test func `the order of samples is that of the updates`() throws {
    let trainer = try trainer(images())
    let order = trainer.sampleOrder(epoch: 0)
    #expect(order.sorted() == Array(0..<20) && order != trainer.sampleOrder(epoch: 1))
  }
}
