/// A name that Lasagne gives to a layer's version for one GPU library, read as the ordinary layer.
///
/// Such a version differs in the defaults of a few settings and has settings of its own; a file that is
/// written names the ordinary layer.
struct LayerVariant: Sendable {
  let type: any Layer.Type
  /// Settings whose default is another one here.
  var defaults: [ModelTree.Member] = []
  /// Settings that tell the library how to compute, which the output does not depend on.
  var ignored: Set<String> = []
  /// Why no ordinary layer can take its place, if none can.
  var obstacle: String?

  private static let unflipped = [ModelTree.Member(key: "flipFilters", value: .bool(false))]
  private static let batchLast =
    "works on arrays whose last axis is the batch, which no other layer does; use the ordinary layer, "
    + "with the batch first"

  private static func shuffle(_ axes: [Int]) -> LayerVariant {
    let pattern = ModelTree.list(axes.map { .int($0) })
    return LayerVariant(
      type: DimshuffleLayer.self, defaults: [.init(key: "pattern", value: pattern)])
  }

  /// The variants by name: Lasagne's modules corrmm, cuda_convnet and dnn.
  static let all: [String: LayerVariant] = [
    "Conv2DMMLayer": .init(type: Conv2DLayer.self, defaults: unflipped),
    "Conv2DCCLayer": .init(
      type: Conv2DLayer.self, defaults: unflipped, ignored: ["partialSum", "dimshuffle"]),
    "MaxPool2DCCLayer": .init(
      type: MaxPool2DLayer.self, defaults: [.init(key: "ignoreBorder", value: .bool(false))],
      ignored: ["dimshuffle"]),
    "ShuffleBC01ToC01BLayer": shuffle([1, 2, 3, 0]),
    "ShuffleC01BToBC01Layer": shuffle([3, 0, 1, 2]),
    "NINLayer_c01b": .init(type: NINLayer.self, obstacle: batchLast),
    "Conv2DDNNLayer": .init(type: Conv2DLayer.self, defaults: unflipped),
    "Conv3DDNNLayer": .init(type: Conv3DLayer.self, defaults: unflipped),
    "Pool2DDNNLayer": .init(type: Pool2DLayer.self),
    "MaxPool2DDNNLayer": .init(type: MaxPool2DLayer.self),
    "Pool3DDNNLayer": .init(type: Pool3DLayer.self),
    "MaxPool3DDNNLayer": .init(type: MaxPool3DLayer.self),
    "SpatialPyramidPoolingDNNLayer": .init(type: SpatialPyramidPoolingLayer.self),
    "BatchNormDNNLayer": .init(type: BatchNormLayer.self),
  ]

  /// The settings of the ordinary layer that those of the variant come to.
  func settings(_ given: [ModelTree.Member]) throws(NetworkError) -> [ModelTree.Member] {
    if let obstacle { throw NetworkError("\(obstacle).") }
    // cuda-convnet computes with the batch last; told not to shuffle axes, it expects them that way.
    if ignored.contains("dimshuffle"),
      given.contains(where: { $0.key == "dimshuffle" && $0.value == .bool(false) })
    {
      throw NetworkError("with dimshuffle false \(Self.batchLast), and leave dimshuffle out.")
    }
    let kept = given.filter { !ignored.contains($0.key) }
    return kept + defaults.filter { member in !kept.contains { $0.key == member.key } }
  }
}
