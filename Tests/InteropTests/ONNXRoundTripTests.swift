import Interop
import Lasagne
import Tensors
import Testing

/// Networks whose layers both directions know.
private func networks() throws -> [Network] {
  [
    try Network("cnn", input: [2, 11, 12]) {
      batchNorm(Conv2DLayer(4, filterSize: [3, 2], stride: [1, 2], pad: 1))
      MaxPool2DLayer(3, stride: 2, pad: 1)
      Conv2DLayer(6, filterSize: 2, nonlinearity: .elu, numGroups: 2)
      LocalResponseNormalization2DLayer(alpha: 0.3, n: 3)
      Pool2DLayer(2, stride: 1, mode: .averageIncPad)
      TransposedConv2DLayer(3, filterSize: 3, stride: 2, nonlinearity: .selu, outputSize: [10, 6])
      DilatedConv2DLayer(4, filterSize: 2, dilation: 2, nonlinearity: .tanh)
      Upscale2DLayer(2)
      PadLayer(1, val: 0.5)
      ParametricRectifierLayer()
      NINLayer(3, nonlinearity: .leakyRectify(leakiness: 0.2))
      DenseLayer(5, nonlinearity: .softmax)
    },
    try Network("pools", input: [3, 9]) {
      Conv1DLayer(4, filterSize: 3, pad: .full, untieBiases: true, flipFilters: false)
      MaxPool1DLayer(4, stride: 3, ignoreBorder: false)
      SliceLayer(.range(start: 1, stop: nil, step: nil), axis: 2)
      DimshuffleLayer([0, 2, 1])
      ReshapeLayer([.inputAxis(0), .rest])
      ScaleLayer(scales: .constant(1))
      BiasLayer()
      LayerNormLayer()
    },
    try Network("merges") {
      InputLayer([nil, 4], name: "x")
      DenseLayer(3, nonlinearity: .silu, name: "a")
      DenseLayer(3, b: nil, nonlinearity: .linear, name: "b").reading("x")
      ElemwiseSumLayer(coeffs: [2, -1], name: "sum").reading("a", "b")
      ElemwiseMergeLayer(.maximum, name: "top").reading("a", "sum")
      ConcatLayer(name: "all").reading("top", "b", "a")
    },
    try Network("words", input: [nil]) {
      EmbeddingLayer(inputSize: 4, outputSize: 3)
      LSTMLayer(4, hidInit: .constant(0.3), backwards: true)
      GRULayer(3)
      RecurrentLayer(2, nonlinearity: .tanh, onlyReturnFinal: true)
    },
  ]
}

@Suite struct ONNXRoundTripTests {
  @Test func `what is written and read again gives the same numbers`() throws {
    try Backend.load()
    for network in try networks() {
      let weights = try unusualWeights(network)
      let expected = try output(network, weights)
      let (read, arrays) = try ONNXFile.read(ONNXFile.data(network, weights: weights))
      #expect(try difference(output(read, arrays), expected) < 1e-5, "\(network.name)")
      #expect(read.inputs == network.inputs)
      let (again, same) = try ONNXFile.read(ONNXFile.data(read, weights: arrays))
      #expect(try difference(output(again, same), expected) < 1e-5, "\(network.name) again")
    }
  }

  @Test func `names, sizes and nonlinearities of layers survive`() throws {
    try Backend.load()
    let network = try Network("net", input: [1, 8, 8]) {
      Conv2DLayer(4, filterSize: 3, name: "first")
      MaxPool2DLayer(2, name: "pool")
      DropoutLayer()
      DenseLayer(10, nonlinearity: .softmax, name: "last")
    }
    let weights = try unusualWeights(network)
    let (read, arrays) = try ONNXFile.read(ONNXFile.data(network, weights: weights))
    let expected = try Network("net", input: [1, 8, 8]) {
      Conv2DLayer(4, filterSize: 3, flipFilters: false, name: "first")
      MaxPool2DLayer(2, name: "pool")
      DenseLayer(10, nonlinearity: .softmax, name: "last")
    }
    #expect(read == expected)
    // Filters are turned round on the way: the first number of each was the last.
    #expect(arrays[0].values(as: Float.self).first == weights[0].values(as: Float.self)[8])
  }

  @Test func `a layer that is read twice keeps its nonlinearity to itself`() throws {
    try Backend.load()
    let network = try Network("twice") {
      InputLayer([nil, 4], name: "x")
      DenseLayer(3, nonlinearity: .linear, name: "a")
      DropoutLayer(name: "d")
      NonlinearityLayer(.rectify, name: "r").reading("d")
      ElemwiseSumLayer(name: "sum").reading("a", "r")
    }
    let weights = try unusualWeights(network)
    let (read, arrays) = try ONNXFile.read(ONNXFile.data(network, weights: weights))
    #expect(try difference(output(read, arrays), output(network, weights)) < 1e-6)
  }

  @Test func `every network of the zoo is written`() throws {
    try Backend.load()
    for entry in Zoo.entries where entry.name != "vgg" {
      let network = try entry.network()
      let weights = try Weights(initializing: network, seed: 3).hostArrays()
      #expect(try !ONNXFile.data(network, weights: weights).isEmpty, "\(entry.name)")
    }
  }

  @Test func `layers without a counterpart are refused by name`() throws {
    try Backend.load()
    let inverse = try Network("inverse", input: [4]) {
      DenseLayer(3, name: "code")
      InverseLayer("code", name: "decode")
    }
    let own = try Network("own", input: [4]) {
      ExpressionLayer(name: "twice") { (x) throws(TensorError) in try x * 2 }
    }
    let open = try Network("open", input: [1, nil, nil]) {
      MaxPool2DLayer(3, stride: 2, ignoreBorder: false, name: "pool")
    }
    for (network, words) in [
      (inverse, "decode (InverseLayer) computes a derivative"),
      (own, "twice (ExpressionLayer) computes a function written in Swift"),
      (open, "pool (MaxPool2DLayer) cannot be exported for an input of shape [?, 1, ?, ?]"),
    ] {
      let said = sentence { _ = try ONNXFile.data(network, weights: unusualWeights(network)) }
      #expect(said.hasPrefix(words), "\(said)")
    }
    let said = sentence { _ = try ONNXFile.data(inverse, weights: []) }
    #expect(said.contains("has 2 parameters, got 0 arrays"), "\(said)")
  }
}
