import Lasagne

extension LayerCatalogue {
  private static let masked = [
    "name: input, type: InputLayer, shape: [null, 4, 2]",
    "name: mask, type: InputLayer, shape: [null, 4]",
    "name: start, type: InputLayer, shape: [null, 3]",
  ]

  @NetworkBuilder private static func maskedInputs() -> [NetworkPart] {
    InputLayer([nil, 4, 2], name: "input")
    InputLayer([nil, 4], name: "mask")
    InputLayer([nil, 3], name: "start")
  }

  /// The same walk for all: a mask, a given state, backwards, the last step only.
  private static let walk =
    "hidInit: {layer: start}, backwards: true, maskInput: mask, onlyReturnFinal: true"
  /// Limits of gradients, which a gradient check sets aside.
  private static let limits =
    "hidInit: 0.1, learnInit: true, gradientSteps: 2, gradClipping: 1, precomputeInput: false"

  private static let gate = Gate(
    WIn: .normal(std: 1), WHid: .normal(std: 1), WCell: .normal(std: 1), b: .constant(0.1),
    nonlinearity: .tanh)
  private static let gateFile =
    "{WIn: {Normal: {std: 1}}, WHid: {Normal: {std: 1}}, WCell: {Normal: {std: 1}}, b: 0.1, "
    + "nonlinearity: tanh}"

  private static func inner(_ name: String, _ inputs: Int) -> String {
    "{layers: [{name: input, type: InputLayer, shape: [null, \(inputs)]}, {name: \(name), "
      + "type: DenseLayer, numUnits: 3, nonlinearity: tanh}], output: \(name)}"
  }

  private static func innerNetwork(_ name: String, _ inputs: Int) throws -> Network {
    try Network("network", input: [inputs]) { DenseLayer(3, nonlinearity: .tanh).named(name) }
  }

  /// Layers that walk through time.
  static let recurrent: [CatalogueEntry] = [
    .graph(
      RecurrentLayer.self,
      masked + [
        "name: layer, type: RecurrentLayer, incoming: input, numUnits: 3, WInToHid: HeNormal, "
          + "WHidToHid: Orthogonal, b: null, nonlinearity: tanh, unrollScan: true, \(walk)"
      ]
    ) {
      maskedInputs()
      RecurrentLayer(
        3, WInToHid: .heNormal(), WHidToHid: .orthogonal(), b: nil, nonlinearity: .tanh,
        hidInit: .layer("start"), backwards: true, unrollScan: true, maskInput: "mask",
        onlyReturnFinal: true
      ).named("layer").reading("input")
    }.withoutGradient(by: "mask"),
    .one(
      [4, 2], "numUnits: 3, nonlinearity: tanh, \(limits)",
      RecurrentLayer(
        3, nonlinearity: .tanh, hidInit: .constant(0.1), learnInit: true, gradientSteps: 2,
        gradClipping: 1, precomputeInput: false)),
    .graph(
      LSTMLayer.self,
      masked + [
        "name: layer, type: LSTMLayer, incoming: input, numUnits: 3, ingate: \(gateFile), "
          + "forgetgate: \(gateFile), cell: {nonlinearity: softplus}, outgate: \(gateFile), "
          + "nonlinearity: sigmoid, cellInit: 0.2, unrollScan: true, \(walk)"
      ]
    ) {
      maskedInputs()
      LSTMLayer(
        3, ingate: gate, forgetgate: gate, cell: Gate(nonlinearity: .softplus), outgate: gate,
        nonlinearity: .sigmoid, cellInit: .constant(0.2), hidInit: .layer("start"),
        backwards: true, unrollScan: true, maskInput: "mask", onlyReturnFinal: true
      ).named("layer").reading("input")
    }.withoutGradient(by: "mask"),
    .one(
      [4, 2], "numUnits: 3, peepholes: false, \(limits)",
      LSTMLayer(
        3, hidInit: .constant(0.1), learnInit: true, peepholes: false, gradientSteps: 2,
        gradClipping: 1, precomputeInput: false)),
    .graph(
      GRULayer.self,
      masked + [
        "name: layer, type: GRULayer, incoming: input, numUnits: 3, resetgate: {b: 0.1, "
          + "nonlinearity: sigmoid}, updategate: {b: 0.2, nonlinearity: sigmoid}, "
          + "hiddenUpdate: {nonlinearity: softplus}, unrollScan: true, \(walk)"
      ]
    ) {
      maskedInputs()
      GRULayer(
        3, resetgate: Gate(WCell: nil, b: .constant(0.1)),
        updategate: Gate(WCell: nil, b: .constant(0.2)),
        hiddenUpdate: Gate(WCell: nil, nonlinearity: .softplus), hidInit: .layer("start"),
        backwards: true, unrollScan: true, maskInput: "mask", onlyReturnFinal: true
      ).named("layer").reading("input")
    }.withoutGradient(by: "mask"),
    .one(
      [4, 2], "numUnits: 3, \(limits)",
      GRULayer(
        3, hidInit: .constant(0.1), learnInit: true, gradientSteps: 2, gradClipping: 1,
        precomputeInput: false)),
    .graph(
      CustomRecurrentLayer.self,
      masked + [
        "name: layer, type: CustomRecurrentLayer, incoming: input, inputToHidden: \(inner("i", 2)), "
          + "hiddenToHidden: \(inner("h", 3)), nonlinearity: sigmoid, unrollScan: true, \(walk)"
      ]
    ) {
      maskedInputs()
      CustomRecurrentLayer(
        inputToHidden: try innerNetwork("i", 2), hiddenToHidden: try innerNetwork("h", 3),
        nonlinearity: .sigmoid, hidInit: .layer("start"), backwards: true, unrollScan: true,
        maskInput: "mask", onlyReturnFinal: true
      ).named("layer").reading("input")
    }.withoutGradient(by: "mask"),
    .graph(
      CustomRecurrentLayer.self,
      [
        "name: input, type: InputLayer, shape: [null, 4, 2]",
        "name: layer, type: CustomRecurrentLayer, inputToHidden: \(inner("i", 2)), "
          + "hiddenToHidden: \(inner("h", 3)), nonlinearity: tanh, \(limits)",
      ]
    ) {
      InputLayer([nil, 4, 2], name: "input")
      CustomRecurrentLayer(
        inputToHidden: try innerNetwork("i", 2), hiddenToHidden: try innerNetwork("h", 3),
        nonlinearity: .tanh, hidInit: .constant(0.1), learnInit: true, gradientSteps: 2,
        gradClipping: 1, precomputeInput: false
      ).named("layer")
    },
  ]
}
