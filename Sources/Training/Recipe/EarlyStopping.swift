import Lasagne

/// When a run ends before its epochs are over: once a metric has not got better for a while.
public struct EarlyStopping: Equatable, Sendable {
  /// The key of the metric, looked at after every epoch.
  public var metric: String
  /// Which way is better; `nil` goes by the name of the metric.
  public var goal: MetricGoal?
  /// Epochs without getting better that are waited for.
  public var patience: Int
  /// By how much a better value must differ from the best.
  public var minimumChange: Double
  /// Whether the weights of the best epoch come back at the end.
  public var restoresBest: Bool

  /// An early end from its parts.
  public init(
    metric: String = "valid/loss", goal: MetricGoal? = nil, patience: Int = 10,
    minimumChange: Double = 0, restoresBest: Bool = true
  ) {
    self.metric = metric
    self.goal = goal
    self.patience = patience
    self.minimumChange = minimumChange
    self.restoresBest = restoresBest
  }
}

extension EarlyStopping: FieldedValue {
  static var kind: String { "earlyStopping" }
  static var usual: EarlyStopping { EarlyStopping() }

  /// Reads the fields; those that are left out keep their usual value.
  public init(from decoder: any Decoder) throws { try self.init(fieldsFrom: decoder) }

  /// Writes every field.
  public func encode(to encoder: any Encoder) throws { try encodeFields(to: encoder) }

  mutating func visitFields(_ visitor: some FieldVisitor) throws {
    try visitor.visit("metric", &metric)
    try visitor.visit("goal", &goal)
    try visitor.visit("patience", &patience)
    try visitor.visit("minimumChange", &minimumChange)
    try visitor.visit("restoresBest", &restoresBest)
  }

  func validate() throws(TrainingError) {
    try require(patience >= 0, "patience", patience, "at least 0")
    try require(
      minimumChange.isFinite && minimumChange >= 0, "minimumChange", minimumChange,
      "a number that is not negative")
  }
}

/// The best value of a metric so far, and how long ago it was; part of a checkpoint.
struct BestSoFar: Codable, Equatable, Sendable {
  private(set) var value: Double?
  /// The epoch (counted from 1) of the best value.
  private(set) var epoch = 0
  /// The updates that were done then.
  private(set) var step = 0
  /// Epochs since then.
  private(set) var waited = 0

  /// Takes the value of one more epoch.
  ///
  /// - Returns: Whether it is the best so far.
  mutating func take(
    _ new: Double, goal: MetricGoal, minimumChange: Double = 0, epoch: Int, step: Int
  ) -> Bool {
    let isBetter = value.map { goal.isBetter(new, than: $0, by: minimumChange) } ?? true
    guard isBetter, new.isFinite else {
      waited += 1
      return false
    }
    value = new
    self.epoch = epoch
    self.step = step
    waited = 0
    return true
  }
}
