extension WrongNetwork {
  /// What only a file can say.
  static let words = [
    WrongNetwork(
      "a misspelt key",
      "{name: d, type: DenseLayer, numUnits: 3, nonlinearty: softmax}",
      says: "d (DenseLayer) has no key 'nonlinearty': did you mean 'nonlinearity'?"),
    WrongNetwork(
      "a key of another layer",
      "{name: d, type: DenseLayer, numUnits: 3, stride: 2}",
      says: "d (DenseLayer) has no key 'stride': use one of W, b, name, nonlinearity, "
        + "numLeadingAxes, numUnits."),
    WrongNetwork(
      "a missing key",
      "{name: d, type: DenseLayer}",
      says: "d (DenseLayer) needs the key 'numUnits'; add it."),
    WrongNetwork(
      "a misspelt type",
      "{name: d, type: DenceLayer, numUnits: 3}",
      says: "d has the type 'DenceLayer', which is not a layer: did you mean 'DenseLayer'?"),
    WrongNetwork(
      "no type",
      "{name: d, numUnits: 3}",
      says: "d has no 'type'; write one, like type: DenseLayer."),
    WrongNetwork(
      "a nonlinearity that is not known",
      "{name: d, type: DenseLayer, numUnits: 3, nonlinearity: sofmax}",
      says: "d (DenseLayer) has a wrong 'nonlinearity': There is no nonlinearity called "
        + "'sofmax': did you mean 'softmax'?"),
    WrongNetwork(
      "a text for a number",
      "{name: d, type: DenseLayer, numUnits: four}",
      says: "d (DenseLayer) has a wrong 'numUnits': got the text 'four', expected a whole "
        + "number."),
    WrongNetwork(
      "a fraction of units",
      "{name: d, type: DenseLayer, numUnits: 2.5}",
      says: "d (DenseLayer) has a wrong 'numUnits': got the number 2.5, expected a whole number."),
    WrongNetwork(
      "incoming and incomings",
      "{name: d, type: DenseLayer, numUnits: 3, incoming: in, incomings: [in]}",
      says: "d (DenseLayer) has both 'incoming' and 'incomings'; keep one of them."),
    WrongNetwork(
      "a merge function that is not known",
      "{name: m, type: ElemwiseMergeLayer, incomings: [in, in], mergeFunction: divide}",
      says: "m (ElemwiseMergeLayer) has a wrong 'mergeFunction': there is no 'divide': use one "
        + "of add, sub, mul, maximum, minimum."),
    WrongNetwork(
      "a layer only for arrays with the batch last",
      "{name: n, type: NINLayer_c01b, numUnits: 3}",
      says: "n (NINLayer_c01b) works on arrays whose last axis is the batch, which no other "
        + "layer does; use the ordinary layer, with the batch first."),
    WrongNetwork(
      "a border mode that is not known",
      "{name: t, type: DenseLayer, numUnits: 6}",
      "{name: s, type: TransformerLayer, incoming: in, localizationNetwork: t, borderMode: zero}",
      says: "s (TransformerLayer) has a wrong 'borderMode': there is no 'zero': use one of "
        + "nearest, mirror, wrap."),
  ]
}
