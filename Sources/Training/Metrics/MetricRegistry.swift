import Synchronization
import Tensors

/// A metric of a person's own, to be named in recipes.
///
/// ```swift
/// let sureness = CustomMetric("sureness", summary: "The highest probability of each sample.") {
///   predictions, _ in try predictions.max(axes: [1])
/// }
/// ```
public struct CustomMetric: Sendable {
  /// Predictions and targets of a batch, as the objective gets them, to one number a sample.
  public typealias Body = @Sendable (Tensor, Tensor) throws -> Tensor

  /// The name in recipes, and behind the part of the data in the keys of what is measured.
  public let name: String
  /// What it measures, as one sentence.
  public let summary: String
  /// Which way it gets better; `nil` goes by its name.
  public let goal: MetricGoal?
  let body: Body

  /// Names what is measured; its value is the mean over the samples.
  public init(
    _ name: String, summary: String = "", goal: MetricGoal? = nil, _ body: @escaping Body
  ) {
    self.name = name
    self.summary = summary
    self.goal = goal
    self.body = body
  }
}

/// The metrics of one's own that recipes may name.
///
/// ```swift
/// MetricRegistry.shared.register("absoluteError") { predictions, targets throws(TensorError) in
///   try (predictions - targets).absolute().mean(axes: [1])
/// }
/// ```
public final class MetricRegistry: Sendable {
  /// Predictions and targets of a batch, as the objective gets them, to one number a sample.
  public typealias Body = CustomMetric.Body

  /// The registry of this process.
  public static let shared = MetricRegistry()

  private let metrics = Mutex<[String: CustomMetric]>([:])

  /// Adds a metric; one of the same name is replaced.
  ///
  /// Its value is the mean over the samples.
  public func register(_ name: String, _ body: @escaping Body) {
    register([CustomMetric(name, body)])
  }

  /// Adds metrics; a later one of the same name takes the place of an earlier one.
  public func register(_ new: [CustomMetric]) {
    metrics.withLock { metrics in
      for metric in new { metrics[metric.name] = metric }
    }
  }

  /// The metric of this name.
  func metric(_ name: String) -> CustomMetric? { metrics.withLock { $0[name] } }

  /// Every name that was registered, sorted.
  public var names: [String] { metrics.withLock { $0.keys.sorted() } }
}
