import Datasets
import Lasagne
import Records
import Storage
import Training

/// What to look for: a model, data, a recipe, and the fields that are tried with several values.
///
/// ```swift
/// let search = Search(
///   "rates", model: "zoo:lenet", data: "digits", recipe: ["epochs": .number(27)],
///   space: [
///     "learningRate": .logarithmic(1e-4...1e-1), "units": .choice([.number(64), .number(256)]),
///   ],
///   method: .random(trials: 27, seed: 1), halving: SuccessiveHalving())
/// try await engine.search(search)
/// ```
public struct Search: Codable, Equatable, Sendable {
  /// The name: that of its folder, and the beginning of its sessions' names.
  public var name: String
  /// A model of the workspace, or a network of the zoo (`zoo:lenet`).
  public var model: String
  /// The name of a data set in the workspace.
  public var data: String
  /// The fields of the recipe that all sessions have in common.
  public var recipe: JSONValue
  /// What is tried: fields of the recipe (`learningRate`, `update.adam.beta1`, `momentum`), arguments
  /// of a network of the zoo (`units`), settings of layers (`dense1.numUnits`).
  public var space: [String: SearchValues]
  /// Which of all combinations are tried.
  public var method: SearchMethod
  /// Which of them are given up early; `nil` trains all to the end.
  public var halving: SuccessiveHalving?
  /// The key of the metric that decides.
  public var metric: String
  /// Which way it gets better; `nil` goes by its name.
  public var goal: MetricGoal?
  /// The weights to start from, `name` or `name@version`.
  public var startParams: String?
  /// `cpu` or `cuda:0`.
  public var device: String
  /// CPU threads of each session; they decide bits, so they stay as they are.
  public var threads: Int
  /// Who begins first of those that wait, larger first; `nil` counts as 0.
  public var priority: Int?

  /// The most sessions of one search.
  public static let largestTrialCount = 10_000

  /// Makes a search from its parts.
  public init(
    _ name: String, model: String, data: String, recipe: [String: JSONValue] = [:],
    space: [String: SearchValues], method: SearchMethod = .grid,
    halving: SuccessiveHalving? = nil, metric: String = "valid/loss", goal: MetricGoal? = nil,
    startParams: String? = nil, device: String = "cpu", threads: Int = 1, priority: Int? = nil
  ) {
    self.name = name
    self.model = model
    self.data = data
    self.recipe = .object(recipe)
    self.space = space
    self.method = method
    self.halving = halving
    self.metric = metric
    self.goal = goal
    self.startParams = startParams
    self.device = device
    self.threads = threads
    self.priority = priority
  }

  /// Which way the metric gets better.
  var direction: MetricGoal { goal ?? MetricGoal.usual(for: metric) }

  /// Whether a value of the metric is better than another.
  func isBetter(_ value: Double, than other: Double) -> Bool {
    direction == .lower ? value < other : value > other
  }
}

/// Which combinations of values a search tries.
public enum SearchMethod: Codable, Equatable, Sendable {
  /// All of them, each once.
  case grid
  /// So many by chance, no two alike; a pure function of the seed.
  ///
  /// Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012.
  case random(trials: Int, seed: UInt64)
}

/// Trains all a little, and only the better part further.
///
/// Jamieson and Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization,
/// 2016. After `firstEpochs` epochs, and after each `reduction` times as many, one in `reduction`
/// goes on.
public struct SuccessiveHalving: Codable, Equatable, Sendable {
  /// The epochs after which the first ones are given up.
  public var firstEpochs: Int
  /// One in so many goes on each time.
  public var reduction: Int

  /// Makes the rule from its parts.
  public init(firstEpochs: Int = 1, reduction: Int = 3) {
    self.firstEpochs = firstEpochs
    self.reduction = reduction
  }

  /// The epochs after which sessions wait for each other, in a recipe of so many.
  public func rungs(epochs: Int) -> [Int] {
    guard firstEpochs >= 1, reduction >= 2 else { return [] }
    var rungs: [Int] = []
    var next = firstEpochs
    while next < epochs {
      rungs.append(next)
      let (product, isTooLarge) = next.multipliedReportingOverflow(by: reduction)
      if isTooLarge { break }
      next = product
    }
    return rungs
  }

  /// How many of so many go on.
  func survivorCount(of count: Int) -> Int { max(1, count / reduction) }
}

extension Search {
  /// The values of each session, in order.
  ///
  /// - Throws: `EngineError` for a space with nothing in it, or with more than can be tried.
  public func trials() throws(EngineError) -> [[String: JSONValue]] {
    guard !space.isEmpty else {
      throw EngineError(
        .invalid, "The search has nothing to try; give a field with values, like learningRate.")
    }
    let fields = space.sorted { $0.key < $1.key }
    for (field, values) in fields { try values.check(field) }
    return switch method {
    case .grid: try Self.grid(fields)
    case .random(let count, let seed): try Self.random(fields, count, seed)
    }
  }

  private typealias Field = (key: String, value: SearchValues)

  /// The last field changes fastest.
  private static func grid(_ fields: [Field]) throws(EngineError) -> [[String: JSONValue]] {
    var trials: [[String: JSONValue]] = [[:]]
    for (field, values) in fields {
      guard let all = values.listed else {
        throw EngineError(
          .invalid,
          "A grid needs the values of '\(field)' one by one; give the range a number of points, or "
            + "search at random.")
      }
      guard trials.count * all.count <= largestTrialCount else {
        throw EngineError(
          .invalid,
          "The grid has more than \(largestTrialCount) combinations; try fewer values, or search at "
            + "random.")
      }
      trials = trials.flatMap { trial in
        all.map { trial.merging([field: $0]) { $1 } }
      }
    }
    return trials
  }

  private static func random(
    _ fields: [Field], _ count: Int, _ seed: UInt64
  ) throws(EngineError) -> [[String: JSONValue]] {
    guard (1...largestTrialCount).contains(count) else {
      throw EngineError(
        .invalid,
        "The search is to draw \(count) trials; it must be 1 to \(largestTrialCount).")
    }
    var possible: Int? = 1
    for (_, values) in fields {
      possible = possible.flatMap { product in
        values.count.map { product.multipliedReportingOverflow(by: $0) }
          .flatMap { $0.overflow ? nil : $0.partialValue }
      }
    }
    if let possible, possible < count {
      throw EngineError(
        .invalid,
        "The search is to draw \(count) different trials, but there are only \(possible); draw "
          + "fewer, or try all as a grid.")
    }
    var trials: [[String: JSONValue]] = []
    var seen: Set<[String: JSONValue]> = []
    var stream: UInt64 = 0
    while trials.count < count {
      guard stream < UInt64(count) * 1000 + 10_000 else {
        throw EngineError(
          .invalid,
          "The search found only \(trials.count) of \(count) different trials; draw fewer, or widen "
            + "its ranges.")
      }
      var generator = SplitMix64(seed: seed, stream: stream)
      stream += 1
      var trial: [String: JSONValue] = [:]
      for (field, values) in fields { trial[field] = values.draw(&generator) }
      if seen.insert(trial).inserted { trials.append(trial) }
    }
    return trials
  }
}
