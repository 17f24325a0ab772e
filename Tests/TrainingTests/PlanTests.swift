import Lasagne
import Tensors
import Testing

@testable import Training

/// Planned steps against those that libtorch's autograd makes.
struct PlanTests {
  /// Trains twice, with and without plans, and expects the same losses and weights.
  static func compare(
    _ network: Network, _ data: TrainingData, _ recipe: Recipe,
    planning: StepPlanning = StepPlanning(), from weights: () throws -> Weights? = { nil },
    within tolerance: Double = 2e-4, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    func run(_ planning: StepPlanning) throws -> (Script, Trainer) {
      let script = Script()
      let trainer = try Trainer(
        network: network, weights: weights(), data: data, recipe: recipe, planning: planning)
      try script.run(trainer)
      return (script, trainer)
    }
    let (planned, plannedTrainer) = try run(planning)
    let (plain, plainTrainer) = try run(.off)
    #expect(plannedTrainer.planRefusal == nil, sourceLocation: sourceLocation)
    #expect(plainTrainer.planRefusal == "plans are switched off", sourceLocation: sourceLocation)
    for key in ["train/loss", "train/penalty", "train/accuracy", "valid/loss"] {
      let (ours, theirs) = (planned.values(key), plain.values(key))
      #expect(ours.count == theirs.count, sourceLocation: sourceLocation)
      for (step, (a, b)) in zip(ours, theirs).enumerated() {
        #expect(
          abs(a - b) <= tolerance * (1 + abs(b)), "\(key), step \(step)",
          sourceLocation: sourceLocation)
      }
    }
    #expect(!planned.values("train/loss").isEmpty, sourceLocation: sourceLocation)
    TrainingTests.expectSame(
      try plannedTrainer.checkpoint(), try plainTrainer.checkpoint(), within: tolerance,
      sourceLocation)
  }

  @Test(
    arguments: [
      .sgd, .momentum(), .nesterovMomentum(), .adagrad(), .rmsprop(), .adadelta(), .adam(),
      .adamax(), .amsgrad(),
    ] as [UpdateRule])
  func `every update rule gives what it gives without a plan`(rule: UpdateRule) throws {
    let recipe = Fixture.recipe(update: rule, learningRate: rule == .adadelta() ? 1 : 0.02)
    try Self.compare(try Fixture.mlp(), try Fixture.blobs(count: 120), recipe)
  }

  @Test func `penalties, a limit of the norm and a schedule give what they give without a plan`()
    throws
  {
    var recipe = Fixture.recipe(update: .adam(), learningRate: 0.02)
    (recipe.l1, recipe.l2) = (0.002, 0.01)
    recipe.totalNormConstraint = 0.5
    recipe.schedule = .cosine
    try Self.compare(try Fixture.mlp(), try Fixture.blobs(count: 120), recipe)
  }

  @Test(
    arguments: [
      .linear, .rectify, .leakyRectify, .veryLeakyRectify, .sigmoid, .tanh,
      .scaledTanh(scaleIn: 0.5, scaleOut: 2.4), .elu, .selu, .softplus, .gelu, .silu, .softmax,
    ] as [Nonlinearity])
  func `every nonlinearity gives what it gives without a plan`(nonlinearity: Nonlinearity) throws {
    let network = try Network("net", input: [4]) {
      DenseLayer(9, nonlinearity: nonlinearity)
      DenseLayer(7, b: nil)
      NonlinearityLayer(nonlinearity)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try Self.compare(network, try Fixture.blobs(count: 60), Fixture.recipe(epochs: 2))
  }

  @Test func `convolution, batch normalization, pooling and dropout do`() throws {
    try Self.compare(try Fixture.convolutional(), try Fixture.images(), Fixture.recipe())
  }

  @Test func `convolutions with strides, borders and unflipped filters do`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(5, filterSize: [3, 2], pad: [1, 0], b: nil, nonlinearity: .tanh)
      Conv2DLayer(20, filterSize: 3, stride: [2, 1], pad: .same, flipFilters: false)
      DropoutLayer(p: 0.2)
      Conv2DLayer(33, filterSize: 2, pad: .full, nonlinearity: .leakyRectify)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try Self.compare(network, try Fixture.images(), Fixture.recipe(learningRate: 0.01))
  }

  @Test func `overlapping and averaging regions do, with and without fused rectifiers`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(17, filterSize: 3, pad: .same)
      MaxPool2DLayer(3, stride: 1)
      Conv2DLayer(4, filterSize: 1, nonlinearity: .sigmoid)
      Pool2DLayer(2, mode: .averageIncPad)
      DenseLayer(3, nonlinearity: .softmax)
    }
    try Self.compare(network, try Fixture.images(), Fixture.recipe())
    var planning = StepPlanning()
    planning.fusesPooling = false
    try Self.compare(network, try Fixture.images(), Fixture.recipe(), planning: planning)
  }

  @Test func `sums of branches, shared weights and global pooling do`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      batchNorm(Conv2DLayer(8, filterSize: 3, pad: .same, name: "stem"))
      batchNorm(Conv2DLayer(8, filterSize: 3, pad: .same, name: "left"))
      Conv2DLayer(8, filterSize: 3, pad: .same, nonlinearity: .linear, name: "right")
      Conv2DLayer(
        8, filterSize: 3, pad: .same, W: .shareWith("right.W"), b: nil, nonlinearity: .linear,
        name: "again")
      ElemwiseSumLayer(coeffs: [1, 0.5, 1], name: "sum")
        .reading("again", "left_bn_nonlin", "stem_bn_nonlin")
      NonlinearityLayer(.rectify)
      GlobalPoolLayer()
      DenseLayer(3, nonlinearity: .softmax)
    }
    try Self.compare(network, try Fixture.images(), Fixture.recipe(learningRate: 0.02))
  }

  @Test(arguments: [true, false])
  func `sums and rectifiers after a normalization do, in one pass with it or not`(fuses: Bool)
    throws
  {
    let network = try Network("net", input: [1, 6, 6]) {
      // Two of their images are wide enough, and have the channels, for the quickest loops.
      batchNorm(Conv2DLayer(16, filterSize: 3, pad: .full))
      Residual(nonlinearity: .rectify) {
        batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same))
        batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same, nonlinearity: .linear))
      }
      Residual(nonlinearity: .leakyRectify) {
        batchNorm(Conv2DLayer(5, filterSize: 3, stride: 2, pad: .same, nonlinearity: .linear))
      } shortcut: {
        batchNorm(Conv2DLayer(5, filterSize: 1, stride: 2, nonlinearity: .linear))
      }
      Residual(nonlinearity: .tanh) {
        batchNorm(Conv2DLayer(5, filterSize: 3, pad: .same, nonlinearity: .linear))
      }
      GlobalPoolLayer()
      DenseLayer(3, nonlinearity: .softmax)
    }
    var planning = StepPlanning()
    planning.fusesNormalization = fuses
    // Normalization makes what rounding does to weights whose gradient is nearly zero larger.
    try Self.compare(
      network, try Fixture.images(), Fixture.recipe(learningRate: 0.01), planning: planning,
      within: 1e-3)
  }

  @Test(arguments: [false, true], [false, true])
  func `recurrent layers do`(returnsFinal: Bool, goesBackwards: Bool) throws {
    for peepholes in [true, false] {
      let network = try Network("net", input: [6, 6]) {
        GRULayer(7, backwards: goesBackwards, learnInit: true)
        LSTMLayer(
          5, backwards: goesBackwards, learnInit: true, peepholes: peepholes,
          onlyReturnFinal: returnsFinal)
        DenseLayer(3, nonlinearity: .softmax)
      }
      try Self.compare(network, try Fixture.images(), Fixture.recipe(learningRate: 0.1))
    }
  }

  @Test func `concatenation of branches and dense layers over steps do`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(3, filterSize: 3, name: "left")
      Conv2DLayer(4, filterSize: 3, nonlinearity: .tanh, name: "right").reading("input")
      ConcatLayer(name: "both").reading("left", "right")
      NonlinearityLayer(.rectify)
      ReshapeLayer([.inputAxis(0), 7, -1])
      DenseLayer(5, numLeadingAxes: 2)
      DenseLayer(4, name: "a").reading("dense1")
      DenseLayer(6, name: "b").reading("dense1")
      ConcatLayer().reading("a", "b")
      DenseLayer(3, nonlinearity: .softmax)
    }
    try Self.compare(network, try Fixture.images(), Fixture.recipe(learningRate: 0.02))
  }

  @Test func `two threads give the bits of one`() throws {
    let network = try Network("net", input: [1, 6, 6]) {
      batchNorm(Conv2DLayer(16, filterSize: 3, pad: .full))
      Conv2DLayer(16, filterSize: 3, pad: .same)
      Conv2DLayer(24, filterSize: 3)
      MaxPool2DLayer(2)
      DenseLayer(600)
      DenseLayer(3, nonlinearity: .softmax)
    }
    func weights(threads: Int) throws -> [String: HostArray] {
      let before = Backend.threadCount
      defer { Backend.setThreadCount(before) }
      Backend.setThreadCount(threads)
      let trainer = try Trainer(
        network: network, data: try Fixture.images(), recipe: Fixture.recipe(epochs: 1),
        planning: StepPlanning())
      #expect(trainer.planRefusal == nil)
      try trainer.run { _ in }
      return try trainer.checkpoint().weights
    }
    #expect(try weights(threads: 2) == weights(threads: 1))
  }

  @Test func `objectives on rows of targets do`() throws {
    let blobs = try Fixture.blobs(count: 60)
    let labels = blobs.targets.values(as: Int64.self)
    let rows = labels.flatMap { label in (0..<3).map { Float($0 == Int(label) ? 1 : 0) } }
    let data = TrainingData(
      inputs: blobs.inputs, targets: try HostArray(rows, shape: [60, 3]))
    for (objective, nonlinearity) in [
      (.squaredError, .tanh), (.huberLoss(delta: 0.3), .linear), (.binaryCrossentropy, .sigmoid),
      (.categoricalCrossentropy, .softmax),
    ] as [(Objective, Nonlinearity)] {
      let network = try Network("net", input: [4]) {
        DenseLayer(8)
        DenseLayer(3, nonlinearity: nonlinearity)
      }
      var recipe = Fixture.recipe()
      recipe.objective = objective
      try Self.compare(network, data, recipe)
    }
  }

  @Test func `looking at the parameters changes nothing, and sees what it sees without a plan`()
    throws
  {
    let network = try Fixture.convolutional()
    func run(_ interval: Int, _ planning: StepPlanning) throws -> (Script, Checkpoint) {
      var recipe = Fixture.recipe()
      recipe.observeEverySteps = interval
      let script = Script()
      let trainer = try Trainer(
        network: network, data: try Fixture.images(), recipe: recipe, planning: planning)
      try script.run(trainer)
      return (script, try trainer.checkpoint())
    }
    let (watched, seen) = try run(1, StepPlanning())
    let (plain, _) = try run(1, .off)
    #expect(try run(0, StepPlanning()).1.weights == seen.weights)
    for parameter in ["conv1.W", "batchNorm1.gamma", "dense1.b"] {
      for figure in ["norm", "gradientNorm", "updateRatio"] {
        let (ours, theirs) = (
          watched.values("params/\(parameter)/\(figure)"),
          plain.values("params/\(parameter)/\(figure)")
        )
        #expect(!ours.isEmpty && ours.count == theirs.count)
        for (a, b) in zip(ours, theirs) { #expect(abs(a - b) <= 1e-3 * (1 + abs(b))) }
      }
    }
  }

  @Test func `what has no rule is refused with a sentence and trained all the same`() throws {
    let network = try Network("net", input: [4]) {
      GaussianNoiseLayer(sigma: 0.1)
      DenseLayer(3, nonlinearity: .softmax)
    }
    let trainer = try Trainer(
      network: network, data: try Fixture.blobs(count: 60), recipe: Fixture.recipe(epochs: 1),
      planning: StepPlanning())
    #expect(
      trainer.planRefusal == "the layer 'noise1' (GaussianNoiseLayer) has no plan rule")
    #expect(try trainer.run { _ in } == .finished)
    let applied = try Trainer(
      network: try Fixture.mlp(), data: try Fixture.blobs(count: 60),
      recipe: Fixture.recipe(update: .applyMomentum(to: .rmsprop()), learningRate: 0.01),
      planning: StepPlanning())
    #expect(applied.planRefusal == "the update rule applyMomentum has no plan rule")
    #expect(try applied.run { _ in } == .finished)
  }

  @Test func `planned runs and refused plans leave no tensor behind`() throws {
    let data = try Fixture.images()
    let refused = try Network("net", input: [1, 6, 6]) {
      Conv2DLayer(3, filterSize: 3)
      GaussianNoiseLayer()
      DenseLayer(3, nonlinearity: .softmax)
    }
    for network in [try Fixture.convolutional(), refused] {
      let before = Backend.liveTensorsOnThisThread
      try Trainer(
        network: network, data: data, recipe: Fixture.recipe(epochs: 1),
        planning: StepPlanning()
      ).run { _ in }
      #expect(Backend.liveTensorsOnThisThread == before)
    }
  }

  @Test func `a network with a fixed number of rows is planned`() throws {
    let network = try Network("net") {
      InputLayer([16, 4])
      DenseLayer(3, nonlinearity: .softmax)
    }
    var recipe = Fixture.recipe()
    recipe.dropLast = true
    recipe.validationFraction = 0
    var data = try Fixture.blobs(count: 64)
    (data.testInputs, data.testTargets) = (nil, nil)
    try Self.compare(network, data, recipe)
  }

  @Test func `a loss that is not a number ends a planned run with the weights as they were`() throws
  {
    var data = try Fixture.blobs(count: 60)
    var numbers = data.inputs.values(as: Float.self)
    numbers[0] = .nan
    data.inputs = try HostArray(numbers, shape: [60, 4])
    var recipe = Fixture.recipe(batchSize: 60)
    recipe.validationFraction = 0
    let trainer = try Trainer(
      network: try Fixture.mlp(), data: data, recipe: recipe, planning: StepPlanning())
    let before = try trainer.checkpoint().weights
    #expect(trainer.planRefusal == nil)
    #expect(
      sentence { try trainer.run { _ in } }.hasPrefix("The loss of step 1 is not a number;"))
    #expect(try trainer.checkpoint().weights == before)
  }
}
