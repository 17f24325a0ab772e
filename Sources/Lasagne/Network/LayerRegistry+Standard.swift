extension LayerRegistry {
  /// The library's own layers.
  static let standardTypes = lasagneTypes + laterTypes

  /// The layers that Lasagne has.
  private static let lasagneTypes: [any Layer.Type] = [
    InputLayer.self, DenseLayer.self, NINLayer.self,
    Conv1DLayer.self, Conv2DLayer.self, Conv3DLayer.self,
    TransposedConv2DLayer.self, TransposedConv3DLayer.self, DilatedConv2DLayer.self,
    SpatialPyramidPoolingLayer.self, EmbeddingLayer.self,
    Pool1DLayer.self, Pool2DLayer.self, Pool3DLayer.self,
    MaxPool1DLayer.self, MaxPool2DLayer.self, MaxPool3DLayer.self,
    Upscale1DLayer.self, Upscale2DLayer.self, Upscale3DLayer.self,
    FeaturePoolLayer.self, FeatureWTALayer.self, GlobalPoolLayer.self,
    DropoutLayer.self, GaussianNoiseLayer.self,
    BatchNormLayer.self, StandardizationLayer.self, LocalResponseNormalization2DLayer.self,
    FlattenLayer.self, ReshapeLayer.self, DimshuffleLayer.self, PadLayer.self, SliceLayer.self,
    ConcatLayer.self, ElemwiseMergeLayer.self, ElemwiseSumLayer.self,
    NonlinearityLayer.self, BiasLayer.self, ScaleLayer.self,
    ParametricRectifierLayer.self, RandomizedRectifierLayer.self,
    RecurrentLayer.self, LSTMLayer.self, GRULayer.self, CustomRecurrentLayer.self,
    LocallyConnected2DLayer.self, InverseLayer.self, TransformerLayer.self,
    TPSTransformerLayer.self, ExpressionLayer.self,
  ]

  /// The layers that came after Lasagne.
  static let laterTypes: [any Layer.Type] = [
    LayerNormLayer.self, RMSNormLayer.self, GroupNormLayer.self,
    MultiHeadAttentionLayer.self, PositionalEmbeddingLayer.self, SinusoidalPositionLayer.self,
    DepthwiseConv2DLayer.self, SeparableConv2DLayer.self, SqueezeExciteLayer.self,
    StochasticDepthLayer.self,
  ]

  /// Other names of layers, from Lasagne's own aliases.
  static let aliases: [(String, any Layer.Type)] = [
    ("Deconv2DLayer", TransposedConv2DLayer.self), ("Deconv3DLayer", TransposedConv3DLayer.self),
  ]
}
