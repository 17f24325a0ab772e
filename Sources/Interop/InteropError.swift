import Lasagne

/// Why a network cannot be written for another program or read from one, as one sentence.
public struct InteropError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What a person reads: which layer, node or file, what it is, what is needed, what to do.
  public let description: String

  /// An error from its sentence.
  public init(_ description: String) { self.description = description }

  /// An error of one layer: `conv1 (Conv2DLayer) cannot …`.
  init(_ node: NetworkNode, _ problem: String) {
    description = "\(node.name) (\(node.typeName)) \(problem)"
  }
}
