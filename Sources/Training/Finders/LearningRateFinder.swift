import Datasets
import Foundation
import Lasagne
import Tensors

/// A short trial run with a rising learning rate, to see between which rates a network learns.
///
/// Smith, Cyclical learning rates for training neural networks, 2017. It works on a copy of the
/// weights; nothing of the trial stays.
public struct LearningRateFinder: Sendable {
  /// A rate and the loss under it.
  public struct Point: Codable, Equatable, Sendable {
    /// The learning rate.
    public let learningRate: Double
    /// The running mean of the loss before the updates up to this one.
    public let loss: Double
  }

  /// What the trial gave.
  public struct Result: Codable, Equatable, Sendable {
    /// Rates in rising order, up to where the loss ran away.
    public let points: [Point]
    /// The rate under which the loss fell fastest; `nil` where it never fell.
    public let suggestion: Double?
  }

  /// How much of a loss the running mean keeps at each update.
  private static let smoothing = 0.9
  /// The trial ends when the loss is this many times the best.
  private static let limit = 4.0

  /// The first rate.
  public var lowest: Double
  /// The last rate.
  public var highest: Double
  /// The updates of the trial; each has its rate, in equal steps of its logarithm.
  public var steps: Int

  /// A trial from a rate that is too low to one that is too high.
  public init(lowest: Double = 1e-7, highest: Double = 10, steps: Int = 100) {
    self.lowest = lowest
    self.highest = highest
    self.steps = steps
  }

  /// Makes the trial by a recipe, but for its learning rate and schedule.
  ///
  /// - Parameter weights: Where it starts from; they stay as they are. `nil` draws them by the
  ///   recipe's seed.
  /// - Throws: `TrainingError` where recipe, data and network do not go together.
  public func find(
    network: Network, weights: Weights? = nil, data: TrainingData, recipe: Recipe,
    device: Device = .cpu
  ) throws -> Result {
    guard lowest > 0, lowest < highest, highest.isFinite, steps >= 2 else {
      throw TrainingError(
        .recipe,
        "A trial takes at least 2 steps from a lowest rate above 0 to a higher one, got \(steps) "
          + "steps from \(lowest) to \(highest).")
    }
    let trial = try Trial(
      network: network, weights: weights, data: data, recipe: recipe, device: device)
    var points: [Point] = []
    var mean = 0.0
    var best = Double.infinity
    for number in 0..<steps {
      let rate = lowest * pow(highest / lowest, Double(number) / Double(steps - 1))
      guard let loss = try trial.step(number, learningRate: rate) else { break }
      mean = Self.smoothing * mean + (1 - Self.smoothing) * loss
      let smooth = mean / (1 - pow(Self.smoothing, Double(number + 1)))
      points.append(Point(learningRate: rate, loss: smooth))
      best = min(best, smooth)
      if smooth > Self.limit * best { break }
    }
    return Result(points: points, suggestion: Self.steepest(points))
  }

  /// The rate in whose neighbourhood the loss falls fastest with the logarithm of the rate, before
  /// the lowest loss.
  static func steepest(_ points: [Point]) -> Double? {
    guard let end = points.indices.min(by: { points[$0].loss < points[$1].loss }), end >= 2 else {
      return nil
    }
    let falls = (1..<end).map { points[$0 - 1].loss - points[$0 + 1].loss }
    guard let largest = falls.indices.max(by: { falls[$0] < falls[$1] }), falls[largest] > 0 else {
      return nil
    }
    return points[largest + 1].learningRate
  }
}

/// Updates of a copy of the weights, made as a session makes them, of which nothing stays.
struct Trial {
  private let update: TrainingStep
  private let planner: StepPlanner
  private let store: SampleStore
  private let indices: [Int]
  private let recipe: Recipe
  private let device: Device

  init(
    network: Network, weights: Weights?, data: TrainingData, recipe: Recipe, device: Device
  ) throws {
    try recipe.validate()
    let first = try weights ?? Weights(initializing: network, seed: recipe.seed, device: device)
    let copy = try withoutGradients { () throws in
      try Weights(
        first.tensors.map { try $0.detached().copied() }, for: network)
    }
    let parts = try DataParts(data: data, network: network, recipe: recipe, device: device)
    let function = try LossFunction(network, recipe)
    update = try TrainingStep(
      function: function, weights: copy, stateArrays: [:], device: device)
    planner = try StepPlanner(
      function: function, weights: copy, state: update.state, store: parts.training,
      device: device,
      planning: StepPlanning(environment: ProcessInfo.processInfo.environment))
    store = parts.training
    indices = parts.trainingIndices
    self.recipe = recipe
    self.device = device
  }

  /// The number of samples there are.
  var sampleCount: Int { indices.count }

  /// One update on the next samples; its loss, or `nil` if it was not finite.
  func step(_ number: Int, learningRate: Double) throws -> Double? {
    let count = min(recipe.samplesPerUpdate, indices.count)
    let perEpoch = max(1, indices.count / count)
    let order = BatchOrder(
      seed: DerivedSeed.seed(recipe.seed, for: .order), indices: indices,
      batchSize: recipe.batchSize
    ).indices(epoch: number / perEpoch)
    let start = (number % perEpoch) * count
    let planned = try planner.step(
      store, order[start..<(start + count)], epoch: number / perEpoch, recipe: recipe,
      learningRate: learningRate, number: number, isWatched: false)
    if let planned { return planned.totals.meanLoss }
    let outcome = try update(
      order[start..<(start + count)], of: store, epoch: number / perEpoch, recipe: recipe,
      learningRate: learningRate, number: number, isWatched: false)
    guard case .done(let result) = outcome else { return nil }
    return result.totals.meanLoss
  }

  /// Waits until all that was asked of the device is done.
  func synchronize() throws { try Backend.synchronize(device) }
}
