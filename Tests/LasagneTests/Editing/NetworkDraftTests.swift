import Records
import Testing

@testable import Lasagne

/// What is said of a model file while somebody writes it.
@Suite struct NetworkDraftTests {
  private static func file(_ lines: String...) -> String {
    "lasagne: 1\nname: net\nlayers:\n" + lines.map { "  - {\($0)}\n" }.joined()
  }

  @Test(arguments: Zoo.entries.map(\.name))
  func `a whole file is the network it says`(name: String) throws {
    let network = try Zoo.entry(name).network()
    let draft = NetworkDraft(try network.modelFile())
    #expect(draft.network == network)
    #expect(draft.problems.isEmpty && draft.waiting.isEmpty)
    #expect(draft.summary == network.summary())
    #expect(try draft.modelFile == network.modelFile())
  }

  @Test func `a mistake is its layer's, and hides no shape before it`() throws {
    let draft = NetworkDraft(
      Self.file(
        "name: in, type: InputLayer, shape: [null, 1, 8, 8]",
        "name: conv, type: Conv2DLayer, numFilters: 4, filterSize: 3",
        "name: wrong, type: Conv2DLayer, numFilters: 4, filterSize: 9",
        "name: pool, type: MaxPool2DLayer, poolSize: 2",
        "name: side, type: DenseLayer, incoming: conv, numUnits: 5"))
    #expect(draft.network == nil)
    #expect(draft.problems.map(\.layer) == ["wrong"])
    #expect(draft.problems[0].sentence.hasPrefix("wrong (Conv2DLayer) "))
    // What reads the layer at fault is not blamed; what does not is worked out.
    #expect(draft.waiting == ["pool"])
    #expect(
      draft.summary.layers.map(\.outputShape)
        == [[nil, 1, 8, 8], [nil, 4, 6, 6], [], [], [nil, 5]])
    // 4 filters of 1 × 3 × 3 and 4 biases; 4 · 6 · 6 inputs to 5 units and 5 biases.
    #expect(draft.summary.layers.map(\.parameterCount) == [0, 40, 0, 0, 725])
    #expect(draft.summary.layers[3].name == "pool")
  }

  @Test func `the sentence is the one that the file is refused with`() throws {
    let files = [
      Self.file("name: d, type: DenseLayer, numUnits: 3"),
      Self.file("name: in, type: InputLayer, shape: [null, 4]", "name: d, type: DenseLayr"),
      Self.file("name: in, type: InputLayer, shape: [null, 4]", "name: d, type: DenseLayer"),
      Self.file("name: in, type: InputLayer, shape: [null, 4]") + "output: nowhere\n",
      "layers: []", "lasagne: 1\nlayers: [", "a: &b c", "{\"lasagne\": 2, \"layers\": []}",
      Self.file(
        "name: in, type: InputLayer, shape: [null, 4]",
        "name: a, type: DenseLayer, numUnits: 4, W: {shareWith: b.W}",
        "name: b, type: DenseLayer, numUnits: 4"),
    ]
    for file in files {
      let draft = NetworkDraft(file)
      #expect(draft.network == nil)
      let sentences = draft.problems.map(\.sentence)
      #expect {
        try Network(modelFile: file)
      } throws: {
        sentences.contains("\($0)")
      }
    }
  }

  @Test func `several layers at fault are all told`() {
    let draft = NetworkDraft(
      Self.file(
        "name: in, type: InputLayer, shape: [null, 4]", "name: a, type: DenseLayer",
        "name: b, type: DenseLayer, incoming: in, numUnits: 0",
        "name: c, type: ConcatLayer, incomings: [a, b]",
        "name: d, type: DenseLayer, incoming: in, numUnits: 3, W: {shareWith: b.W}"))
    #expect(draft.problems.map(\.layer) == ["a", "b"])
    #expect(draft.waiting == ["c", "d"])
  }

  @Test func `a file that is not whole yet keeps the usual order of its keys`() throws {
    let text = """
      {"layers": [{"numUnits": 0, "type": "DenseLayer", "name": "d", "incoming": "in"}], \
      "name": "net", "lasagne": 1}
      """
    let file = try #require(NetworkDraft(text).modelFile)
    #expect(file.contains("  - {name: d, type: DenseLayer, incoming: in, numUnits: 0}\n"))
  }

  @Test func `two hundred layers are looked at, right and wrong`() {
    var lines = ["name: in, type: InputLayer, shape: [null, 3, 32, 32]"]
    for index in 0..<200 {
      lines.append("name: c\(index), type: Conv2DLayer, numFilters: 8, filterSize: 3, pad: same")
    }
    let file = "lasagne: 1\nlayers:\n" + lines.map { "  - {\($0)}\n" }.joined()
    #expect(NetworkDraft(file).network?.layers.count == 201)
    let broken = file.replacing("c100, type: Conv2DLayer", with: "c100, type: Conv2DLayr")
    let draft = NetworkDraft(broken)
    #expect(draft.problems.count == 1 && draft.waiting.count == 99)
    #expect(draft.summary.layers.filter { !$0.outputShape.isEmpty }.count == 101)
  }
}
