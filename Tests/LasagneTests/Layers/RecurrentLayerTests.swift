import Lasagne
import Tensors
import Testing

/// What the golden cases leave open: initial states from layers, both ways of clipping, errors.
@Suite struct RecurrentLayerTests {
  private func output(
    _ network: Network, _ inputs: [String: Tensor], seed: UInt64 = 3
  ) throws -> Tensor {
    let weights = try Weights(initializing: network, seed: seed)
    return try network.output(inputs, weights: weights, deterministic: true)
  }

  /// One unit, weights of 1: the state is the sum of the inputs so far.
  private func adding(
    backwards: Bool = false, gradientSteps: Int = -1, gradClipping: Double = 0,
    maskInput: String? = nil, onlyReturnFinal: Bool = false
  ) -> RecurrentLayer {
    RecurrentLayer(
      1, WInToHid: .constant(1), WHidToHid: .constant(1), nonlinearity: .linear,
      backwards: backwards, gradientSteps: gradientSteps, gradClipping: gradClipping,
      maskInput: maskInput, onlyReturnFinal: onlyReturnFinal, name: "rec")
  }

  private func input(_ values: [Float]) throws -> Tensor {
    let tensor = try Tensor(values, shape: [1, values.count, 1])
    try tensor.setRequiresGradient(true)
    return tensor
  }

  @Test func `states run through time in either direction`() throws {
    let values: [Float] = [1, 2, 4]
    func sums(_ layer: RecurrentLayer) throws -> [Float] {
      try output(Network("net", input: [nil, 1]) { layer }, ["": input(values)]).values()
    }
    #expect(try sums(adding()) == [1, 3, 7])
    #expect(try sums(adding(backwards: true)) == [7, 6, 4])
    #expect(try sums(adding(backwards: true, onlyReturnFinal: true)) == [7])
  }

  @Test func `a masked step copies the state`() throws {
    let network = try Network("net") {
      InputLayer([nil, nil, 1]).named("in")
      InputLayer([nil, nil]).named("mask")
      adding(maskInput: "mask").reading("in")
    }
    let mask = try Tensor([Float(1), 0, 1], shape: [1, 3])
    #expect(
      try output(network, ["in": input([1, 2, 4]), "mask": mask]).values(as: Float.self)
        == [1, 1, 5])
  }

  @Test func `gradients come from the last steps only, and clipped`() throws {
    func gradient(_ layer: RecurrentLayer) throws -> [Double] {
      let input = try input([1, 2, 4, 8])
      let sums = try output(Network("net", input: [nil, 1]) { layer }, ["": input])
      return try Tensor.gradients(of: sums.sum(), withRespectTo: [input])[0].values(as: Double.self)
    }
    #expect(try gradient(adding()) == [4, 3, 2, 1])
    #expect(try gradient(adding(gradientSteps: 2)) == [0, 0, 2, 1])
    #expect(try gradient(adding(backwards: true, gradientSteps: 2)) == [1, 2, 0, 0])
    // Clipped at every step: 1, min(1 + 1, 1.5), min(1.5 + 1, 1.5), …
    #expect(try gradient(adding(gradClipping: 1.5)) == [1.5, 1.5, 1.5, 1])
  }

  @Test func `a GRU clips the raw input where sums are not precomputed`() throws {
    func gradient(precomputeInput: Bool, clipping: Double) throws -> [Double] {
      let network = try Network("net", input: [3, 2]) {
        GRULayer(
          2, hiddenUpdate: Gate(WIn: .constant(3), WCell: nil, nonlinearity: .tanh),
          gradClipping: clipping, precomputeInput: precomputeInput)
      }
      let input = try Tensor([Float](repeating: 0.1, count: 6), shape: [1, 3, 2])
      try input.setRequiresGradient(true)
      return try Tensor.gradients(
        of: output(network, ["": input]).sum(), withRespectTo: [input])[0].values(as: Double.self)
    }
    let free = try gradient(precomputeInput: true, clipping: 0)
    #expect(try gradient(precomputeInput: false, clipping: 0) == free)
    #expect(free.contains { abs($0) > 0.5 })
    #expect(try gradient(precomputeInput: false, clipping: 0.5).allSatisfy { abs($0) <= 0.5 })
    #expect(try gradient(precomputeInput: true, clipping: 0.5).contains { abs($0) > 0.5 })
  }

  @Test func `a custom layer computes steps one by one or all at once`() throws {
    func sums(precomputeInput: Bool) throws -> [Float] {
      let layer = CustomRecurrentLayer(
        inputToHidden: try Network("i", input: [1, 3]) {
          Conv1DLayer(2, filterSize: 3, pad: .same).named("i2h")
        },
        hiddenToHidden: try Network("h", input: [2, 3]) {
          Conv1DLayer(2, filterSize: 1).named("h2h")
        },
        learnInit: true, precomputeInput: precomputeInput)
      let network = try Network("net", input: [4, 1, 3]) { layer }
      #expect(try network.outputShape() == [nil, 4, 2, 3])
      #expect(
        network.parameters.map(\.fullName)
          == ["recurrent1.hid_init", "i2h.W", "i2h.b", "h2h.W", "h2h.b"])
      let input = try Tensor((0..<24).map { Float($0) / 9 }, shape: [2, 4, 1, 3])
      return try output(network, ["": input]).values()
    }
    #expect(try sums(precomputeInput: true) == sums(precomputeInput: false))
  }

  @Test func `model files hold gates, initial states and inner networks`() throws {
    let file = """
      lasagne: 1
      name: net
      layers:
        - {name: in, type: InputLayer, shape: [null, null, 3]}
        - {name: h0, type: InputLayer, shape: [null, 4]}
        - {name: lstm, type: LSTMLayer, incoming: in, numUnits: 4, ingate: {WIn: {Normal: {std: 0.5}}, nonlinearity: rectify}, cell: {b: 1.0, nonlinearity: tanh}, cellInit: {layer: h0}, hidInit: 0.5, learnInit: true}
        - {name: gru, type: GRULayer, incoming: lstm, numUnits: 4, hiddenUpdate: {WHid: Orthogonal, nonlinearity: elu}, hidInit: {layer: h0}, gradClipping: 5, gradientSteps: 10}
        - {name: out, type: CustomRecurrentLayer, inputToHidden: {layers: [{name: a, type: InputLayer, shape: [null, 4]}, {name: b, type: DenseLayer, numUnits: 2, W: {HeNormal: {gain: relu}}}], output: b}, hiddenToHidden: {layers: [{name: c, type: InputLayer, shape: [null, 2]}, {name: d, type: DenseLayer, numUnits: 2}], output: d}}
      output: out
      """
    let built = try Network("net") {
      InputLayer([nil, nil, 3]).named("in")
      InputLayer([nil, 4]).named("h0")
      LSTMLayer(
        4, ingate: Gate(WIn: .normal(std: 0.5), nonlinearity: .rectify),
        cell: Gate(b: .constant(1), nonlinearity: .tanh), cellInit: .layer("h0"),
        hidInit: .constant(0.5), learnInit: true
      ).reading("in").named("lstm")
      GRULayer(
        4, hiddenUpdate: Gate(WHid: .orthogonal(), nonlinearity: .elu), hidInit: .layer("h0"),
        gradientSteps: 10, gradClipping: 5, name: "gru")
      CustomRecurrentLayer(
        inputToHidden: try Network("any") {
          InputLayer([nil, 4], name: "a")
          DenseLayer(2, W: .heNormal(gain: .relu), name: "b")
        },
        hiddenToHidden: try Network("other") {
          InputLayer([nil, 2], name: "c")
          DenseLayer(2, name: "d")
        }, name: "out")
    }
    let network = try Network(modelFile: file)
    #expect(network == built)
    #expect(network.inputs == ["in", "h0"])
    #expect(network.summary().layers.last?.parameters.map(\.name).last == "d.b")
    for format in [ModelFileFormat.yaml, .json] {
      #expect(try Network(modelFile: network.modelFile(format: format)) == network)
    }
    let lstm = network.parameters.filter { $0.layer == "lstm" }.map(\.fullName)
    #expect(lstm.last == "lstm.hid_init" && !lstm.contains("lstm.cell_init"))
    let start = try Tensor.zeros([2, 4])
    #expect(
      try output(network, ["in": .ones([2, 5, 3]), "h0": start]).shape == [2, 5, 2])
  }

  @Test func `parameters inside a layer can be shared`() throws {
    let network = try Network("net", input: [4, 3]) {
      RecurrentLayer(3).named("rec")
      DenseLayer(3, W: .shareWith("rec.input_to_hidden.W"), numLeadingAxes: 2)
    }
    #expect(network.parameters.map(\.fullName).filter { $0.hasSuffix(".W") }.count == 2)
  }

  private func sentence(
    input: [Int?] = [4, 3], @NetworkBuilder _ layers: () throws -> [NetworkPart]
  ) -> String {
    do {
      _ = try Network("net", input: input, layers)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `impossible recurrent layers are refused`() {
    #expect(
      sentence(input: [3]) { LSTMLayer(2).named("l") }
        == "l (LSTMLayer) needs an input of at least 3 axes (batch, steps, features), got [?, 3]; put "
        + "a ReshapeLayer before it.")
    #expect(
      sentence(input: [4, nil]) { GRULayer(2).named("g") }
        == "g (GRULayer) needs a known number of features, got [?, 4, ?]; fix the input's shape after "
        + "the first two axes.")
    #expect(
      sentence { GRULayer(2, maskInput: "input").named("g") }
        == "g (GRULayer) needs a mask of shape [?, 4] (batch, steps), got [?, 4, 3].")
    #expect(
      sentence { RecurrentLayer(2, hidInit: .layer("input")).named("r") }
        == "r (RecurrentLayer) needs an initial state hid_init of shape [?, 2], got [?, 4, 3] from "
        + "input.")
    #expect(
      sentence { LSTMLayer(2, outgate: Gate(WCell: nil)).named("l") }
        == "l (LSTMLayer) needs weights WCell for the peephole of its outgate, got none; give them, or "
        + "set peepholes to false.")
    #expect(
      sentence { LSTMLayer(2, gradientSteps: 0).named("l") }
        == "l (LSTMLayer) needs gradientSteps of at least 1, or -1 for all, got 0.")
    #expect(
      sentence { GRULayer(2, maskInput: "musk").named("g") }
        == "g reads 'musk', which is not a layer: use one of input.")
    #expect(
      sentence {
        CustomRecurrentLayer(
          inputToHidden: try Network("i", input: [5]) { DenseLayer(2).named("i2h") },
          hiddenToHidden: try Network("h", input: [2]) { DenseLayer(2).named("h2h") },
          name: "r")
      }
        == "r (CustomRecurrentLayer) has an inputToHidden that needs [5] for each step, got [3]; change "
        + "the shape of its input layer.")
  }
}
