extension WrongNetwork {
  /// How layers are put together.
  static let connections = [
    WrongNetwork(
      "inputs of a sum that differ",
      "{name: a, type: Conv2DLayer, numFilters: 3, filterSize: 3}",
      "{name: s, type: ElemwiseSumLayer, incomings: [in, a]}",
      says: "s (ElemwiseSumLayer) needs inputs of the same shape, got [?, 3, 8, 8] and [?, 3, "
        + "6, 6]; make them agree, or give a cropping."),
    WrongNetwork(
      "inputs of other ranks joined",
      "{name: a, type: FlattenLayer}",
      "{name: s, type: ConcatLayer, incomings: [in, a]}",
      says: "s (ConcatLayer) needs inputs of the same shape except on axis 1, got [?, 3, 8, 8] "
        + "and [?, 192]; make them agree, or give a cropping."),
    WrongNetwork(
      "inputs joined along an axis that is not there",
      "{name: s, type: ConcatLayer, incomings: [in, in], axis: 4}",
      says: "s (ConcatLayer) has axis [4], but its input has only 4 axes; use 0 to 3."),
    WrongNetwork(
      "more coefficients than inputs",
      "{name: s, type: ElemwiseSumLayer, incomings: [in, in], coeffs: [1, 2, 3]}",
      says: "s (ElemwiseSumLayer) has 3 coeffs for 2 inputs; give one for each."),
    WrongNetwork(
      "a way of cropping that is not known",
      "{name: s, type: ConcatLayer, incomings: [in, in], cropping: [null, null, middle, lower]}",
      says: "s (ConcatLayer) has a wrong 'cropping.2': there is no 'middle': use one of lower, "
        + "center, upper."),
    WrongNetwork(
      "a cropping of more axes than there are",
      "{name: s, type: ConcatLayer, incomings: [in, in], cropping: [null, null, lower, lower, "
        + "lower]}",
      says: "s (ConcatLayer) has 5 cropping modes for inputs with only 4 axes."),
    WrongNetwork(
      "a merge of nothing",
      "{name: s, type: ElemwiseSumLayer, incomings: []}",
      says: "s (ElemwiseSumLayer) reads at least 1 layer, got none; name them as its incomings."),
    WrongNetwork(
      "two layers of one name",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: a, type: DenseLayer, numUnits: 4}",
      says: "a is the name of two layers of 'net'; rename one of them."),
    WrongNetwork(
      "a layer that is not there",
      "{name: hidden, type: DenseLayer, numUnits: 4}",
      "{name: out, type: DenseLayer, numUnits: 4, incoming: hiden}",
      says: "out reads 'hiden', which is not a layer: did you mean 'hidden'?"),
    WrongNetwork(
      "a cycle",
      "{name: a, type: DenseLayer, numUnits: 4, incoming: b}",
      "{name: b, type: DenseLayer, numUnits: 4, incoming: a}",
      says: "a is part of a cycle: b reads a reads b; a network flows one way, take one of "
        + "these connections out."),
    WrongNetwork(
      "a layer listed too late",
      "{name: a, type: DenseLayer, numUnits: 4, incoming: b}",
      "{name: b, type: DenseLayer, numUnits: 4, incoming: in}",
      says: "a reads 'b', which is listed after it; move 'b' before 'a'."),
    WrongNetwork(
      "a layer that reads itself",
      "{name: a, type: DenseLayer, numUnits: 4, incoming: a}",
      says: "a reads itself; name another layer as its incoming."),
    WrongNetwork(
      "two inputs of a plain layer",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: b, type: DenseLayer, numUnits: 4, incomings: [in, a]}",
      says: "b (DenseLayer) reads one layer, got 2 (in, a); join them by a ConcatLayer or an "
        + "ElemwiseSumLayer first."),
    WrongNetwork(
      "an input that reads a layer",
      "{name: a, type: InputLayer, shape: [null, 3], incoming: in}",
      says: "a (InputLayer) reads no other layer, got 1 (in); leave them out."),
    WrongNetwork(
      "an output that is not there",
      "{name: out, type: DenseLayer, numUnits: 4}",
      output: "oot",
      says: "The network 'net' has no layer called 'oot' to be its output: did you mean 'out'?"),
    WrongNetwork(
      "an output told twice",
      "{name: out, type: DenseLayer, numUnits: 4}",
      output: "[out, out]",
      says: "The network 'net' lists the output 'out' twice; list each once."),
    WrongNetwork(
      "no output",
      "{name: out, type: DenseLayer, numUnits: 4}",
      output: "[]",
      says: "The network 'net' has no output; name at least one layer."),
    WrongNetwork(
      "an inverse of a layer that is not there",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: i, type: InverseLayer, layer: b}",
      says: "i reads 'b', which is not a layer: did you mean 'a'?"),
    WrongNetwork(
      "an inverse that does not fit",
      "{name: a, type: DenseLayer, numUnits: 4}",
      "{name: c, type: DenseLayer, numUnits: 5}",
      "{name: i, type: InverseLayer, layer: a}",
      says: "i (InverseLayer) needs an input of shape [?, 4], that of what 'a' gives, got [?, "
        + "5]."),
    WrongNetwork(
      "an inverse of a merge",
      "{name: a, type: ElemwiseSumLayer, incomings: [in, in]}",
      "{name: i, type: InverseLayer, layer: a}",
      says: "i (InverseLayer) cannot invert 'a' (ElemwiseSumLayer), which reads 2 layers; it "
        + "undoes layers that read one other layer of numbers."),
    WrongNetwork(
      "a transformation of too few numbers",
      "{name: t, type: DenseLayer, numUnits: 5}",
      "{name: s, type: TransformerLayer, incoming: in, localizationNetwork: t}",
      says: "s (TransformerLayer) needs a localizationNetwork of shape [?, 6], got [?, 5]."),
    WrongNetwork(
      "control points that make no square",
      "{name: t, type: DenseLayer, numUnits: 10}",
      "{name: s, type: TPSTransformerLayer, incoming: in, localizationNetwork: t, controlPoints: "
        + "5}",
      says: "s (TPSTransformerLayer) needs a square number of controlPoints from 4 to 1024, got "
        + "5."),
    WrongNetwork(
      "offsets for another number of control points",
      "{name: t, type: DenseLayer, numUnits: 10}",
      "{name: s, type: TPSTransformerLayer, incoming: in, localizationNetwork: t}",
      says: "s (TPSTransformerLayer) needs a localizationNetwork of shape [?, 32], got [?, 10]."),
    WrongNetwork(
      "a grid of unknown size computed before",
      "{name: t, type: InputLayer, shape: [null, 8]}",
      "{name: s, type: TPSTransformerLayer, incoming: in, localizationNetwork: t, controlPoints: "
        + "4, precomputeGrid: true}",
      input: "1, null, null",
      says: "s (TPSTransformerLayer) cannot precompute its grid for an input of shape [?, 1, ?, "
        + "?]; fix rows and columns, or leave precomputeGrid out."),
  ]
}
