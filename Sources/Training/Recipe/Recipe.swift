import Lasagne

/// Everything that decides how a network is trained, apart from the network, the weights it starts
/// from, the data and the device.
public struct Recipe: Equatable, Sendable {
  /// What is minimized: the mean of this objective over a batch, plus the penalties.
  public var objective: Objective
  /// What is minimized of each output, by the name of its layer: the weighted sum of their means takes
  /// the place of `objective`; `nil` for networks with one output.
  public var objectives: [String: OutputObjective]?
  /// How gradients change the weights.
  public var update: UpdateRule
  /// The step size of the update rule, before the schedule.
  public var learningRate: Double
  /// How the step size changes over the run.
  public var schedule: Schedule
  /// Samples in a batch: what goes through the network at once.
  public var batchSize: Int
  /// Batches whose gradients make one update, for batches that memory has no room for.
  ///
  /// An update by k batches is one by a batch of k times the size, but for batch statistics. Steps,
  /// reports and all else count updates; the last update of an epoch may have fewer batches.
  public var accumulationSteps: Int
  /// How often each training sample is used.
  public var epochs: Int
  /// Decides initial weights, the split, the order of samples and dropout; at most 2⁵³ - 1.
  public var seed: UInt64
  /// The share of each class's training samples held out for validation; 0 holds none out.
  ///
  /// Not used where the data has validation arrays of its own.
  public var validationFraction: Double
  /// Whether a last update with fewer samples than the others is left out of an epoch.
  public var dropLast: Bool
  /// The weight of the sum of absolute values of the regularizable parameters.
  public var l1: Double
  /// The weight of the sum of squares of the regularizable parameters.
  public var l2: Double
  /// Prices on chosen parameters, beside `l1` and `l2`.
  public var penalties: [PenaltyTerm]
  /// Limits on the norms of weights, kept after every update.
  public var normConstraints: [NormLimit]
  /// Each entry of each gradient is brought between ±this, before `totalNormConstraint`; `nil` for
  /// no limit.
  public var gradientClipping: Double?
  /// The largest norm of all gradients together, larger ones are scaled down; `nil` for no limit.
  public var totalNormConstraint: Double?
  /// Probabilities that take the place of those of the network's dropout layers; `nil` for none.
  public var dropout: DropoutChoice?
  /// What is measured beside loss and accuracy.
  public var metrics: [Metric]
  /// What inputs are multiplied with; `nil` for 1/256 with unsigned bytes and 1 with all others.
  public var inputScale: Double?
  /// What dense and convolutional layers compute in while training; evaluation is in float32.
  public var precision: Precision
  /// When the run ends before its epochs are over; `nil` for never.
  public var earlyStopping: EarlyStopping?
  /// The average of the weights that is kept beside them; `nil` for none.
  public var average: WeightAverage?
  /// What happens when a loss or a gradient is not finite.
  public var nonFinite: NonFinitePolicy
  /// Epochs between two checkpoints; 0 makes none but those that are asked for.
  public var checkpointEveryEpochs: Int
  /// Updates between two checkpoints within an epoch; 0 makes none.
  public var checkpointEverySteps: Int
  /// Minutes after which a checkpoint is made within an epoch; 0 makes none.
  public var checkpointEveryMinutes: Double
  /// How many of the newest checkpoints are kept; at least 2.
  public var keepCheckpoints: Int
  /// The metric whose best epoch has a checkpoint that is kept beside the newest; `nil` for none.
  public var bestCheckpointBy: String?
  /// Steps between two reports of the loss.
  public var reportEverySteps: Int
  /// Steps between two looks at the parameters; 0 never looks.
  public var observeEverySteps: Int
  /// Whether softmax and cross-entropy are computed as one function of the logits.
  public var fusesCrossEntropy: Bool
  /// How samples are changed before the network learns from them, in this order.
  public var augmentation: [Augmentation]
  /// Code of a Laboratory that is called with everything that happens.
  public var callbacks: [CallbackChoice]

  /// Makes a recipe; what is left out has the value most classifiers can start from.
  public init(
    objective: Objective = .categoricalCrossentropy,
    objectives: [String: OutputObjective]? = nil,
    update: UpdateRule = .nesterovMomentum(momentum: 0.9),
    learningRate: Double = 0.01,
    schedule: Schedule = .constant,
    batchSize: Int = 128,
    accumulationSteps: Int = 1,
    epochs: Int = 10,
    seed: UInt64 = 1,
    validationFraction: Double = 0.1,
    dropLast: Bool = false,
    l1: Double = 0,
    l2: Double = 0,
    penalties: [PenaltyTerm] = [],
    normConstraints: [NormLimit] = [],
    gradientClipping: Double? = nil,
    totalNormConstraint: Double? = nil,
    dropout: DropoutChoice? = nil,
    metrics: [Metric] = [],
    inputScale: Double? = nil,
    precision: Precision = .float32,
    earlyStopping: EarlyStopping? = nil,
    average: WeightAverage? = nil,
    nonFinite: NonFinitePolicy = .stop,
    checkpointEveryEpochs: Int = 1,
    checkpointEverySteps: Int = 0,
    checkpointEveryMinutes: Double = 0,
    keepCheckpoints: Int = 3,
    bestCheckpointBy: String? = nil,
    reportEverySteps: Int = 10,
    observeEverySteps: Int = 50,
    fusesCrossEntropy: Bool = true,
    augmentation: [Augmentation] = [],
    callbacks: [CallbackChoice] = []
  ) {
    self.objective = objective
    self.objectives = objectives
    self.update = update
    self.learningRate = learningRate
    self.schedule = schedule
    self.batchSize = batchSize
    self.accumulationSteps = accumulationSteps
    self.epochs = epochs
    self.seed = seed
    self.validationFraction = validationFraction
    self.dropLast = dropLast
    self.l1 = l1
    self.l2 = l2
    self.penalties = penalties
    self.normConstraints = normConstraints
    self.gradientClipping = gradientClipping
    self.totalNormConstraint = totalNormConstraint
    self.dropout = dropout
    self.metrics = metrics
    self.inputScale = inputScale
    self.precision = precision
    self.earlyStopping = earlyStopping
    self.average = average
    self.nonFinite = nonFinite
    self.checkpointEveryEpochs = checkpointEveryEpochs
    self.checkpointEverySteps = checkpointEverySteps
    self.checkpointEveryMinutes = checkpointEveryMinutes
    self.keepCheckpoints = keepCheckpoints
    self.bestCheckpointBy = bestCheckpointBy
    self.reportEverySteps = reportEverySteps
    self.observeEverySteps = observeEverySteps
    self.fusesCrossEntropy = fusesCrossEntropy
    self.augmentation = augmentation
    self.callbacks = callbacks
  }

  /// The largest seed: JSON readers keep whole numbers exact up to here.
  public static let largestSeed: UInt64 = (1 << 53) - 1

  /// The number of updates the recipe takes on so many training samples.
  public func totalSteps(trainingCount: Int) -> Int {
    epochs * stepsPerEpoch(trainingCount: trainingCount)
  }

  /// The number of updates in one epoch of so many training samples.
  public func stepsPerEpoch(trainingCount: Int) -> Int {
    let samples = samplesPerUpdate
    guard samples > 0 else { return 0 }
    return dropLast ? trainingCount / samples : (trainingCount + samples - 1) / samples
  }

  /// The samples one update learns from.
  public var samplesPerUpdate: Int { batchSize * accumulationSteps }
}
