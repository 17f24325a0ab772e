extension WrongNetwork {
  /// The settings of the other layers.
  static let settings = [
    WrongNetwork(
      "no units",
      "{name: d, type: DenseLayer, numUnits: 0}",
      says: "d (DenseLayer) needs at least 1 unit, got numUnits 0."),
    WrongNetwork(
      "a product over axes of unknown length",
      "{name: d, type: DenseLayer, numUnits: 4}",
      input: "null, 5",
      says: "d (DenseLayer) needs a fixed input size except for the 1 leading axes, got [?, ?, "
        + "5]; give the input layer numbers there, or raise numLeadingAxes."),
    WrongNetwork(
      "no axes left to multiply",
      "{name: d, type: DenseLayer, numUnits: 4, numLeadingAxes: 2}",
      input: "5",
      says: "d (DenseLayer) keeps 2 leading axes of an input with 2, leaving no trailing axes "
        + "to multiply; lower numLeadingAxes."),
    WrongNetwork(
      "a probability above 1",
      "{name: d, type: DropoutLayer, p: 1.5}",
      says: "d (DropoutLayer) needs a probability p from 0 to 1, got 1.5."),
    WrongNetwork(
      "a negative spread of noise",
      "{name: d, type: GaussianNoiseLayer, sigma: -1}",
      says: "d (GaussianNoiseLayer) needs a standard deviation sigma of 0 or more, got -1.0."),
    WrongNetwork(
      "features that do not make whole groups",
      "{name: f, type: FeaturePoolLayer, poolSize: 2}",
      says: "f (FeaturePoolLayer) needs a number of features that is a multiple of its poolSize "
        + "2, got 3."),
    WrongNetwork(
      "winners of groups that do not fit",
      "{name: f, type: FeatureWTALayer, poolSize: 5, axis: 2}",
      says: "f (FeatureWTALayer) needs a number of features that is a multiple of its poolSize "
        + "5, got 8."),
    WrongNetwork(
      "a feature axis that is not there",
      "{name: f, type: FeaturePoolLayer, poolSize: 2, axis: 4}",
      says: "f (FeaturePoolLayer) has axis [4], but its input has only 4 axes; use 0 to 3."),
    WrongNetwork(
      "a pool size for each of three axes of a picture",
      "{name: p, type: MaxPool2DLayer, poolSize: [2, 2, 2]}",
      says: "p (MaxPool2DLayer) needs a poolSize of one number or 2, one for each spatial axis, "
        + "got [2, 2, 2]."),
    WrongNetwork(
      "a pool larger than its input",
      "{name: p, type: MaxPool2DLayer, poolSize: 9}",
      says: "p (MaxPool2DLayer) has regions of 9×9, larger than its input [?, 3, 8, 8]; use "
        + "smaller regions, or less pooling before it."),
    WrongNetwork(
      "a padded pool that keeps the border",
      "{name: p, type: MaxPool2DLayer, poolSize: 2, pad: 1, ignoreBorder: false}",
      says: "p (MaxPool2DLayer) can have a pad only where ignoreBorder is true, got pad [1, 1]; "
        + "put a PadLayer before it."),
    WrongNetwork(
      "a way of pooling that is not known",
      "{name: p, type: Pool2DLayer, poolSize: 2, mode: median}",
      says: "p (Pool2DLayer) has a wrong 'mode': there is no 'median': use one of max, "
        + "average_inc_pad, average_exc_pad."),
    WrongNetwork(
      "an upscaling by 0",
      "{name: u, type: Upscale2DLayer, scaleFactor: 0}",
      says: "u (Upscale2DLayer) needs a scaleFactor of at least 1 on each axis, got 0."),
    WrongNetwork(
      "a pyramid finer than its input",
      "{name: s, type: SpatialPyramidPoolingLayer, poolDims: [16, 1]}",
      says: "s (SpatialPyramidPoolingLayer) has a grid of 16, more than the 8 places of its "
        + "input [?, 3, 8, 8]."),
    WrongNetwork(
      "positions to pool over missing",
      "{name: g, type: GlobalPoolLayer}",
      input: "4",
      says: "g (GlobalPoolLayer) needs an input of at least 3 axes (batch, channels, "
        + "positions), got [?, 4]."),
    WrongNetwork(
      "a shape of another number of entries",
      "{name: r, type: ReshapeLayer, shape: [[0], 7, -1]}",
      says: "r (ReshapeLayer) cannot give an input of shape [?, 3, 8, 8] the shape [[0], 7, "
        + "-1]: the numbers of entries differ."),
    WrongNetwork(
      "two lengths to be worked out",
      "{name: r, type: ReshapeLayer, shape: [-1, -1, 8]}",
      says: "r (ReshapeLayer) can have -1 only once in its shape, got [-1, -1, 8]."),
    WrongNetwork(
      "the length of an axis that is not there",
      "{name: r, type: ReshapeLayer, shape: [[0], [5]]}",
      says: "r (ReshapeLayer) takes the length of input axis [5], but its input [?, 3, 8, 8] "
        + "has only 4 axes."),
    WrongNetwork(
      "an axis left out that is not of length 1",
      "{name: s, type: DimshuffleLayer, pattern: [0, 1, 2]}",
      says: "s (DimshuffleLayer) leaves out axis 3 of its input [?, 3, 8, 8], which is not of "
        + "length 1; only such axes can be dropped."),
    WrongNetwork(
      "an axis named twice",
      "{name: s, type: DimshuffleLayer, pattern: [0, 1, 1, 2, 3]}",
      says: "s (DimshuffleLayer) names an axis twice in its pattern [0, 1, 1, 2, 3]; each may "
        + "stand there once."),
    WrongNetwork(
      "a place beyond the end of an axis",
      "{name: s, type: SliceLayer, indices: 9, axis: 1}",
      says: "s (SliceLayer) takes place 9 of axis 1, which has only 3 in its input [?, 3, 8, 8]."),
    WrongNetwork(
      "an axis to slice that is not there",
      "{name: s, type: SliceLayer, indices: 0, axis: 5}",
      says: "s (SliceLayer) has axis [5], but its input has only 4 axes; use 0 to 3."),
    WrongNetwork(
      "a slice without entries",
      "{name: s, type: SliceLayer, indices: {start: 3, stop: 2}, axis: 1}",
      says: "s (SliceLayer) would make an output of shape [?, 0, 8, 8] of its input [?, 3, 8, "
        + "8], but each length must be at least 1; change its sizes, or give it a larger input."),
    WrongNetwork(
      "a width for each of three axes of a picture",
      "{name: p, type: PadLayer, width: [1, 1, 1]}",
      says: "p (PadLayer) needs one width for each of the 2 axes after the first 2, got 3."),
    WrongNetwork(
      "a negative width",
      "{name: p, type: PadLayer, width: -1}",
      says: "p (PadLayer) needs widths of 0 or more, got [[-1, -1], [-1, -1]]; a SliceLayer "
        + "takes entries away."),
    WrongNetwork(
      "more axes to flatten into than there are",
      "{name: f, type: FlattenLayer, outdim: 5}",
      says: "f (FlattenLayer) needs an outdim from 1 to the 4 axes of its input, got 5."),
    WrongNetwork(
      "statistics over an axis that is not there",
      "{name: b, type: BatchNormLayer, axes: [0, 7]}",
      says: "b (BatchNormLayer) has axes [0, 7], but its input has only 4 axes; use 0 to 3."),
    WrongNetwork(
      "a scale for each entry of the batch",
      "{name: s, type: ScaleLayer, sharedAxes: [1, 2, 3]}",
      says: "s (ScaleLayer) needs a known length on every axis that sharedAxes does not cover, "
        + "got [?, 3, 8, 8] and the axes [1, 2, 3]; fix the input's shape there or add the axis."),
    WrongNetwork(
      "slopes in the wrong order",
      "{name: r, type: RandomizedRectifierLayer, lower: 0.5, upper: 0.2}",
      says: "r (RandomizedRectifierLayer) needs a lower slope that is not above the upper, got "
        + "0.5 and 0.2."),
    WrongNetwork(
      "an even window of channels",
      "{name: l, type: LocalResponseNormalization2DLayer, n: 4}",
      says: "l (LocalResponseNormalization2DLayer) works over an odd number n of channels, got "
        + "4."),
    WrongNetwork(
      "a length of 0 in an input",
      "{name: x, type: InputLayer, shape: [null, 0]}",
      says: "x (InputLayer) needs lengths of at least 1 in its shape, got [?, 0]; use null "
        + "(nil) for a length that is not known yet."),
  ]
}
