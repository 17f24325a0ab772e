extension WrongNetwork {
  /// Convolutions and what is like them.
  static let convolutions = [
    WrongNetwork(
      "a filter larger than its input",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 9}",
      says: "c (Conv2DLayer) has filters of 9×9, larger than its input [?, 3, 8, 8]; use "
        + "smaller filters, more padding, or less pooling before it."),
    WrongNetwork(
      "same padding with an even filter",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 4, pad: same}",
      says: "c (Conv2DLayer) can have pad 'same' with odd filter sizes only, got [4, 4]; make "
        + "them odd or give the pad as numbers."),
    WrongNetwork(
      "a convolution over an input of the wrong rank",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3}",
      input: "10",
      says: "c (Conv2DLayer) needs an input of 4 axes (batch, channels, rows, columns), got 2: "
        + "[?, 10]; put a ReshapeLayer before it or change the input's shape."),
    WrongNetwork(
      "a convolution of volumes over pictures",
      "{name: c, type: Conv3DLayer, numFilters: 4, filterSize: 3}",
      says: "c (Conv3DLayer) needs an input of 5 axes (batch, channels, depth, rows, columns), "
        + "got 4: [?, 3, 8, 8]; put a ReshapeLayer before it or change the input's shape."),
    WrongNetwork(
      "groups that do not divide the channels",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, numGroups: 2}",
      says: "c (Conv2DLayer) needs a number of input channels that its 2 groups divide, got 3."),
    WrongNetwork(
      "groups that do not divide the filters",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, numGroups: 3}",
      says: "c (Conv2DLayer) needs a number of filters that its 3 groups divide, got 4."),
    WrongNetwork(
      "channels of unknown number",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3}",
      input: "null, 8, 8",
      says: "c (Conv2DLayer) needs a known number of input channels, got [?, ?, 8, 8]."),
    WrongNetwork(
      "a stride of 0",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, stride: 0}",
      says: "c (Conv2DLayer) needs a stride of at least 1 on each axis, got 0."),
    WrongNetwork(
      "a negative pad",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, pad: -1}",
      says: "c (Conv2DLayer) needs a pad of 0 or more on each axis, got [-1, -1]."),
    WrongNetwork(
      "a filter size for each of three axes of a picture",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: [3, 3, 3]}",
      says: "c (Conv2DLayer) needs a filterSize of one number or 2, one for each spatial axis, "
        + "got [3, 3, 3]."),
    WrongNetwork(
      "biases for places of unknown number",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, untieBiases: true}",
      input: "3, null, 8",
      says: "c (Conv2DLayer) has a bias for each position, for which its output must have a "
        + "known size, got [?, 4, ?, 6]; fix the input's size or leave untieBiases off."),
    WrongNetwork(
      "a transposed convolution that crops everything",
      "{name: c, type: TransposedConv2DLayer, numFilters: 4, filterSize: 3, crop: 6}",
      says: "c (TransposedConv2DLayer) would make an output of shape [?, 4, -2, -2] of its "
        + "input [?, 3, 8, 8], but each length must be at least 1; change its sizes, or give it a "
        + "larger input."),
    WrongNetwork(
      "an outputSize out of reach",
      "{name: c, type: TransposedConv2DLayer, numFilters: 4, filterSize: 3, stride: 2, "
        + "outputSize: 20}",
      says: "c (TransposedConv2DLayer) cannot have the outputSize [20, 20]: on spatial axis 0 "
        + "its input gives 17 to 18."),
    WrongNetwork(
      "a padded dilated convolution",
      "{name: c, type: DilatedConv2DLayer, numFilters: 4, filterSize: 3, pad: 1}",
      says: "c (DilatedConv2DLayer) works without padding only, got pad 1×1; put a PadLayer "
        + "before it."),
    WrongNetwork(
      "a dilated convolution that flips its filters",
      "{name: c, type: DilatedConv2DLayer, numFilters: 4, filterSize: 3, flipFilters: true}",
      says: "c (DilatedConv2DLayer) does not flip its filters; leave flipFilters off."),
    WrongNetwork(
      "a dilation beyond the input",
      "{name: c, type: DilatedConv2DLayer, numFilters: 4, filterSize: 3, dilation: 4}",
      says: "c (DilatedConv2DLayer) has filters that span 9 places, larger than its input [?, "
        + "3, 8, 8]; use smaller filters or a smaller dilation."),
    WrongNetwork(
      "a locally connected layer with a stride",
      "{name: c, type: LocallyConnected2DLayer, numFilters: 4, filterSize: 3, stride: 2}",
      says: "c (LocallyConnected2DLayer) works with stride 1 and pad 'same' only, got stride "
        + "2×2 and pad same; leave both out."),
    WrongNetwork(
      "a locally connected layer that does not keep the size",
      "{name: c, type: LocallyConnected2DLayer, numFilters: 4, filterSize: 3, pad: valid}",
      says: "c (LocallyConnected2DLayer) works with stride 1 and pad 'same' only, got stride "
        + "1×1 and pad 0; leave both out."),
    WrongNetwork(
      "channelwise filters of another number",
      "{name: c, type: LocallyConnected2DLayer, numFilters: 4, filterSize: 3, channelwise: true}",
      says: "c (LocallyConnected2DLayer) is channelwise and so needs as many filters as input "
        + "channels (3), got 4."),
  ]
}
