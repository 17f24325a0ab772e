import Lasagne
import Tensors

/// Tries batch sizes, doubling them, to see which fit into memory and how fast they are.
///
/// It works on copies of the weights; nothing of the trials stays.
public struct BatchSizeFinder: Sendable {
  /// A batch size and its speed.
  public struct Point: Codable, Equatable, Sendable {
    /// Samples in a batch.
    public let batchSize: Int
    /// Training samples a second.
    public let samplesPerSecond: Double
  }

  /// What the trials gave.
  public struct Result: Codable, Equatable, Sendable {
    /// The sizes that fit, in rising order.
    public let points: [Point]
    /// Why no larger size was tried.
    public let limit: Limit
    /// The smallest size that is nearly as fast as the fastest.
    public let suggestion: Int
  }

  /// What ended the trials.
  public enum Limit: String, Codable, Equatable, Sendable {
    /// The next size did not fit into the device's memory.
    case memory
    /// There are not more samples.
    case samples
    /// The largest size that was asked for.
    case largest
  }

  /// The share of the fastest speed that is fast enough.
  private static let share = 0.9

  /// The first size.
  public var smallest: Int
  /// The last size.
  public var largest: Int
  /// Updates that are measured at each size, after one that is not.
  public var steps: Int

  /// Trials from a smallest to a largest size.
  public init(smallest: Int = 8, largest: Int = 4096, steps: Int = 3) {
    self.smallest = smallest
    self.largest = largest
    self.steps = steps
  }

  /// Makes the trials by a recipe, but for its batch size.
  ///
  /// A device that is out of memory ends them. A system without main memory left ends the process
  /// instead, so that `fits` is asked before.
  ///
  /// - Parameter fits: Whether a batch size is expected to fit into memory.
  /// - Throws: `TrainingError` where not even the smallest size fits.
  public func find(
    network: Network, weights: Weights? = nil, data: TrainingData, recipe: Recipe,
    device: Device = .cpu, fits: (Int) -> Bool = { _ in true }
  ) throws -> Result {
    guard smallest >= 1, smallest <= largest, steps >= 1 else {
      throw TrainingError(
        .recipe,
        "Trials take at least 1 step at sizes from 1 on, got \(steps) steps from \(smallest) to "
          + "\(largest).")
    }
    var points: [Point] = []
    var limit = Limit.largest
    var size = smallest
    while size <= largest {
      guard fits(size) else {
        limit = .memory
        break
      }
      var recipe = recipe
      recipe.batchSize = size
      recipe.accumulationSteps = 1
      let trial = try Trial(
        network: network, weights: weights, data: data, recipe: recipe, device: device)
      guard size <= trial.sampleCount else {
        limit = .samples
        break
      }
      do {
        points.append(Point(batchSize: size, samplesPerSecond: try speed(trial, recipe, size)))
      } catch let error where Self.isOutOfMemory(error) {
        limit = .memory
        break
      }
      size *= 2
    }
    guard let fastest = points.map(\.samplesPerSecond).max(),
      let suggestion = points.first(where: { $0.samplesPerSecond >= Self.share * fastest })
    else {
      throw TrainingError(
        .recipe,
        "Not even batches of \(smallest) samples can be trained: "
          + (limit == .memory ? "the memory is too small." : "there are fewer samples."))
    }
    return Result(points: points, limit: limit, suggestion: suggestion.batchSize)
  }

  private func speed(_ trial: Trial, _ recipe: Recipe, _ size: Int) throws -> Double {
    _ = try trial.step(0, learningRate: recipe.learningRate)
    try trial.synchronize()
    let start = ContinuousClock.now
    for number in 1...steps { _ = try trial.step(number, learningRate: recipe.learningRate) }
    try trial.synchronize()
    let seconds = (ContinuousClock.now - start).seconds
    return Double(size * steps) / max(seconds, 1e-9)
  }

  /// Whether an error of a tensor, or of a layer around it, tells of missing memory.
  static func isOutOfMemory(_ error: any Error) -> Bool {
    let text = "\(error)".lowercased()
    return text.contains("out of memory") || text.contains("can't allocate memory")
      || text.contains("not enough memory")
  }
}
