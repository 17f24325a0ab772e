import Lasagne
import Tensors
import Testing

/// What several layers do with one parameter, and layers inside layers with one name.
@Suite struct SharedParameterTests {
  /// Two layers without bias over one weight of 3.
  private func twins() throws -> (network: Network, weights: Weights) {
    let network = try Network("twins", input: [1]) {
      DenseLayer(1, b: nil, nonlinearity: .linear).named("first")
      DenseLayer(1, W: .shareWith("first.W"), b: nil, nonlinearity: .linear).named("second")
    }
    return (network, try Weights([HostArray([3] as [Float], shape: [1, 1])], for: network))
  }

  @Test func `a penalty of layers counts a shared parameter for each`() throws {
    let (network, weights) = try twins()
    #expect(network.parameters.map(\.users) == [["first", "second"]])
    #expect(try Penalty.l2.ofLayers(["first": 1, "second": 1], weights).item() == 18)
    #expect(try Penalty.l2.ofLayers(["second": 0.5], weights).item() == 4.5)
    #expect(try Penalty.l2.ofNetwork(weights).item() == 9)
  }

  @Test func `of layers that share running averages the first moves them`() throws {
    let network = try Network("norms", input: [1]) {
      BatchNormLayer(alpha: 0.5, beta: nil, gamma: nil).named("first")
      NonlinearityLayer(.scaledTanh(scaleOut: 9)).named("between")
      BatchNormLayer(
        alpha: 0.5, beta: nil, gamma: nil, mean: .shareWith("first.mean"),
        invStd: .shareWith("first.inv_std")
      ).named("second")
    }
    let weights = try Weights(
      [4, 1].map { try HostArray([$0] as [Float], shape: [1]) }, for: network)
    let pass = try network.forward(
      ["": Tensor([1, 3] as [Float], shape: [2, 1])], weights: weights,
      mode: .training(generator: nil))
    try pass.applyUpdates()
    // Half of 4, and half of the mean 2 of what the first layer reads.
    #expect(try weights.tensors[0].values() == [3])
  }

  @Test func `thousands of layers share with the one in their middle`() throws {
    let layers = (1...4000).map { index in
      let shared = index > 2000 ? ", W: {shareWith: d2000.W}" : ""
      return "- {name: d\(index), type: DenseLayer, numUnits: 2, b: null\(shared)}\n"
    }
    let head = "lasagne: 1\nlayers:\n- {name: in, type: InputLayer, shape: [null, 2]}\n"
    let network = try Network(modelFile: head + layers.joined())
    #expect(network.parameters.count == 2000)
    #expect(network.parameters.last?.fullName == "d2000.W")
    #expect(network.parameters.last?.users.count == 2001)
  }

  /// A layer of one unit, W and no bias, called `x` in each of the two networks inside.
  private func adding(_ first: Double, _ second: Double) throws -> CustomRecurrentLayer {
    func inner(_ weight: Double) throws -> Network {
      try Network("inner", input: [1]) {
        DenseLayer(1, W: .constant(weight), b: nil, nonlinearity: .linear).named("x")
      }
    }
    return CustomRecurrentLayer(
      inputToHidden: try inner(first), hiddenToHidden: try inner(second), nonlinearity: .linear,
      name: "walk")
  }

  @Test func `inner networks may use one name`() throws {
    let layer = try adding(1, 2)
    let network = try Network("net", input: [nil, 1]) { layer }
    #expect(
      network.parameters.map(\.fullName)
        == ["walk.hid_init", "x.W", "walk.hidden_to_hidden.x.W"])
    let weights = try Weights(initializing: network, seed: 1)
    let input = try Tensor([1, 2, 4] as [Float], shape: [1, 3, 1])
    let output = try network.output(input, weights: weights, deterministic: true)
    #expect(try output.values() == [1, 4, 12])
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `a layer of the network keeps its name before inner ones`() throws {
    let layer = try adding(1, 2)
    let network = try Network("net", input: [nil, 1]) {
      layer
      DenseLayer(2, b: nil, numLeadingAxes: 2).named("x")
    }
    #expect(
      network.parameters.map(\.fullName) == [
        "walk.hid_init", "walk.input_to_hidden.x.W", "walk.hidden_to_hidden.x.W", "x.W",
      ])
  }
}
