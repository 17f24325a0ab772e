extension WrongNetwork {
  /// Layers that walk through time.
  static let sequences = [
    WrongNetwork(
      "a sequence without steps",
      "{name: r, type: LSTMLayer, numUnits: 4}",
      input: "6",
      says: "r (LSTMLayer) needs an input of at least 3 axes (batch, steps, features), got [?, "
        + "6]; put a ReshapeLayer before it."),
    WrongNetwork(
      "steps of unknown features",
      "{name: r, type: GRULayer, numUnits: 4}",
      input: "5, null",
      says: "r (GRULayer) needs a known number of features, got [?, 5, ?]; fix the input's "
        + "shape after the first two axes."),
    WrongNetwork(
      "a mask of the wrong rank",
      "{name: m, type: InputLayer, shape: [null, 5, 1]}",
      "{name: r, type: RecurrentLayer, incoming: in, numUnits: 4, maskInput: m}",
      input: "5, 3",
      says: "r (RecurrentLayer) needs a mask of shape [?, 5] (batch, steps), got [?, 5, 1]."),
    WrongNetwork(
      "a mask of other steps",
      "{name: m, type: InputLayer, shape: [null, 6]}",
      "{name: r, type: RecurrentLayer, incoming: in, numUnits: 4, maskInput: m}",
      input: "5, 3",
      says: "r (RecurrentLayer) needs a mask of shape [?, 5] (batch, steps), got [?, 6]."),
    WrongNetwork(
      "a mask that is not there",
      "{name: r, type: RecurrentLayer, numUnits: 4, maskInput: m}",
      input: "5, 3",
      says: "r reads 'm', which is not a layer: did you mean 'in'?"),
    WrongNetwork(
      "a first state of other units",
      "{name: h, type: InputLayer, shape: [null, 3]}",
      "{name: r, type: GRULayer, incoming: in, numUnits: 4, hidInit: {layer: h}}",
      input: "5, 3",
      says: "r (GRULayer) needs an initial state hid_init of shape [?, 4], got [?, 3] from h."),
    WrongNetwork(
      "a first cell state of other units",
      "{name: h, type: InputLayer, shape: [null, 3]}",
      "{name: r, type: LSTMLayer, incoming: in, numUnits: 4, cellInit: {layer: h}}",
      input: "5, 3",
      says: "r (LSTMLayer) needs an initial state cell_init of shape [?, 4], got [?, 3] from h."),
    WrongNetwork(
      "gradients from 0 steps",
      "{name: r, type: GRULayer, numUnits: 4, gradientSteps: 0}",
      input: "5, 3",
      says: "r (GRULayer) needs gradientSteps of at least 1, or -1 for all, got 0."),
    WrongNetwork(
      "an unrolled walk with gradients from the last steps",
      "{name: r, type: GRULayer, numUnits: 4, gradientSteps: 2, unrollScan: true}",
      input: "5, 3",
      says: "r (GRULayer) can take gradients from its last 2 steps only where unrollScan is "
        + "false; leave one of them out."),
    WrongNetwork(
      "a negative clipping",
      "{name: r, type: LSTMLayer, numUnits: 4, gradClipping: -1}",
      input: "5, 3",
      says: "r (LSTMLayer) needs a gradClipping of 0 (off) or more, got -1.0."),
    WrongNetwork(
      "peepholes without weights",
      "{name: r, type: LSTMLayer, numUnits: 4, ingate: {WCell: null}}",
      input: "5, 3",
      says: "r (LSTMLayer) needs weights WCell for the peephole of its ingate, got none; give "
        + "them, or set peepholes to false."),
    WrongNetwork(
      "an inner network for other features",
      "{name: r, type: CustomRecurrentLayer, inputToHidden: {layers: [{name: i, type: InputLayer, "
        + "shape: [null, 4]}, {name: x, type: DenseLayer, numUnits: 2}]}, hiddenToHidden: {layers: "
        + "[{name: j, type: InputLayer, shape: [null, 2]}, {name: y, type: DenseLayer, numUnits: "
        + "2}]}}",
      input: "5, 3",
      says: "r (CustomRecurrentLayer) has an inputToHidden that needs [4] for each step, got "
        + "[3]; change the shape of its input layer."),
    WrongNetwork(
      "inner networks that do not meet",
      "{name: r, type: CustomRecurrentLayer, inputToHidden: {layers: [{name: i, type: InputLayer, "
        + "shape: [null, 3]}, {name: x, type: DenseLayer, numUnits: 2}]}, hiddenToHidden: {layers: "
        + "[{name: j, type: InputLayer, shape: [null, 4]}, {name: y, type: DenseLayer, numUnits: "
        + "4}]}}",
      input: "5, 3",
      says: "r (CustomRecurrentLayer) needs networks whose outputs and hiddenToHidden's input "
        + "have one shape, got [2] from inputToHidden, and [4] from hiddenToHidden for an input "
        + "of [4]."),
    WrongNetwork(
      "an inner network with two inputs",
      "{name: r, type: CustomRecurrentLayer, inputToHidden: {layers: [{name: i, type: InputLayer, "
        + "shape: [null, 3]}, {name: k, type: InputLayer, shape: [null, 3]}, {name: x, type: "
        + "ElemwiseSumLayer, incomings: [i, k]}]}, hiddenToHidden: {layers: [{name: j, type: "
        + "InputLayer, shape: [null, 3]}, {name: y, type: DenseLayer, numUnits: 3}]}}",
      input: "5, 3",
      says: "r (CustomRecurrentLayer) needs a network with one input and one output as its "
        + "inputToHidden, got 2 inputs and 1 outputs."),
  ]
}
