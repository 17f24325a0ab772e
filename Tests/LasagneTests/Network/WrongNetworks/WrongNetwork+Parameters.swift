extension WrongNetwork {
  /// Sharing and first values.
  static let parameters = [
    WrongNetwork(
      "a shared parameter of another shape",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: b, type: DenseLayer, numUnits: 4, W: {shareWith: a.W}}",
      input: "6",
      says: "b (DenseLayer) needs W of shape [4, 4], but a.W, with which it shares it, has [6, "
        + "4]; share between layers of equal sizes only."),
    WrongNetwork(
      "a shared parameter that is not there",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: b, type: DenseLayer, numUnits: 4, W: {shareWith: a.V}}",
      input: "6",
      says: "b (DenseLayer) shares W with 'a.V', but a has no parameter 'V': did you mean 'W'?"),
    WrongNetwork(
      "a parameter shared with itself",
      "{name: a, type: DenseLayer, numUnits: 4, W: {shareWith: a.W}}",
      input: "6",
      says: "a (DenseLayer) shares W with 'a.W', which is not of an earlier layer; let the "
        + "later layer share with the earlier one."),
    WrongNetwork(
      "a parameter shared with that of a later layer",
      "{name: a, type: DenseLayer, numUnits: 4, W: {shareWith: b.W}}",
      "{name: b, type: DenseLayer, numUnits: 4}",
      input: "6",
      says: "a (DenseLayer) shares W with 'b.W', which is not of an earlier layer; let the "
        + "later layer share with the earlier one."),
    WrongNetwork(
      "a parameter shared with a whole layer",
      "{name: a, type: DenseLayer, numUnits: 6}",
      "{name: b, type: DenseLayer, numUnits: 6, W: {shareWith: a}}",
      input: "6",
      says: "b (DenseLayer) shares W with 'a', which is not a parameter's full name; write "
        + "layer.parameter, like conv1.W."),
    WrongNetwork(
      "a sparse start of filters",
      "{name: c, type: Conv2DLayer, numFilters: 4, filterSize: 3, W: Sparse}",
      says: "c (Conv2DLayer) has no first values for W: The initializer Sparse needs a shape of "
        + "2 axes, got [4, 3, 3, 3]: choose another initializer."),
    WrongNetwork(
      "an initializer for matrices on biases",
      "{name: d, type: DenseLayer, numUnits: 4, b: GlorotUniform}",
      input: "6",
      says: "d (DenseLayer) has no first values for b: The initializer GlorotUniform needs a "
        + "shape of at least 2 axes, got [4]: use Normal or Uniform here."),
    WrongNetwork(
      "an initializer that is not known",
      "{name: d, type: DenseLayer, numUnits: 2, W: HeNormall}",
      input: "6",
      says: "d (DenseLayer) has a wrong 'W': There is no initializer called 'HeNormall': did "
        + "you mean 'HeNormal'?"),
  ]
}
