/// What a parameter is for; penalties and updates choose by it.
public enum ParameterTag: String, Codable, Hashable, Sendable, CaseIterable {
  /// Training changes it by gradient.
  case trainable
  /// Penalties on weights apply to it.
  case regularizable
  /// A running average of batch normalization.
  case batchNormStatistic = "batch_norm_stat"
}

/// A parameter as a layer declares it.
public struct ParameterSpec: Equatable, Sendable {
  /// The name within the layer, as in Lasagne: `W`, `b`, `inv_std`.
  public var name: String
  /// The length of each axis.
  public var shape: [Int]
  /// Where its first values come from.
  public var source: ParameterSource
  /// What it is for.
  public var tags: Set<ParameterTag>
  /// The full name (`inner.W`) of a parameter of a network inside the layer; nil: `layer.name`.
  ///
  /// Where another parameter has that name already, it is called `layer.name` all the same.
  var innerName: String?

  /// A parameter from its parts; trainable and regularizable unless told otherwise.
  public init(
    _ name: String, shape: [Int], source: ParameterSource,
    tags: Set<ParameterTag> = [.trainable, .regularizable]
  ) {
    self.name = name
    self.shape = shape
    self.source = source
    self.tags = tags
  }

  /// A parameter that starts from an initializer.
  public init(
    _ name: String, shape: [Int], initializer: Initializer,
    tags: Set<ParameterTag> = [.trainable, .regularizable]
  ) {
    self.init(name, shape: shape, source: .initializer(initializer), tags: tags)
  }
}

extension ParameterSpec {
  /// A parameter of one of the networks inside a layer; `network` says which.
  init(_ inner: NetworkParameter, of network: String) {
    self.init(
      "\(network).\(inner.fullName)", shape: inner.shape, initializer: inner.initializer,
      tags: inner.tags)
    innerName = inner.fullName
  }

  /// The name in the whole network, unless it is taken.
  func fullName(in layer: String) -> String { innerName ?? "\(layer).\(name)" }
}

/// A parameter as the network holds it.
public struct NetworkParameter: Equatable, Sendable {
  /// The full name: `conv1.W`.
  public let fullName: String
  /// The layer that owns it.
  public let layer: String
  /// The layers that use it, in the network's order: its owner and those it is shared with.
  public internal(set) var users: [String]
  /// The length of each axis.
  public let shape: [Int]
  /// What it is for.
  public let tags: Set<ParameterTag>
  /// Where its first values come from.
  public let initializer: Initializer

  /// The number of entries.
  public var count: Int { shape.reduce(1, *) }
  /// Whether training changes it by gradient.
  public var isTrainable: Bool { tags.contains(.trainable) }
  /// Whether penalties on weights apply to it.
  public var isRegularizable: Bool { tags.contains(.regularizable) }
}
