import Tensors

/// Winner takes all: in each group of neighbouring features, all but the greatest become zero.
public struct FeatureWTALayer: DescribedLayer {
  /// The layer's name in its network; nil lets the network choose.
  public var name: String?
  /// The number of features in a group.
  public var poolSize: Int
  /// The axis of the features.
  public var axis: Int

  /// A layer with groups of a size.
  public init(_ poolSize: Int, axis: Int = 1, name: String? = nil) {
    self.name = name
    self.poolSize = poolSize
    self.axis = axis
  }

  /// The layer with every default.
  public init() { self.init(0) }

  /// The model-file keys in the order they are written.
  public static var settings: [LayerSetting<FeatureWTALayer>] {
    [.required("poolSize", \.poolSize), .optional("axis", \.axis)]
  }

  /// What automatic names begin with.
  public static var namePrefix: String { "featureWTA" }
  /// What sets it apart in a few words.
  public var detail: String { "the greatest of \(poolSize) features" }

  /// The shape of the output; throws where the input or a setting does not fit.
  public func outputShape(for inputs: [Shape]) throws(NetworkError) -> Shape {
    let axis = try [axis].normalized(rank: inputs[0].count, "axis")[0]
    _ = try featureGroups(inputs[0][axis], poolSize)
    return inputs[0]
  }

  /// The output for the given inputs.
  public func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    let input = inputs[0]
    let axis = axis < 0 ? axis + input.rank : axis
    let groups = try input.grouped(axis: axis, size: poolSize)
    // argmax takes one winner where several are equal, as Lasagne does.
    let winner = try groups.detached().argmax(axis: axis + 1).unsqueezed(axis: axis + 1)
    let places = try Tensor.arange(poolSize, device: input.device).reshaped(
      (0...input.rank).map { $0 == axis + 1 ? poolSize : 1 })
    let mask = try winner.equal(places).converted(to: input.dataType)
    return try (groups * mask).reshaped(input.shape)
  }
}
