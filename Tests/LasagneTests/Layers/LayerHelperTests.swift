import Foundation
import Lasagne
import Tensors
import Testing

/// Helpers, functions as layers, values in place of layers, and names of GPU versions.
@Suite struct LayerHelperTests {
  @Test func `standardize takes the offset away and divides, untrained`() throws {
    let network = try Network("net", input: [2, 2]) {
      standardize(offset: [1, 10], scale: [2, 5])
      standardize(offset: [0.5], scale: [1])
    }
    #expect(network.parameters.allSatisfy { !$0.isTrainable })
    #expect(try Network(modelFile: network.modelFile()) == network)
    let weights = try Weights(initializing: network, seed: 1)
    let input = try HostArray([Float(1), 3, 10, 20], shape: [1, 2, 2])
    #expect(
      try network.predict(input, weights: weights).values(as: Float.self) == [
        -0.5, 0.5, -0.5, 1.5,
      ])
    #expect(throws: NetworkError.self) {
      try Network("net", input: [3]) { standardize(offset: [1, 2], scale: [1]) }
    }
  }

  @Test func `a function is a layer, but not in files`() throws {
    let layer = ExpressionLayer(outputShape: .automatic, name: "twice") {
      (x: Tensor) throws(TensorError) in try Tensor.concatenate([x, x * 2], axis: 1)
    }
    let network = try Network("net", input: [2, nil]) {
      layer
      ExpressionLayer(outputShape: .fixed([nil, 4])) { (x: Tensor) throws(TensorError) in
        try x.sum(axes: [2])
      }
    }
    #expect(try network.outputShape(of: "twice") == [nil, 4, nil])
    #expect(AnyLayer(layer) == AnyLayer(layer.named("twice")))
    let weights = try Weights(initializing: network, seed: 1)
    let input = try HostArray([Float(1), 2], shape: [1, 2, 1])
    #expect(try network.predict(input, weights: weights).values(as: Float.self) == [1, 2, 2, 4])
    do {
      _ = try network.modelFile()
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "twice (ExpressionLayer) cannot be written: it computes a function written in Swift, which "
          + "no model file holds; write a layer type of your own and register it.")
    }
  }

  @Test func `a file with an expression says why it cannot be read`() {
    let file = """
      lasagne: 1
      layers: [{name: in, type: InputLayer, shape: [null, 4]}, {name: e, type: ExpressionLayer}]
      """
    do {
      _ = try Network(modelFile: file)
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "e (ExpressionLayer) computes a function written in Swift, which no model file holds; build "
          + "this network in Swift, or write a layer type of your own and register it.")
    }
  }

  @Test func `a layer made from a shape has an input of its own`() throws {
    let network = try Network("net") {
      DenseLayer(2, W: .constant(1), nonlinearity: .linear, name: "free").reading(shape: [nil, 3])
    }
    #expect(network.inputs == ["input1"])
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.output(.ones([1, 3]), weights: weights, deterministic: true)
    #expect(try output.values(as: Float.self) == [3, 3])
  }

  @Test func `a value can stand for the output of any layer`() throws {
    let network = try Network("net", input: [3]) {
      DenseLayer(2).named("hidden")
      DenseLayer(1, W: .constant(1), nonlinearity: .linear).named("out")
    }
    let weights = try Weights(initializing: network, seed: 1)
    let hidden = try Tensor([Float(1), 4], shape: [1, 2])
    let output = try network.output(["hidden": hidden], weights: weights, deterministic: true)
    #expect(try output.values(as: Float.self) == [5])
    do {
      _ = try network.output(["hidden": .ones([1, 3])], weights: weights, deterministic: true)
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "hidden (DenseLayer) needs an input of shape [?, 2], got [1, 3]; reshape the data or change "
          + "the layer's shape.")
    }
  }

  private func file(_ entry: String) -> String {
    """
    lasagne: 1
    name: net
    layers:
      - {name: in, type: InputLayer, shape: [null, 2, 6, 6]}
      - {name: layer, \(entry)}
    """
  }

  @Test(arguments: [
    ("type: Conv2DDNNLayer, numFilters: 2, filterSize: 3", "flipFilters: false"),
    ("type: Conv2DMMLayer, numFilters: 2, filterSize: 3", "flipFilters: false"),
    (
      "type: Conv2DCCLayer, numFilters: 2, filterSize: 3, partialSum: 1, dimshuffle: true",
      "flipFilters: false"
    ),
    ("type: Conv2DDNNLayer, numFilters: 2, filterSize: 3, flipFilters: true", "type: Conv2DLayer"),
    ("type: MaxPool2DCCLayer, poolSize: 3, stride: 2", "ignoreBorder: false"),
    ("type: MaxPool2DDNNLayer, poolSize: 2", "type: MaxPool2DLayer"),
    ("type: Pool2DDNNLayer, poolSize: 2, mode: average_inc_pad", "type: Pool2DLayer"),
    ("type: BatchNormDNNLayer, alpha: 0.5", "type: BatchNormLayer"),
    ("type: SpatialPyramidPoolingDNNLayer, poolDims: [2, 1]", "type: SpatialPyramidPoolingLayer"),
    ("type: ShuffleBC01ToC01BLayer", "pattern: [1, 2, 3, 0]"),
    ("type: ShuffleC01BToBC01Layer", "pattern: [3, 0, 1, 2]"),
  ])
  func `GPU versions are read as ordinary layers`(entry: String, expected: String) throws {
    let network = try Network(modelFile: file(entry))
    let text = try network.modelFile()
    #expect(text.contains(expected), "\(text)")
    #expect(text.contains("flipFilters: false") == (expected == "flipFilters: false"))
    #expect(try Network(modelFile: text) == network)
  }

  @Test(arguments: [
    ("Conv3DDNNLayer", "numFilters: 2, filterSize: 2", "Conv3DLayer", "flipFilters: false"),
    ("Pool3DDNNLayer", "poolSize: 2", "Pool3DLayer", "poolSize: 2"),
    ("MaxPool3DDNNLayer", "poolSize: 2", "MaxPool3DLayer", "poolSize: 2"),
  ])
  func `GPU versions over volumes are read as ordinary layers`(
    type: String, settings: String, ordinary: String, expected: String
  ) throws {
    let network = try Network(
      modelFile: file("type: \(type), \(settings)").replacing("2, 6, 6]", with: "2, 6, 6, 6]"))
    let text = try network.modelFile()
    #expect(text.contains("type: \(ordinary), ") && text.contains(expected), "\(text)")
  }

  @Test(arguments: [
    "type: NINLayer_c01b, numUnits: 3",
    "type: Conv2DCCLayer, numFilters: 2, filterSize: 3, dimshuffle: false",
    "type: Conv2DDNNLayer, numFilters: 2, filterSize: 3, partialSum: 1",
  ])
  func `GPU versions that cannot be read say so`(entry: String) {
    #expect(throws: NetworkError.self) { try Network(modelFile: file(entry)) }
  }
}
