import Lasagne

/// When a metric counts as no longer getting better, and what the learning rate is multiplied with
/// then.
///
/// It is looked at after every epoch.
public struct Plateau: Equatable, Hashable, Sendable {
  /// The key of the metric, such as `valid/loss`.
  public var metric: String
  /// Which way is better; `nil` goes by the name of the metric.
  public var goal: MetricGoal?
  /// What the learning rate is multiplied with each time.
  public var factor: Double
  /// Epochs without getting better that are waited for.
  public var patience: Int
  /// The share of the best value by which a better one must differ.
  public var threshold: Double
  /// Epochs after a change in which nothing is counted.
  public var cooldown: Int
  /// What the factors together never fall below.
  public var least: Double

  /// A plateau from its parts.
  public init(
    metric: String = "valid/loss", goal: MetricGoal? = nil, factor: Double = 0.1,
    patience: Int = 10, threshold: Double = 1e-4, cooldown: Int = 0, least: Double = 0
  ) {
    self.metric = metric
    self.goal = goal
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.least = least
  }
}

/// Which way a metric gets better.
public enum MetricGoal: String, Codable, CaseIterable, Equatable, Hashable, Sendable {
  case lower
  case higher

  /// Losses, penalties, perplexities and errors are better low, all others high; metrics of one's own
  /// as they were registered.
  public static func usual(for metric: String) -> MetricGoal {
    let own = metric.split(separator: "/").last.flatMap { MetricRegistry.shared.metric(String($0)) }
    if let goal = own?.goal { return goal }
    let name = metric.lowercased()
    let costs = ["loss", "penalty", "perplexity", "error"]
    return costs.contains { name.hasSuffix($0) } ? .lower : .higher
  }

  /// Whether a value is better than the best so far by at least a difference.
  func isBetter(_ value: Double, than best: Double, by difference: Double) -> Bool {
    switch self {
    case .lower: value < best - difference
    case .higher: value > best + difference
    }
  }
}

extension Plateau {
  /// The arguments behind the name `plateau`.
  init(_ named: NamedArguments) throws {
    try named.checkArguments(
      "metric", "goal", "factor", "patience", "threshold", "cooldown", "least")
    let usual = Plateau()
    func count(_ argument: String, _ fallback: Int) throws -> Int {
      let number = try named.value(argument, default: fallback)
      guard number >= 0 else {
        throw named.failure("The \(argument) of 'plateau' must not be negative, got \(number).")
      }
      return number
    }
    var goal: MetricGoal?
    if let name: String = try named.value("goal") {
      goal = MetricGoal(rawValue: name)
      guard goal != nil else {
        throw named.failure("The goal of 'plateau' must be lower or higher, got '\(name)'.")
      }
    }
    let factor = try named.positive("factor", default: usual.factor)
    guard factor < 1 else {
      throw named.failure("The factor of 'plateau' must be above 0 and below 1, got \(factor).")
    }
    self.init(
      metric: try named.value("metric", default: usual.metric), goal: goal, factor: factor,
      patience: try count("patience", usual.patience),
      threshold: try named.notNegative("threshold", default: usual.threshold),
      cooldown: try count("cooldown", usual.cooldown),
      least: try named.notNegative("least", default: usual.least))
  }

  /// Writes the arguments that differ from their default behind a name.
  func write(_ name: String, to encoder: any Encoder) throws {
    let usual = Plateau()
    guard self != usual else { return try NamedArgumentsWriter.write(name, to: encoder) }
    var writer = NamedArgumentsWriter(name, to: encoder)
    if metric != usual.metric { try writer.argument("metric", metric) }
    if let goal { try writer.argument("goal", goal) }
    if factor != usual.factor { try writer.argument("factor", factor) }
    if patience != usual.patience { try writer.argument("patience", patience) }
    if threshold != usual.threshold { try writer.argument("threshold", threshold) }
    if cooldown != usual.cooldown { try writer.argument("cooldown", cooldown) }
    if least != usual.least { try writer.argument("least", least) }
  }
}

/// What a plateau has seen so far; part of a checkpoint.
struct PlateauState: Codable, Equatable, Sendable {
  /// What the learning rate is multiplied with.
  var factor = 1.0
  private var best: Double?
  private var badEpochs = 0
  private var cooldown = 0

  /// Takes the metric of one more epoch.
  mutating func take(_ value: Double, _ plateau: Plateau) {
    let goal = plateau.goal ?? .usual(for: plateau.metric)
    let isBetter =
      best.map { goal.isBetter(value, than: $0, by: plateau.threshold * abs($0)) } ?? true
    if isBetter, value.isFinite {
      best = value
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if cooldown > 0 {
      cooldown -= 1
      badEpochs = 0
    }
    guard badEpochs > plateau.patience else { return }
    cooldown = plateau.cooldown
    badEpochs = 0
    factor = max(factor * plateau.factor, min(plateau.least, factor))
  }
}
