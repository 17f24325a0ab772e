import Lasagne
import Tensors
import Testing

@Suite struct ResidualTests {
  private func file(_ layers: String...) throws -> Network {
    try Network(
      modelFile: "lasagne: 1\nname: net\nlayers:\n"
        + layers.map { "  - {\($0)}\n" }.joined())
  }

  @Test func `a block adds what its first layer reads`() throws {
    let network = try Network("net", input: [8]) {
      Residual {
        DenseLayer(4)
        DenseLayer(8, nonlinearity: .linear)
      }
    }
    #expect(
      try network
        == file(
          "name: input, type: InputLayer, shape: [null, 8]",
          "name: dense1, type: DenseLayer, numUnits: 4",
          "name: dense2, type: DenseLayer, numUnits: 8, nonlinearity: linear",
          "name: sum1, type: ElemwiseSumLayer, incomings: [dense2, input]"))
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `a shortcut may have layers of its own, the sum a nonlinearity and a name`() throws {
    let network = try Network("net", input: [2, 8, 8]) {
      Residual(nonlinearity: .rectify, name: "block") {
        batchNorm(Conv2DLayer(4, filterSize: 3, stride: 2, pad: .same)).named("a")
        Conv2DLayer(4, filterSize: 3, pad: .same, nonlinearity: .linear).named("b")
      } shortcut: {
        Conv2DLayer(4, filterSize: 1, stride: 2, nonlinearity: .linear).named("c")
        ScaleLayer().named("d")
      }
      DenseLayer(3)
    }
    let conv = "type: Conv2DLayer, numFilters: 4"
    #expect(
      try network
        == file(
          "name: input, type: InputLayer, shape: [null, 2, 8, 8]",
          "name: a, \(conv), filterSize: 3, stride: 2, pad: same, b: null, nonlinearity: linear",
          "name: a_bn, type: BatchNormLayer", "name: a_bn_nonlin, type: NonlinearityLayer",
          "name: b, \(conv), filterSize: 3, pad: same, nonlinearity: linear",
          "name: c, incoming: input, \(conv), filterSize: 1, stride: 2, nonlinearity: linear",
          "name: d, type: ScaleLayer",
          "name: sum1, type: ElemwiseSumLayer, incomings: [b, d]",
          "name: block, type: NonlinearityLayer", "name: dense1, type: DenseLayer, numUnits: 3"))
  }

  @Test func `blocks stand in blocks, read other layers, add other layers`() throws {
    let network = try Network("net", input: [6]) {
      DenseLayer(6).named("stem")
      Residual {
        Residual { DenseLayer(6).named("a") }
        DenseLayer(6).named("b")
        Residual {
          DenseLayer(6).named("c")
        } shortcut: {
          Residual { DenseLayer(6).named("d") }
        }
      }
      Residual(adding: "stem", name: "last") { DenseLayer(6).named("e") }.reading("b")
    }
    let dense = "type: DenseLayer, numUnits: 6"
    let sum = "type: ElemwiseSumLayer, incomings:"
    #expect(
      try network
        == file(
          "name: input, type: InputLayer, shape: [null, 6]", "name: stem, \(dense)",
          "name: a, \(dense)", "name: sum1, \(sum) [a, stem]", "name: b, \(dense)",
          "name: c, \(dense)", "name: d, incoming: b, \(dense)", "name: sum2, \(sum) [d, b]",
          "name: sum3, \(sum) [c, sum2]", "name: sum4, \(sum) [sum3, stem]",
          "name: e, incoming: b, \(dense)", "name: last, \(sum) [e, stem]"))
  }

  @Test func `a block computes its output plus its input`() throws {
    let network = try Network("net", input: [2]) {
      Residual { NonlinearityLayer(.scaledTanh(scaleIn: 1, scaleOut: 0)) }
      Residual { NonlinearityLayer(.linear) }
    }
    let input = try Tensor([1, -3] as [Double], shape: [1, 2])
    #expect(try network.values(["": input]) == [2, -6])
  }

  @Test func `what cannot be added is told in one sentence`() {
    #expect {
      try Network("net", input: [8]) { Residual(name: "block") { DenseLayer(4) } }
    } throws: {
      "\($0)"
        == "block (sum) ends a residual block whose output is [?, 4], but whose shortcut is [?, 8]; make "
        + "them agree, or bring the shortcut to that shape: Residual { … } shortcut: { … }."
    }
    #expect {
      try Network("net", input: [8]) { Residual {} }
    } throws: {
      "\($0)" == "residual1 (residual) is a residual block without layers; put some into it."
    }
    #expect {
      try Network("net", input: [8]) {
        DenseLayer(8).named("a")
        Residual { ElemwiseSumLayer().reading("input", "a") }
      }
    } throws: {
      "\($0)"
        == "residual1 (residual) is a residual block whose first layer reads 2 layers; let it read one, "
        + "from which the shortcut starts."
    }
  }
}
