import Tensors

/// Why a network cannot be built, read or run, as one sentence.
public struct NetworkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The layer it is about, if it is about one.
  public var layer: String?
  /// What a person reads: which layer, what it got, what it needs, what to do.
  public let description: String

  /// An error that concerns the network as a whole, or a layer that does not know its name.
  ///
  /// A layer words its own errors as what follows its name: `needs 4 axes, got [?, 10]; …`. The network
  /// puts the name and the type in front.
  public init(_ description: String) {
    self.description = description
  }

  /// An error of one layer: `conv1 (Conv2DLayer) needs …`.
  public init(layer: String, type: String? = nil, _ problem: String) {
    self.layer = layer
    description = type.map { "\(layer) (\($0)) \(problem)" } ?? "\(layer) \(problem)"
  }

  /// The same error with the layer's name and type in front, unless it has a layer already.
  func located(at layer: String, type: String) -> NetworkError {
    self.layer == nil ? NetworkError(layer: layer, type: type, description) : self
  }

  /// What a tensor operation refused, as an error of the layer that asked for it.
  init(layer: String, type: String, _ error: TensorError) {
    self.init(layer: layer, type: type, "could not compute its output: \(error)")
  }
}
