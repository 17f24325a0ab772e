import Lasagne
import Tensors
import Testing

/// A layer of one's own, as another package would write it.
struct Squash: Layer {
  var name: String?
  var strength = 2.0

  func forward(_ inputs: [Tensor], _ context: LayerContext) throws(TensorError) -> Tensor {
    try (inputs[0] * strength).tanh()
  }
}

@Suite struct NetworkTests {
  private func lenet() throws -> Network {
    try Network("lenet", input: [1, 28, 28]) {
      for filters in [8, 16] {
        Conv2DLayer(filters, filterSize: 5)
        MaxPool2DLayer(2)
      }
      DenseLayer(32)
      DropoutLayer(p: 0.5)
      DenseLayer(10, nonlinearity: .softmax)
    }
  }

  @Test func `names are made of the type and a number`() throws {
    #expect(
      try lenet().layers.map(\.name) == [
        "input", "conv1", "pool1", "conv2", "pool2", "dense1", "dropout1", "dense2",
      ])
  }

  @Test func `sizes are inferred and parameters are in Lasagne's order`() throws {
    let network = try lenet()
    #expect(try network.outputShape() == [nil, 10])
    #expect(try network.outputShape(of: "pool2") == [nil, 16, 4, 4])
    #expect(
      network.parameters.map(\.fullName) == [
        "conv1.W", "conv1.b", "conv2.W", "conv2.b", "dense1.W", "dense1.b", "dense2.W", "dense2.b",
      ])
    #expect(network.parameters[4].shape == [256, 32])
    #expect(network.parameterCount == 208 + 3216 + 8224 + 330)
  }

  @Test func `the order of parameters is that of the graph, not of the list`() throws {
    let network = try Network("order", input: [4]) {
      DenseLayer(2).named("first")
      DenseLayer(2).named("second").reading("input")
      ElemwiseSumLayer().reading("second", "first")
    }
    #expect(
      network.parameters.map(\.fullName) == ["second.W", "second.b", "first.W", "first.b"])
  }

  @Test func `batch normalization takes the place of the bias`() throws {
    let network = try Network("bn", input: [1, 6, 6]) {
      batchNorm(Conv2DLayer(2, filterSize: 3))
      dropoutChannels(p: 0.2)
      DenseLayer(3)
    }
    #expect(
      network.layers.map(\.name) == [
        "input", "conv1", "conv1_bn", "conv1_bn_nonlin", "dropout1", "dense1",
      ])
    #expect(
      network.parameters.map(\.fullName).prefix(5) == [
        "conv1.W", "conv1_bn.beta", "conv1_bn.gamma", "conv1_bn.mean", "conv1_bn.inv_std",
      ])
    #expect(
      network.layers[4].layer
        == AnyLayer(DropoutLayer(p: 0.2, sharedAxes: [2, 3], name: "dropout1")))
  }

  @Test func `normalization helpers add layers called after theirs`() throws {
    let network = try Network("norms", input: [1, 6, 6]) {
      instanceNorm(Conv2DLayer(2, filterSize: 3).named("conv"), learnBias: false)
      layerNorm(DenseLayer(3).named("dense"))
      prelu(DenseLayer(3))
    }
    #expect(
      network.layers.dropFirst().map(\.name) == [
        "conv", "conv_in", "conv_in_scale", "conv_in_nonlin", "dense", "dense_ln",
        "dense_ln_scale", "dense_ln_bias", "dense_ln_nonlin", "dense1", "prelu1",
      ])
  }

  @Test func `random slopes take the place of the nonlinearity`() throws {
    let network = try Network("net", input: [6]) { rrelu(DenseLayer(3).named("dense")) }
    let linear = DenseLayer(3, nonlinearity: .linear, name: "dense")
    #expect(network.layers[1].layer == AnyLayer(linear))
    #expect(network.layers[2].typeName == "RandomizedRectifierLayer")
  }

  @Test func `locations drop in all channels together`() {
    #expect(dropoutLocations(p: 0.2) == DropoutLayer(p: 0.2, sharedAxes: 1))
  }

  @Test func `a chain of thousands of layers needs no deep stack`() throws {
    let parts = (0..<3_000).map { _ in NetworkPart(NonlinearityLayer(.tanh)) }
    let network = try Network(
      "chain", parts: [NetworkPart(InputLayer([nil, 2]))] + parts)
    #expect(network.layers.last?.name == "nonlinearity3000")
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `a shared parameter is one`() throws {
    let network = try Network("shared") {
      InputLayer([nil, 3]).named("a")
      InputLayer([nil, 3]).named("c")
      DenseLayer(2).named("left").reading("a")
      DenseLayer(2, W: .shareWith("left.W")).named("right").reading("c")
      ElemwiseSumLayer().reading("right", "left")
    }
    #expect(network.parameters.map(\.fullName) == ["left.W", "right.b", "left.b"])
    #expect(network.inputs == ["c", "a"])
  }

  @Test func `the summary shows shapes and totals`() throws {
    let table = try lenet().summary().description
    #expect(table.contains("conv1     Conv2DLayer     batch × 8 × 24 × 24"))
    #expect(table.hasSuffix("11,978 parameters, 11,978 trainable"))
  }

  @Test func `a layer of one's own needs only its forward`() throws {
    LayerRegistry.shared.register(Squash.self)
    let network = try Network("own", input: [2]) { Squash() }
    #expect(network.layers[1].name == "squash1")
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.predict(HostArray([Float(0), 0.5], shape: [1, 2]), weights: weights)
    #expect(abs(output.values(as: Double.self)[1] - 0.7615942) < 1e-6)
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `first values are a pure function of the seed and the name`() throws {
    let network = try lenet()
    let first = try Weights(initializing: network, seed: 7).hostArrays()
    #expect(try Weights(initializing: network, seed: 7).hostArrays() == first)
    #expect(try Weights(initializing: network, seed: 8).hostArrays()[0] != first[0])
    #expect(try Weights(first, for: network).hostArrays() == first)
  }

  @Test func `weights of another network are refused in one sentence`() throws {
    let network = try Network("net", input: [2]) { DenseLayer(3) }
    let arrays = try Weights(initializing: network, seed: 1).hostArrays()
    #expect(
      throws: NetworkError(
        "The network 'net' has 2 parameters, got 1 arrays; give one array per parameter, in "
          + "Lasagne's order.")
    ) { try Weights(Array(arrays.prefix(1)), for: network) }
    #expect {
      try Weights(arrays.reversed(), for: network)
    } throws: {
      "\($0)"
        == "dense1 needs dense1.W of shape [2, 3], got [3] in array 0; are these the weights of another "
        + "network?"
    }
  }

  @Test func `inputs of the wrong shape or name are refused in one sentence`() throws {
    let network = try Network("net", input: [2]) { DenseLayer(3) }
    let weights = try Weights(initializing: network, seed: 1)
    #expect {
      try network.output(Tensor.zeros([1, 3]), weights: weights, deterministic: true)
    } throws: {
      "\($0)"
        == "input (InputLayer) needs an input of shape [?, 2], got [1, 3]; reshape the data or change "
        + "the layer's shape."
    }
    #expect {
      try network.output(["inputt": Tensor.zeros([1, 2])], weights: weights, deterministic: true)
    } throws: {
      "\($0)" == "The network 'net' needs the inputs input, got inputt; give one array for each."
    }
  }

  @Test func `logits are what softmax turns into the output`() throws {
    let network = try Network("net", input: [4]) { DenseLayer(3, nonlinearity: .softmax) }
    let weights = try Weights(initializing: network, seed: 3)
    let input = try Tensor.normal([5, 4], generator: Generator(seed: 1))
    let pass = try network.forward(
      ["": input], weights: weights, mode: .deterministic, keeping: .all)
    let again = try pass.outputBeforeNonlinearity.softmax(axis: 1)
    #expect(try again.values() == pass.output.values())
    #expect(pass.activations.keys.sorted() == ["dense1", "input"])
  }
}
