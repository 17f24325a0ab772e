/// A layer with its place in a network, as the builder collects it.
public struct NetworkPart {
  /// How a layer is made once the shapes of what it reads are known.
  typealias Make = ([Shape]) throws(NetworkError) -> any Layer

  /// A layer, or where the layers after it connect.
  enum Content {
    case layer(Make)
    case fork(ForkStep)
  }

  let content: Content
  let namePrefix: String
  /// Whether it begins a branch instead of reading the part before it.
  let isSource: Bool
  var name: String?
  /// A name made from that of the last layer without a suffix: `conv1` + `_bn`.
  var nameSuffix: String?
  /// What it reads; nil: the layer before.
  var incomings: [String]?

  /// A layer that reads the one before it.
  public init(_ layer: any Layer) {
    content = .layer { (_) throws(NetworkError) in layer }
    namePrefix = type(of: layer).namePrefix
    isSource = type(of: layer).incomingCount.upperBound == 0
    name = layer.name
  }

  /// A layer whose settings depend on the shapes of what it reads.
  init(
    prefix: String, name: String? = nil,
    make: @escaping Make
  ) {
    content = .layer(make)
    self.name = name
    namePrefix = prefix
    isSource = false
  }

  /// A step of a fork, which is no layer.
  init(_ step: ForkStep) {
    content = .fork(step)
    namePrefix = ""
    isSource = false
  }

  /// The same part under a name of one's own.
  public func named(_ name: String) -> NetworkPart {
    var copy = self
    copy.name = name
    return copy
  }

  /// The same part reading the layers with the given names instead of the one before it.
  public func reading(_ names: String...) -> NetworkPart { reading(names) }

  /// The same part reading the layers with the given names instead of the one before it.
  public func reading(_ names: [String]) -> NetworkPart {
    var copy = self
    copy.incomings = names
    return copy
  }

  /// The same part with a name made from the last unsuffixed layer's: `conv1` + `_bn`.
  func suffixed(_ suffix: String) -> NetworkPart {
    var copy = self
    copy.nameSuffix = suffix
    return copy
  }
}

extension Layer {
  /// This layer reading the layers with the given names instead of the one before it.
  public func reading(_ names: String...) -> NetworkPart { NetworkPart(self).reading(names) }

  /// This layer reading the layers with the given names instead of the one before it.
  public func reading(_ names: [String]) -> NetworkPart { NetworkPart(self).reading(names) }
}

extension Layer {
  /// This layer reading an input layer of its own with the given shape, the batch included.
  ///
  /// What Lasagne calls a free-floating layer: one made from a shape instead of from another layer.
  public func reading(shape: Shape) -> [NetworkPart] {
    [NetworkPart(InputLayer(shape)), NetworkPart(self)]
  }
}

extension [NetworkPart] {
  /// The same parts, the first of them (of a ``merge(_:_:)`` the layer that joins) under a name of one's
  /// own.
  public func named(_ name: String) -> [NetworkPart] {
    guard let first, let last else { return self }
    if case .fork = first.content { return dropLast() + [last.named(name)] }
    return [first.named(name)] + dropFirst()
  }

  /// The same parts, the first of them reading the layers with the given names.
  public func reading(_ names: String...) -> [NetworkPart] {
    guard let first else { return self }
    return [first.reading(names)] + dropFirst()
  }
}
