import Tensors

/// In training, sets each number to zero with probability `p`; otherwise passes it on.
public struct DropoutLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The probability that a number is dropped.
  public var p: Double
  /// Whether what stays is divided by `1 - p`, so that the expected sum stays.
  public var rescale: Bool
  /// Axes along which a number is dropped for all places or none.
  public var sharedAxes: Axes

  /// A layer that drops half of the numbers unless told otherwise.
  public init(
    p: Double = 0.5, rescale: Bool = true, sharedAxes: Axes = [], name: String? = nil
  ) {
    self.name = name
    self.p = p
    self.rescale = rescale
    self.sharedAxes = sharedAxes
  }

  /// The layer with every default.
  public init() { self.init(p: 0.5) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<DropoutLayer>] {
    [
      .optional("p", \.p), .optional("rescale", \.rescale), .optional("sharedAxes", \.sharedAxes),
    ]
  }

  /// What sets it apart in a few words.
  public var detail: String { "p \(p)" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    guard (0...1).contains(p) else {
      throw NetworkError("needs a probability p from 0 to 1, got \(p).")
    }
    _ = try sharedAxes.resolved(rank: inputs[0].count, auto: [], words: [], "sharedAxes")
    return inputs[0]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    guard !context.isDeterministic, p > 0 else { return input }
    let kept = 1 - p
    let mask = try Tensor.bernoulli(
      input.shape.sharing(sharedAxes), probability: kept, generator: context.generator(),
      dataType: input.dataType, device: input.device)
    return try input * (rescale && kept > 0 ? mask * (1 / kept) : mask)
  }
}

extension [Int] {
  /// The shape with a length of 1 on the given axes.
  func sharing(_ axes: Axes) -> [Int] {
    guard case .axes(let axes) = axes else { return self }
    var shape = self
    for axis in axes { shape[axis < 0 ? axis + count : axis] = 1 }
    return shape
  }
}

/// Dropout of whole channels: a channel of an example is dropped at all positions or none.
public func dropoutChannels(
  p: Double = 0.5, rescale: Bool = true, name: String? = nil
) -> NetworkPart {
  NetworkPart(prefix: DropoutLayer.namePrefix, name: name) { shapes throws(NetworkError) in
    guard let rank = shapes.first?.count, rank >= 2 else {
      throw NetworkError("drops channels and needs an input of at least 2 axes (batch, channels).")
    }
    return DropoutLayer(p: p, rescale: rescale, sharedAxes: .axes(Array(2..<rank)))
  }
}

/// Dropout of whole positions: a position of an example is dropped in all channels or none.
public func dropoutLocations(
  p: Double = 0.5, rescale: Bool = true, name: String? = nil
) -> DropoutLayer {
  DropoutLayer(p: p, rescale: rescale, sharedAxes: 1, name: name)
}
