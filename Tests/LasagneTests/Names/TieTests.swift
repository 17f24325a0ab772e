import Lasagne
import Tensors
import Testing

/// What Documentation/lasagne-names.md says about kinks and ties.
@Suite struct TieTests {
  private func gradient(
    of values: [Float], shape: [Int], _ function: (Tensor) throws -> Tensor
  ) throws -> [Float] {
    let input = try Tensor(values, shape: shape)
    try input.setRequiresGradient(true)
    return try Tensor.gradients(of: function(input).sum(), withRespectTo: [input])[0].values()
  }

  private func gradient(
    of values: [Float], shape: [Int], through layer: some Layer
  ) throws -> [Float] {
    let network = try Network(
      "net",
      parts: [
        NetworkPart(InputLayer(shape.map { $0 }).named("in")), NetworkPart(layer),
      ])
    let weights = try Weights(initializing: network, seed: 1)
    return try gradient(of: values, shape: shape) {
      try network.output($0, weights: weights, deterministic: true)
    }
  }

  @Test func `the first of several maxima in a region gets the gradient`() throws {
    #expect(
      try gradient(of: [1, 1, 0], shape: [1, 1, 3], through: MaxPool1DLayer(3)) == [1, 0, 0])
    #expect(
      try gradient(of: [0, 2, 2, 2], shape: [1, 1, 2, 2], through: MaxPool2DLayer(2)) == [
        0, 1, 0, 0,
      ])
  }

  @Test func `several maxima along an axis share the gradient`() throws {
    let layer = FeaturePoolLayer(2)
    #expect(try gradient(of: [1, 1], shape: [1, 2], through: layer) == [0.5, 0.5])
    let pool = GlobalPoolLayer(poolFunction: .max)
    #expect(
      try gradient(of: [1, 1, 1, 1], shape: [1, 1, 4], through: pool) == [0.25, 0.25, 0.25, 0.25])
  }

  @Test func `equal numbers share the gradient of the greater`() throws {
    for function in [MergeFunction.maximum, .minimum] {
      let network = try Network("net") {
        InputLayer([nil, 1]).named("a")
        InputLayer([nil, 1]).named("c")
        ElemwiseMergeLayer(function).reading("a", "c")
      }
      let weights = try Weights(initializing: network, seed: 1)
      let inputs = try ["a", "c"].map { _ in try Tensor([1] as [Float], shape: [1, 1]) }
      for input in inputs { try input.setRequiresGradient(true) }
      let output = try network.output(
        ["a": inputs[0], "c": inputs[1]], weights: weights, deterministic: true)
      let gradients = try Tensor.gradients(of: output.sum(), withRespectTo: inputs)
      #expect(try gradients.map { try $0.item() } == [0.5, 0.5])
    }
  }

  @Test func `slopes at zero are Theano's`() throws {
    #expect(try gradient(of: [0], shape: [1]) { try Nonlinearity.rectify($0) } == [0.5])
    #expect(
      try gradient(of: [0], shape: [1]) { try Nonlinearity.leakyRectify(leakiness: 0.5)($0) } == [
        0.75
      ])
    #expect(try gradient(of: [0], shape: [1]) { try Penalty.l1($0) } == [0])
    #expect(
      try gradient(of: [1], shape: [1]) { try Objective.huberLoss()($0, $0.detached() - 1) } == [1])
  }
}
