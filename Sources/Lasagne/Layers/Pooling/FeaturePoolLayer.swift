import Tensors

/// Pools groups of neighbouring features (maxout).
public struct FeaturePoolLayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of features in a group.
  public var poolSize: Int
  /// The axis of the features.
  public var axis: Int
  /// What is made of a group.
  public var poolFunction: PoolFunction

  /// A layer with groups of a size.
  public init(
    _ poolSize: Int, axis: Int = 1, poolFunction: PoolFunction = .max, name: String? = nil
  ) {
    self.name = name
    self.poolSize = poolSize
    self.axis = axis
    self.poolFunction = poolFunction
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<FeaturePoolLayer>] {
    [
      .required("poolSize", \.poolSize), .optional("axis", \.axis),
      .optional("poolFunction", \.poolFunction),
    ]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "featurePool" }
  /// What sets it apart in a few words.
  public var detail: String { "\(poolFunction.rawValue) of \(poolSize) features" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    var shape = inputs[0]
    let axis = try [axis].normalized(rank: shape.count, "axis")[0]
    shape[axis] = try groups(of: shape[axis])
    return shape
  }

  private func groups(of features: Int?) throws(NetworkError) -> Int? {
    try featureGroups(features, poolSize)
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let axis = axis < 0 ? axis + inputs[0].rank : axis
    return try poolFunction(inputs[0].grouped(axis: axis, size: poolSize), axes: [axis + 1])
  }
}

/// The number of groups of features; throws where the size does not divide them.
func featureGroups(_ features: Int?, _ size: Int) throws(NetworkError) -> Int? {
  guard size > 0 else { throw NetworkError("needs a poolSize of at least 1, got \(size).") }
  guard let features else { return nil }
  guard features.isMultiple(of: size) else {
    throw NetworkError(
      "needs a number of features that is a multiple of its poolSize \(size), got \(features).")
  }
  return features / size
}

extension Tensor {
  /// The axis split in two: groups, and the members of each.
  func grouped(axis: Int, size: Int) throws(TensorError) -> Tensor {
    var split = shape
    split.replaceSubrange(axis...axis, with: [shape[axis] / size, size])
    return try reshaped(split)
  }
}
