/// What each layer and each of its settings is for, in the words of its documentation.
///
/// Documentation comments are not there at run time; a test holds the two together.
enum LayerHelp {
  /// The groups in which layers are offered, in order.
  static let groups = [
    "Input", "Dense", "Convolution", "Pooling", "Normalization", "Noise",
    "Shape", "Merge", "Recurrent", "Attention", "Transformers", "Special",
  ]

  /// The group and the purpose of each of the library's layers.
  static let layers: [String: (group: String, text: String)] = [
    "InputLayer": ("Input", "Where data comes in."),
    "DenseLayer": ("Dense", "Every output sees every input: nonlinearity(x · W + b)."),
    "NINLayer": (
      "Dense",
      "A dense layer over the channels, the same at every position: a 1×1 convolution."
    ),
    "Conv1DLayer": (
      "Convolution",
      "Convolution over one axis: sequences of shape (batch, channels, length)."
    ),
    "Conv2DLayer": (
      "Convolution",
      "Convolution over rows and columns: images of shape (batch, channels, rows, columns)."
    ),
    "Conv3DLayer": (
      "Convolution",
      "Convolution over three axes: volumes of shape (batch, channels, depth, rows, columns)."
    ),
    "TransposedConv2DLayer": (
      "Convolution",
      "Transposed convolution (deconvolution) over images of shape (batch, channels, rows, "
        + "columns)."
    ),
    "TransposedConv3DLayer": (
      "Convolution",
      "Transposed convolution (deconvolution) over volumes of shape (batch, channels, "
        + "depth, rows, columns)."
    ),
    "DilatedConv2DLayer": (
      "Convolution",
      "Convolution over images with gaps between the filter's entries (Yu & Koltun 2016)."
    ),
    "SpatialPyramidPoolingLayer": (
      "Pooling",
      "Pools an image into grids of several sizes, so that images of any size give equally "
        + "many numbers."
    ),
    "EmbeddingLayer": (
      "Dense",
      "Gives each index a row of numbers of its own, which are learned."
    ),
    "Pool1DLayer": (
      "Pooling",
      "Pooling over one axis: sequences of shape (batch, channels, length)."
    ),
    "Pool2DLayer": (
      "Pooling",
      "Pooling over rows and columns: images of shape (batch, channels, rows, columns)."
    ),
    "Pool3DLayer": (
      "Pooling",
      "Pooling over three axes: volumes of shape (batch, channels, depth, rows, columns)."
    ),
    "MaxPool1DLayer": (
      "Pooling",
      "The greatest number of each region, over one axis: sequences of shape (batch, "
        + "channels, length)."
    ),
    "MaxPool2DLayer": (
      "Pooling",
      "The greatest number of each region, over rows and columns: images of shape (batch, "
        + "channels, rows, columns)."
    ),
    "MaxPool3DLayer": (
      "Pooling",
      "The greatest number of each region, over three axes: volumes of shape (batch, "
        + "channels, depth, rows, columns)."
    ),
    "Upscale1DLayer": (
      "Pooling",
      "Larger by a whole factor, over one axis: sequences of shape (batch, channels, length)."
    ),
    "Upscale2DLayer": (
      "Pooling",
      "Larger by a whole factor, over rows and columns: images of shape (batch, channels, "
        + "rows, columns)."
    ),
    "Upscale3DLayer": (
      "Pooling",
      "Larger by a whole factor, over three axes: volumes of shape (batch, channels, depth, "
        + "rows, columns)."
    ),
    "FeaturePoolLayer": ("Pooling", "Pools groups of neighbouring features (maxout)."),
    "FeatureWTALayer": (
      "Pooling",
      "Winner takes all: in each group of neighbouring features, all but the greatest "
        + "become zero."
    ),
    "GlobalPoolLayer": (
      "Pooling",
      "Pools each channel over all its positions: all axes after the second go."
    ),
    "DropoutLayer": (
      "Noise",
      "In training, sets each number to zero with probability p; otherwise passes it on."
    ),
    "GaussianNoiseLayer": ("Noise", "In training, adds normally distributed noise."),
    "BatchNormLayer": (
      "Normalization",
      "Batch normalization (Ioffe & Szegedy 2015): (x - mean) · gamma / sqrt(variance + "
        + "epsilon) + beta."
    ),
    "StandardizationLayer": (
      "Normalization",
      "Each example to mean 0 and deviation 1: (x - mean) / sqrt(variance + epsilon), no "
        + "averages kept."
    ),
    "LocalResponseNormalization2DLayer": (
      "Normalization",
      "Divides each number by (k + alpha · Σ x²)^beta, the sum over n neighbouring channels."
    ),
    "FlattenLayer": ("Shape", "Joins the last axes to one, so that outdim are left."),
    "ReshapeLayer": ("Shape", "The same numbers under another shape."),
    "DimshuffleLayer": (
      "Shape",
      "Puts the axes in another order, adds axes of length 1, drops axes of length 1."
    ),
    "PadLayer": ("Shape", "Adds entries of one value around the input."),
    "SliceLayer": ("Shape", "Takes part of an axis, or a single place of it."),
    "ConcatLayer": ("Merge", "Joins its inputs along an axis."),
    "ElemwiseMergeLayer": (
      "Merge",
      "Merges its inputs number by number, from the first to the last."
    ),
    "ElemwiseSumLayer": ("Merge", "The sum of its inputs, each times a coefficient."),
    "NonlinearityLayer": ("Special", "A nonlinearity as a layer of its own."),
    "BiasLayer": ("Special", "Adds a bias, shared across some axes."),
    "ScaleLayer": ("Special", "Multiplies by scales, shared across some axes."),
    "ParametricRectifierLayer": (
      "Special",
      "A rectifier with a learned slope for negative numbers."
    ),
    "RandomizedRectifierLayer": (
      "Special",
      "A leaky rectifier whose slope is drawn anew for each training pass."
    ),
    "RecurrentLayer": (
      "Recurrent",
      "The plain recurrent layer: h = nonlinearity(x · W_in_to_hid + b + h · W_hid_to_hid) "
        + "for each step."
    ),
    "LSTMLayer": (
      "Recurrent",
      "Long short-term memory (Hochreiter & Schmidhuber 1997) with peepholes (Gers & "
        + "Schmidhuber 2000)."
    ),
    "GRULayer": ("Recurrent", "The gated recurrent unit: h = (1 - u) · h + u · c."),
    "CustomRecurrentLayer": (
      "Recurrent",
      "A recurrent layer made of two networks: h = nonlinearity(inputToHidden(x) + "
        + "hiddenToHidden(h)) for each step."
    ),
    "LocallyConnected2DLayer": (
      "Convolution",
      "A convolution over images whose filters differ from place to place."
    ),
    "InverseLayer": (
      "Special",
      "Undoes another layer as far as its derivative can: the input, carried back through "
        + "that layer."
    ),
    "TransformerLayer": (
      "Transformers",
      "Moves, turns, scales and shears images by what another network says."
    ),
    "TPSTransformerLayer": (
      "Transformers",
      "Bends images by a thin-plate spline whose control points another network moves."
    ),
    "LayerNormLayer": (
      "Normalization",
      "Layer normalization (Ba, Kiros & Hinton 2016): (x - mean) / sqrt(variance + epsilon) "
        + "· gamma + beta."
    ),
    "RMSNormLayer": (
      "Normalization",
      "Root-mean-square normalization (Zhang & Sennrich 2019): x / sqrt(mean(x²) + epsilon) "
        + "· gamma."
    ),
    "GroupNormLayer": (
      "Normalization",
      "Group normalization (Wu & He 2018): (x - mean) / sqrt(variance + epsilon) · gamma + "
        + "beta."
    ),
    "MultiHeadAttentionLayer": (
      "Attention",
      "Attention with several heads: softmax(Q · Kᵀ / sqrt(headSize)) · V for each, side by "
        + "side through a last map."
    ),
    "PositionalEmbeddingLayer": (
      "Attention",
      "Adds to each step of a sequence numbers of its position, which are learned."
    ),
    "SinusoidalPositionLayer": (
      "Attention",
      "Adds to each step of a sequence sines and cosines of its position."
    ),
    "DepthwiseConv2DLayer": (
      "Convolution",
      "Convolution of each channel of an image by itself (Sifre & Mallat 2014)."
    ),
    "SeparableConv2DLayer": (
      "Convolution",
      "Convolution of each channel by itself, then across channels at each position "
        + "(Chollet 2017)."
    ),
    "SqueezeExciteLayer": (
      "Merge",
      "Squeeze and excitation (Hu, Shen & Sun 2018): each channel times a gate that sees "
        + "all channels."
    ),
    "StochasticDepthLayer": (
      "Noise",
      "In training, drops a whole example's input with probability p; otherwise passes it on."
    ),
  ]
}
