import Lasagne

extension LayerExport {
  /// Adds the layer's nodes and gives the name of its output; throws where ONNX has no counterpart.
  func value() throws -> String {
    switch node.layer.base {
    case let layer as any ConvolutionLayer: return try convolution(layer)
    case let layer as any TransposedConvolutionLayer: return try transposed(layer)
    case let layer as any PoolingLayer: return try pooling(layer)
    case let layer as any UpscalingLayer: return try upscale(layer)
    case let layer as DenseLayer: return try dense(layer)
    case let layer as NINLayer: return try nin(layer)
    case let layer as DilatedConv2DLayer: return try dilated(layer)
    case let layer as LocallyConnected2DLayer: return try locallyConnected(layer)
    case let layer as EmbeddingLayer: return try embedding(layer)
    case let layer as BiasLayer: return try bias(layer)
    case let layer as ScaleLayer: return try scale(layer)
    case let layer as NonlinearityLayer: return try nonlinearity(layer)
    case let layer as ParametricRectifierLayer: return try parametricRectifier(layer)
    case let layer as RandomizedRectifierLayer: return try randomizedRectifier(layer)
    case let layer as BatchNormLayer: return try batchNorm(layer)
    case let layer as StandardizationLayer: return try standardization(layer)
    case let layer as LocalResponseNormalization2DLayer: return localResponse(layer)
    default: return try otherValue()
    }
  }

  private func otherValue() throws -> String {
    switch node.layer.base {
    case is DropoutLayer, is GaussianNoiseLayer, is StochasticDepthLayer: return x
    case let layer as GlobalPoolLayer: return try globalPool(layer)
    case let layer as FeaturePoolLayer: return try featurePool(layer)
    case let layer as FeatureWTALayer: return try winnerTakesAll(layer)
    case let layer as SpatialPyramidPoolingLayer: return try pyramid(layer)
    case let layer as FlattenLayer: return try flatten(layer)
    case let layer as ReshapeLayer: return try reshape(layer)
    case let layer as DimshuffleLayer: return try dimshuffle(layer)
    case let layer as PadLayer: return try pad(layer)
    case let layer as SliceLayer: return try slice(layer)
    case let layer as ConcatLayer: return try concatenate(layer)
    case let layer as ElemwiseMergeLayer: return try merge(layer)
    case let layer as ElemwiseSumLayer: return try sum(layer)
    case let layer as RecurrentLayer: return try recurrent(layer)
    case let layer as LSTMLayer: return try lstm(layer)
    case let layer as GRULayer: return try gru(layer)
    case let layer as CustomRecurrentLayer: return try customRecurrentScan(layer)
    case let layer as TransformerLayer: return try transformer(layer)
    case let layer as TPSTransformerLayer: return try spline(layer)
    default: return try laterValue()
    }
  }

  /// The layers that came after Lasagne.
  private func laterValue() throws -> String {
    switch node.layer.base {
    case let layer as LayerNormLayer: return try layerNorm(layer)
    case let layer as RMSNormLayer: return try rmsNorm(layer)
    case let layer as GroupNormLayer: return try groupNorm(layer)
    case let layer as MultiHeadAttentionLayer: return try attention(layer)
    case is PositionalEmbeddingLayer: return try positions()
    case let layer as SinusoidalPositionLayer: return try waves(layer)
    case let layer as DepthwiseConv2DLayer: return try depthwise(layer)
    case let layer as SeparableConv2DLayer: return try separable(layer)
    case let layer as SqueezeExciteLayer: return try squeezeExcite(layer)
    case is InverseLayer:
      throw InteropError(
        node,
        "computes a derivative, which ONNX does not have; build its counterpart from other layers.")
    case is ExpressionLayer:
      throw InteropError(
        node,
        "computes a function written in Swift, which ONNX does not have; use layers of the library."
      )
    default:
      throw InteropError(
        node, "is of a type that ONNX does not have; use layers of the library in its place.")
    }
  }
}
