import Foundation
import Lasagne
import Testing

@Suite struct ModelFileTests {
  private func sentence(_ text: String) -> String {
    do {
      _ = try Network(modelFile: text)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func dense(_ settings: String) -> String {
    """
    lasagne: 1
    name: net
    layers:
      - {name: in, type: InputLayer, shape: [null, 4]}
      - {name: out, type: DenseLayer, \(settings)}
    """
  }

  @Test func `a file and a network built in Swift are equal`() throws {
    let file = """
      lasagne: 1
      name: net
      layers:
        - {name: in, type: InputLayer, shape: [null, 3, 9, 9]}
        - {name: conv, type: Conv2DLayer, incoming: in, numFilters: 4, filterSize: [3, 3], stride: [2, 2], pad: same, W: {HeNormal: {gain: relu}}, nonlinearity: {leakyRectify: {leakiness: 0.1}}}
        - {name: pool, type: MaxPool2DLayer, poolSize: [2, 2], stride: 2}
        - {name: left, type: DenseLayer, numUnits: 5, b: null}
        - {name: right, type: DenseLayer, incoming: pool, numUnits: 5, W: {shareWith: left.W}}
        - {name: sum, type: ElemwiseSumLayer, incomings: [left, right], coeffs: [1.0, -1.0]}
      output: sum
      """
    let built = try Network("net") {
      InputLayer([nil, 3, 9, 9]).named("in")
      Conv2DLayer(
        4, filterSize: 3, stride: 2, pad: .same, W: .heNormal(gain: .relu),
        nonlinearity: .leakyRectify(leakiness: 0.1), name: "conv")
      MaxPool2DLayer(2).named("pool")
      DenseLayer(5, b: nil).named("left")
      DenseLayer(5, W: .shareWith("left.W")).named("right").reading("pool")
      ElemwiseSumLayer(coeffs: [1, -1]).named("sum").reading("left", "right")
    }
    let network = try Network(modelFile: file)
    #expect(network == built)
    #expect(try Network(modelFile: built.modelFile()) == built)
    #expect(try Network(modelFile: built.modelFile(format: .json)) == built)
    #expect(
      try JSONDecoder().decode(Network.self, from: JSONEncoder().encode(built)) == built)
  }

  @Test func `defaults are left out of written files`() throws {
    let network = try Network("net", input: [4]) { DenseLayer(3, nonlinearity: .softmax) }
    #expect(
      try network.modelFile() == """
        lasagne: 1
        name: net
        layers:
          - {name: input, type: InputLayer, shape: [null, 4]}
          - {name: dense1, type: DenseLayer, numUnits: 3, nonlinearity: softmax}
        output: dense1

        """)
  }

  @Test func `names that YAML would misread are quoted`() throws {
    let network = try Network("yes", input: [4]) { DenseLayer(3).named("a: \"b\"\n#é") }
    #expect(try Network(modelFile: network.modelFile()) == network)
    #expect(try Network(modelFile: network.modelFile(format: .json)) == network)
  }

  @Test func `an unknown key names the closest`() {
    #expect(
      sentence(dense("numUnit: 3"))
        == "out (DenseLayer) has no key 'numUnit': did you mean 'numUnits'?")
    #expect(
      sentence(dense("numUnits: 3") + "\noutputt: out")
        == "The model file has no key 'outputt': did you mean 'output'?")
    #expect(
      sentence(dense("numUnits: 3, W: {HeNormal: {gian: 2}}"))
        == "out (DenseLayer) has a wrong 'W': The initializer 'HeNormal' has no argument 'gian': did "
        + "you mean 'gain'?")
  }

  @Test func `sizes beyond any memory are refused`() {
    #expect(
      sentence(dense("numUnits: 9223372036854775807"))
        == "out (DenseLayer) has a wrong 'numUnits': got the number 9223372036854775807, expected a "
        + "whole number of at most 2147483648.")
    let huge = (0..<4).map { "\n  - {name: d\($0), type: DenseLayer, numUnits: 2000000000}" }
      .joined()
    #expect(sentence(dense("numUnits: 2000000000") + huge).contains("larger than any memory"))
  }

  @Test func `the version is checked`() {
    #expect(
      sentence("name: net")
        == "The model file does not say its version; begin it with 'lasagne: 1'.")
    #expect(
      sentence("lasagne: 2")
        == "The model file's version is the number 2, this program reads version 1 ('lasagne: 1'); is "
        + "it from a newer one?")
  }

  @Test func `files that would fill memory or the stack are refused`() {
    let bomb = "lasagne: 1\na: &a [x, x]\nb: &b [*a, *a]\nlayers: [*b]"
    #expect(sentence(bomb).contains("anchors or aliases"))
    #expect(sentence("a: " + String(repeating: "[", count: 5000)).contains("nested deeper"))
    #expect(sentence(String(repeating: "- ", count: 5000)).contains("nested deeper"))
    #expect(
      sentence(String(repeating: " ", count: 10 << 20 | 1)).contains("more than the 10485760"))
    #expect(sentence("{\"a\": ").contains("not valid JSON"))
    #expect(sentence("a: [1").contains("not valid YAML"))
    #expect(sentence("a: 1\na: 2").contains("stands twice"))
    #expect(sentence("") == "The model file is empty.")
  }
}
