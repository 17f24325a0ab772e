import Lasagne
import Records

/// What is measured beside loss and accuracy, on the validation samples after every epoch and on the
/// test samples at the end.
public enum Metric: Equatable, Hashable, Sendable {
  /// The share of samples that were classified correctly, which is measured in any case where the
  /// objective knows right and wrong; so that a list of metrics may name it.
  case accuracy
  /// The share of samples whose class is among the k highest predictions; key `top5Accuracy`.
  case topKAccuracy(k: Int = 5)
  /// Of what was taken for a class, the share that was it; the mean over all classes.
  ///
  /// `perClass` adds a value for each class: `precision/0`. A class nothing was taken for counts 0.
  case precision(perClass: Bool = false)
  /// Of what was a class, the share that was taken for it; the mean over all classes.
  case recall(perClass: Bool = false)
  /// The harmonic mean of precision and recall of each class; the mean over all classes.
  case f1(perClass: Bool = false)
  /// How often each class was taken for each, as an image: right classes in rows, predictions in
  /// columns.
  case confusion
  /// The exponential of the mean cross-entropy.
  case perplexity
  /// A metric of one's own, by the name it has in the `MetricRegistry`.
  case custom(String)
}

extension Metric {
  /// The names of the metrics that need no registration.
  public static let standardNames = [
    "accuracy", "topKAccuracy", "precision", "recall", "f1", "confusion", "perplexity",
  ]

  /// The name without arguments.
  public var name: String {
    switch self {
    case .accuracy: "accuracy"
    case .topKAccuracy: "topKAccuracy"
    case .precision: "precision"
    case .recall: "recall"
    case .f1: "f1"
    case .confusion: "confusion"
    case .perplexity: "perplexity"
    case .custom(let name): name
    }
  }

  /// The key under which its one number is reported, without the part of the data; `nil` for images
  /// and for what is reported in any case.
  var key: String? {
    switch self {
    case .topKAccuracy(let k): "top\(k)Accuracy"
    case .confusion, .accuracy: nil
    default: name
    }
  }

  /// Whether right and wrong predictions are counted for it, class by class.
  var countsClasses: Bool {
    switch self {
    case .precision, .recall, .f1, .confusion: true
    case .accuracy, .topKAccuracy, .perplexity, .custom: false
    }
  }

  /// Whether each class is reported too.
  var isPerClass: Bool {
    switch self {
    case .precision(let perClass), .recall(let perClass), .f1(let perClass): perClass
    case .accuracy, .topKAccuracy, .confusion, .perplexity, .custom: false
    }
  }
}

extension Metric {
  /// Refuses a metric that this program does not know.
  func validate() throws(TrainingError) {
    guard case .custom(let name) = self, MetricRegistry.shared.metric(name) == nil else { return }
    throw TrainingError(
      .recipe,
      .notBroughtAlong(
        "metric", name, standard: Self.standardNames, among: MetricRegistry.shared.names))
  }
}

extension Metric: Codable {
  /// Reads a name, or a name with arguments like `{topKAccuracy: {k: 3}}`.
  ///
  /// A name that is none of the standard ones is that of a metric of one's own, also where this
  /// program does not have it: the recipe of a session can be read by all.
  public init(from decoder: any Decoder) throws {
    if case .string(let name)? = try? JSONValue(from: decoder), !Self.standardNames.contains(name) {
      self = .custom(name)
      return
    }
    let known = Self.standardNames + MetricRegistry.shared.names
    let named = try NamedArguments("metric", known: known, from: decoder)
    switch named.name {
    case "topKAccuracy":
      try named.checkArguments("k")
      let k = try named.value("k", default: 5)
      guard k >= 1 else {
        throw named.failure("The k of 'topKAccuracy' must be at least 1, got \(k).")
      }
      self = .topKAccuracy(k: k)
    case "precision", "recall", "f1":
      try named.checkArguments("perClass")
      let perClass = try named.value("perClass", default: false)
      self =
        switch named.name {
        case "precision": .precision(perClass: perClass)
        case "recall": .recall(perClass: perClass)
        default: .f1(perClass: perClass)
        }
    default:
      try named.checkArguments()
      self =
        switch named.name {
        case "accuracy": .accuracy
        case "confusion": .confusion
        case "perplexity": .perplexity
        default: .custom(named.name)
        }
    }
  }

  /// Writes the name, with the arguments that differ from their default.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .topKAccuracy(let k) where k != 5:
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("k", k)
    case .precision(true), .recall(true), .f1(true):
      var writer = NamedArgumentsWriter(name, to: encoder)
      try writer.argument("perClass", true)
    default:
      try NamedArgumentsWriter.write(name, to: encoder)
    }
  }
}
