import Synchronization
import Tensors

/// The metrics of one's own that recipes may name.
///
/// ```swift
/// MetricRegistry.shared.register("absoluteError") { predictions, targets throws(TensorError) in
///   try (predictions - targets).absolute().mean(axes: [1])
/// }
/// ```
public final class MetricRegistry: Sendable {
  /// Predictions and targets of a batch, as the objective gets them, to one number a sample.
  public typealias Body = @Sendable (Tensor, Tensor) throws -> Tensor

  /// The registry of this process.
  public static let shared = MetricRegistry()

  private let bodies = Mutex<[String: Body]>([:])

  /// Adds a metric; one of the same name is replaced.
  ///
  /// Its value is the mean over the samples.
  public func register(_ name: String, _ body: @escaping Body) {
    bodies.withLock { $0[name] = body }
  }

  /// The metric of this name.
  func body(_ name: String) -> Body? { bodies.withLock { $0[name] } }

  /// Every name that was registered, sorted.
  public var names: [String] { bodies.withLock { $0.keys.sorted() } }
}
