import Lasagne
import Tensors
import Testing

@testable import Training

/// Every rewrite of a plan can be switched off, with the same result up to rounding.
struct PlanRewriteTests {
  /// Small networks with something for each rewrite.
  enum Small: String, CaseIterable, Sendable {
    case dense, wide, lenet, residual, inception, strided, recurrent, attention

    func network() throws -> Network {
      switch self {
      case .dense: try Fixture.mlp()
      case .wide: try Fixture.wide()
      case .lenet:
        try Network("net", input: [1, 6, 6]) {
          Conv2DLayer(8, filterSize: 3)
          MaxPool2DLayer(2)
          DropoutLayer(p: 0.25)
          Conv2DLayer(20, filterSize: 2, nonlinearity: .tanh)
          DenseLayer(12)
          DropoutLayer(p: 0.5)
          DenseLayer(3, nonlinearity: .softmax)
        }
      case .residual:
        try Network("net", input: [1, 6, 6]) {
          batchNorm(Conv2DLayer(16, filterSize: 3, pad: .full))
          Residual(nonlinearity: .rectify) {
            batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same))
            batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same, nonlinearity: .linear))
          }
          GlobalPoolLayer()
          DenseLayer(3, nonlinearity: .softmax)
        }
      case .inception:
        try Network("net", input: [1, 6, 6]) {
          Conv2DLayer(6, filterSize: 3, pad: .same, name: "stem")
          Conv2DLayer(4, filterSize: 1, nonlinearity: .elu, name: "left").reading("stem")
          Conv2DLayer(5, filterSize: 3, pad: .same, name: "right").reading("stem")
          ConcatLayer(name: "both").reading("left", "right")
          MaxPool2DLayer(2)
          Conv2DLayer(40, filterSize: 2)
          Pool2DLayer(2, mode: .averageIncPad)
          DenseLayer(3, nonlinearity: .softmax)
        }
      case .strided:
        try Network("net", input: [1, 6, 6]) {
          Conv2DLayer(5, filterSize: [3, 2], stride: [1, 2], pad: [1, 0], flipFilters: false)
          Conv2DLayer(17, filterSize: [4, 2], pad: .full, nonlinearity: .gelu)
          MaxPool2DLayer(3, stride: 1)
          DenseLayer(3, nonlinearity: .softmax)
        }
      case .recurrent:
        try Network("net", input: [6, 6]) {
          GRULayer(7)
          LSTMLayer(5, onlyReturnFinal: true)
          DenseLayer(3, nonlinearity: .softmax)
        }
      case .attention:
        // Patches of an image as a sequence, as vision transformers have it.
        try Network("net", input: [1, 6, 6]) {
          Conv2DLayer(8, filterSize: 2, stride: 2, nonlinearity: .gelu)
          ReshapeLayer([.inputAxis(0), .inputAxis(1), -1])
          DimshuffleLayer([0, 2, 1])
          Residual {
            LayerNormLayer()
            MultiHeadAttentionLayer(2, causal: true, dropout: 0.1)
          }
          DenseLayer(9, numLeadingAxes: 2)
          DropoutLayer(p: 0.2)
          DenseLayer(3, nonlinearity: .softmax)
        }
      }
    }
  }

  /// 40 samples in batches of 14: the last share of a batch and the last batch are smaller.
  private static func trained(
    _ small: Small, _ planning: StepPlanning, threads: Int = 1
  ) throws -> (script: Script, weights: [String: HostArray]) {
    let before = Backend.threadCount
    defer { Backend.setThreadCount(before) }
    Backend.setThreadCount(threads)
    var recipe = Fixture.recipe(learningRate: 0.01)
    recipe.batchSize = 14
    let data = try small == .dense ? Fixture.blobs(count: 60) : Fixture.images()
    let script = Script()
    let trainer = try Trainer(
      network: try small.network(), data: data, recipe: recipe, planning: planning)
    try script.run(trainer)
    #expect((trainer.planRefusal == nil) == planning.isOn)
    return (script, try trainer.checkpoint().weights)
  }

  @Test(arguments: Small.allCases, ["off"] + StepPlanning.rewrites.map { "-" + $0.name })
  func `without one rewrite, losses and weights are the same`(small: Small, word: String) throws {
    let planning = try StepPlanning(environment: ["LASAGNE_PLAN": word])
    #expect(planning != StepPlanning())
    let (all, weights) = try Self.trained(small, StepPlanning())
    let (without, others) = try Self.trained(small, planning)
    let (losses, expected) = (all.values("train/loss"), without.values("train/loss"))
    #expect(losses.count == expected.count && losses.count > 2)
    for (a, b) in zip(losses, expected) { #expect(abs(a - b) <= 1e-3 * (1 + abs(b))) }
    #expect(weights.keys.sorted() == others.keys.sorted())
    for (name, other) in others {
      let numbers = weights[name]?.values(as: Double.self) ?? []
      let worst = zip(numbers, other.values(as: Double.self))
        .map { abs($0 - $1) / (1 + abs($1)) }.max()
      #expect(worst ?? 1 <= 1e-3, "\(name)")
    }
  }

  @Test(arguments: Small.allCases)
  func `threads change no bit`(small: Small) throws {
    let one = try Self.trained(small, StepPlanning()).weights
    for threads in [2, 3] {
      #expect(try Self.trained(small, StepPlanning(), threads: threads).weights == one)
    }
  }

  @Test func `every rewrite has a name of its own, and a switch`() throws {
    let names = StepPlanning.rewrites.map(\.name)
    #expect(Set(names).count == names.count)
    for (name, setting) in StepPlanning.rewrites {
      #expect(StepPlanning()[keyPath: setting])
      let without = try StepPlanning(environment: ["LASAGNE_PLAN": "-" + name])
      #expect(!without[keyPath: setting] && without.isOn)
    }
  }

  @Test(arguments: StepPlanning.rewrites.map(\.name))
  func `every switch changes the plan of a network`(name: String) throws {
    func plan(_ small: Small, _ planning: StepPlanning) throws -> ([PlanOperation], Int) {
      let data = try small == .dense ? Fixture.blobs(count: 60) : Fixture.images()
      let trainer = try Trainer(
        network: try small.network(), data: data, recipe: Fixture.recipe(), planning: planning)
      let compiler = trainer.planner.compiler
      let builder = try compiler.built(rows: 14)
      let (blocks, layout) = compiler.arranged(builder)
      return (blocks?.operations ?? builder.operations, layout.total)
    }
    let without = try StepPlanning(environment: ["LASAGNE_PLAN": "-" + name])
    let changed = try Small.allCases.filter { try plan($0, StepPlanning()) != plan($0, without) }
    #expect(!changed.isEmpty)
  }

  @Test func `blocks keep what lies between operations out of the memory of a plan`() throws {
    let network = try Network("net", input: [1, 28, 28]) {
      Conv2DLayer(8, filterSize: 5)
      MaxPool2DLayer(2)
      Conv2DLayer(8, filterSize: 5)
      MaxPool2DLayer(2)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let recipe = Recipe(batchSize: 64, epochs: 1, validationFraction: 0)
    let data = try TrainingData(
      noiseFor: network, count: 64, objective: recipe.objective, length: 3)
    let trainer = try Trainer(
      network: network, data: data, recipe: recipe, planning: StepPlanning())
    let builder = try trainer.planner.compiler.built(rows: 64)
    let (_, whole) = builder.arranged(worksInBlocks: false)
    let (arranged, layout) = builder.arranged(worksInBlocks: true)
    let blocks = try #require(arranged)
    // The first convolution's result: 8 images of 24×24 for each sample.
    let large = 64 * 8 * 24 * 24
    #expect(whole.total > large)
    #expect(layout.total + blocks.threadMemory < large)
    #expect(blocks.operations.count { $0.code == .shares } == 2)
    // Every operation is there, in a run or not.
    for operation in builder.operations {
      #expect(blocks.operations.contains { $0.code == operation.code })
    }
    let (_, apart) = builder.arranged(worksInBlocks: false, reusesMemory: false)
    #expect(apart.total > whole.total)
  }
}
