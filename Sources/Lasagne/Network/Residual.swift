/// A block of layers whose output is added to what its first layer reads.
///
/// He et al., Deep Residual Learning for Image Recognition, 2015.
///
/// ```swift
/// for _ in 0..<3 {
///   Residual(nonlinearity: .rectify) {
///     batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same))
///     batchNorm(Conv2DLayer(16, filterSize: 3, pad: .same, nonlinearity: .linear))
///   }
/// }
/// ```
/// Where the block changes the shape, layers of its own bring the shortcut to the same:
/// `Residual { … } shortcut: { Conv2DLayer(32, filterSize: 1, stride: 2) }`; or the shortcut is the
/// output of another layer: `Residual(adding: "stem") { … }`. In the network, and in a model file, it
/// is the layers of the block, those of the shortcut, an `ElemwiseSumLayer` and, if there is one, a
/// `NonlinearityLayer`.
public struct Residual {
  let parts: [NetworkPart]

  /// A block whose output is added to what its first layer reads.
  ///
  /// - Parameters:
  ///   - nonlinearity: What is applied to the sum; nil: nothing.
  ///   - name: The name of the block's last layer: the sum, or its nonlinearity.
  ///   - body: The layers of the block.
  public init(
    nonlinearity: Nonlinearity? = nil, name: String? = nil,
    @NetworkBuilder _ body: () throws -> [NetworkPart]
  ) rethrows {
    parts = Self.parts(body: try body(), shortcut: .layers([]), nonlinearity, name)
  }

  /// A block with layers between what its first layer reads and the sum.
  public init(
    nonlinearity: Nonlinearity? = nil, name: String? = nil,
    @NetworkBuilder _ body: () throws -> [NetworkPart],
    @NetworkBuilder shortcut: () throws -> [NetworkPart]
  ) rethrows {
    parts = Self.parts(
      body: try body(), shortcut: .layers(try shortcut()), nonlinearity, name)
  }

  /// A block whose output is added to that of the layer with the given name.
  public init(
    adding shortcut: String, nonlinearity: Nonlinearity? = nil, name: String? = nil,
    @NetworkBuilder _ body: () throws -> [NetworkPart]
  ) rethrows {
    parts = Self.parts(body: try body(), shortcut: .layer(shortcut), nonlinearity, name)
  }

  /// The same block reading the layer with the given name instead of the one before it.
  public func reading(_ name: String) -> Residual {
    var parts = parts
    if !parts.isEmpty { parts[0].incomings = [name] }
    return Residual(parts: parts)
  }

  private init(parts: [NetworkPart]) { self.parts = parts }

  private enum Shortcut {
    case layers([NetworkPart])
    case layer(String)
  }

  private static func parts(
    body: [NetworkPart], shortcut: Shortcut, _ nonlinearity: Nonlinearity?, _ name: String?
  ) -> [NetworkPart] {
    func refused(_ problem: String) -> [NetworkPart] {
      [
        NetworkPart(prefix: "residual", name: name) { _ throws(NetworkError) in
          throw NetworkError(problem)
        }
      ]
    }
    guard let first = body.first else {
      return refused("is a residual block without layers; put some into it.")
    }
    let readCount = first.isSource ? 0 : first.incomings?.count ?? 1
    guard readCount == 1 else {
      return refused(
        "is a residual block whose first layer reads \(readCount) layers; let it read one, from which "
          + "the shortcut starts.")
    }
    let way =
      switch shortcut {
      case .layers(let layers): layers
      case .layer(let layer): [NetworkPart(.begins).reading(layer)]
      }
    var parts = [NetworkPart].forked([body, way])
    // What the block's first layer reads is what the shortcut begins at.
    parts[0].incomings = first.incomings
    parts.append(
      NetworkPart(prefix: ElemwiseSumLayer.namePrefix) { shapes throws(NetworkError) in
        try sumLayer(shapes)
      })
    if let nonlinearity { parts.append(NetworkPart(NonlinearityLayer(nonlinearity))) }
    parts[parts.count - 1].name = name
    return parts
  }

  /// The sum, if the block's output and its shortcut can be added.
  private static func sumLayer(_ shapes: [Shape]) throws(NetworkError) -> any Layer {
    guard shapes.count == 2, shapes[0].agrees(with: shapes[1]) else {
      throw NetworkError(
        "ends a residual block whose output is \(shapes[0].text), but whose shortcut is "
          + "\(shapes.last?.text ?? "missing"); make them agree, or bring the shortcut to that shape: "
          + "Residual { … } shortcut: { … }.")
    }
    return ElemwiseSumLayer()
  }
}
