import ArgumentParser
import Foundation
import Lasagne
import LasagneEngine
import Synchronization
import Training

/// What a person's own executable adds to the command line `lasagne`.
///
/// ```swift
/// @main struct Lab: Laboratory {
///   static var models: [Network] { get throws { [try Zoo.lenet()] } }
///   static let layers: [any Layer.Type] = [Squash.self]
/// }
/// ```
/// Such an executable has every command of `lasagne`, and is the worker of its own sessions, so
/// that layers written in Swift train like all others.
public protocol Laboratory {
  /// Networks that can be named wherever a model is asked for; one that cannot be built ends the
  /// program with its sentence.
  static var models: [Network] { get throws }
  /// Layers that may stand in model files.
  static var layers: [any Layer.Type] { get }
  /// Commands that a session can be asked to carry out between two steps.
  static var commands: [CustomCommand] { get }
  /// Metrics that recipes may name: `metrics: [accuracy, sureness]`.
  static var metrics: [CustomMetric] { get }
  /// Code that recipes may have called while a session goes on: `callbacks: [stopAt]`.
  static var callbacks: [CustomCallback] { get }
}

extension Laboratory {
  /// No networks of its own.
  public static var models: [Network] { [] }
  /// No layers of its own.
  public static var layers: [any Layer.Type] { [] }
  /// No commands of its own.
  public static var commands: [CustomCommand] { [] }
  /// No metrics of its own.
  public static var metrics: [CustomMetric] { [] }
  /// No callbacks of its own.
  public static var callbacks: [CustomCallback] { [] }

  /// Runs the command line with the process's arguments and ends the process.
  public static func main() async {
    LayerRegistry.shared.register(layers)
    for metric in metrics where Metric.standardNames.contains(metric.name) {
      complain(
        "lasagne: The metric '\(metric.name)' of this program has the name of a standard one; give it "
          + "another.")
      exit(2)
    }
    CommandRegistry.shared.register(commands)
    MetricRegistry.shared.register(metrics)
    CallbackRegistry.shared.register(callbacks)
    do {
      let models = try Self.models
      LaboratoryContent.current.withLock { $0 = LaboratoryContent(models: models) }
    } catch {
      complain("lasagne: A network of this program cannot be built: \(error)")
      exit(2)
    }
    await RootCommand.runProcess()
  }
}

/// What the running laboratory brings along.
struct LaboratoryContent: Sendable {
  var models: [Network] = []

  static let current = Mutex(LaboratoryContent())

  /// The laboratory's network of this name.
  static func model(_ name: String) -> Network? {
    current.withLock { $0.models.first { $0.name == name } }
  }

  /// The names of the laboratory's networks.
  static var modelNames: [String] { current.withLock { $0.models.map(\.name) } }
}
