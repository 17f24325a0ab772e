/// A layer with its place in a network, as the builder collects it.
public struct NetworkPart {
  /// How the layer is made once the shapes of what it reads are known.
  let make: ([Shape]) throws(NetworkError) -> any Layer
  let namePrefix: String
  /// Whether it begins a branch instead of reading the part before it.
  let isSource: Bool
  var name: String?
  /// A name made from that of the last layer without a suffix: `conv1` + `_bn`.
  var nameSuffix: String?
  /// What it reads; nil: the layer before.
  var incomings: [String]?
  /// What it is to the residual blocks around it, the outer ones first.
  var blockMarks: [BlockMark] = []

  /// A layer that reads the one before it.
  public init(_ layer: any Layer) {
    make = { (_) throws(NetworkError) in layer }
    namePrefix = type(of: layer).namePrefix
    isSource = type(of: layer).incomingCount.upperBound == 0
    name = layer.name
  }

  /// A layer whose settings depend on the shapes of what it reads.
  init(
    prefix: String, name: String? = nil,
    make: @escaping ([Shape]) throws(NetworkError) -> any Layer
  ) {
    self.make = make
    self.name = name
    namePrefix = prefix
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
  /// The same parts, the first of them under a name of one's own.
  public func named(_ name: String) -> [NetworkPart] {
    guard let first else { return self }
    return [first.named(name)] + dropFirst()
  }

  /// The same parts, the first of them reading the layers with the given names.
  public func reading(_ names: String...) -> [NetworkPart] {
    guard let first else { return self }
    return [first.reading(names)] + dropFirst()
  }
}

/// Collects layers written one below the other, with `if` and `for` between them.
@resultBuilder
public enum NetworkBuilder {
  /// A layer.
  public static func buildExpression(_ layer: any Layer) -> [NetworkPart] { [NetworkPart(layer)] }
  /// A layer with its place.
  public static func buildExpression(_ part: NetworkPart) -> [NetworkPart] { [part] }
  /// A residual block.
  public static func buildExpression(_ block: Residual) -> [NetworkPart] { block.parts }
  /// Several layers made by a function.
  public static func buildExpression(_ parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// Layers one below the other.
  public static func buildBlock(_ parts: [NetworkPart]...) -> [NetworkPart] { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ parts: [NetworkPart]?) -> [NetworkPart] { parts ?? [] }
  /// The first branch of an `if`.
  public static func buildEither(first parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// The second branch of an `if`.
  public static func buildEither(second parts: [NetworkPart]) -> [NetworkPart] { parts }
  /// A `for` loop.
  public static func buildArray(_ parts: [[NetworkPart]]) -> [NetworkPart] { parts.flatMap { $0 } }
}
