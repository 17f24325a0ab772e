import Lasagne
import Testing

@Suite struct BranchTests {
  /// What each layer reads, by the layer's name.
  private func reads(_ network: Network) -> [String: [String]] {
    Dictionary(uniqueKeysWithValues: network.layers.map { ($0.name, $0.incomings) })
  }

  @Test func `branches begin at one layer and are joined by the last`() throws {
    let network = try Network("net", input: [4, 6, 6]) {
      merge(ConcatLayer().named("mixed")) {
        branch { NINLayer(2) }
        branch {
          NINLayer(3)
          Conv2DLayer(5, filterSize: 3, pad: 1)
        }
        branch {}
      }
      DenseLayer(2)
    }
    #expect(
      reads(network) == [
        "input": [], "nin1": ["input"], "nin2": ["input"], "conv1": ["nin2"],
        "mixed": ["nin1", "conv1", "input"], "dense1": ["mixed"],
      ])
    #expect(try network.outputShape(of: "mixed") == [nil, 11, 6, 6])
    #expect(try Network(modelFile: network.modelFile()) == network)
  }

  @Test func `branches lie in branches, in loops and behind conditions`() throws {
    let network = try Network("net", input: [3]) {
      for isWide in [true, false] {
        merge(ConcatLayer()) {
          branch {
            merge(ElemwiseSumLayer()) {
              branch {}
              branch { DenseLayer(isWide ? 3 : 7).named(isWide ? "first" : "second") }
            }
          }
          if isWide { branch { DenseLayer(4).named("wide") } }
        }
      }
    }
    let reads = reads(network)
    #expect(reads["first"] == ["input"] && reads["wide"] == ["input"])
    #expect(reads["sum1"] == ["input", "first"] && reads["concat1"] == ["sum1", "wide"])
    #expect(reads["sum2"] == ["concat1", "second"] && reads["concat2"] == ["sum2"])
  }

  @Test func `a fork can begin at a layer that is named, and its join can be named after`() throws {
    let network = try Network("net", input: [3]) {
      DenseLayer(2).named("a")
      DenseLayer(2).named("b")
      merge(ElemwiseSumLayer()) {
        branch { DenseLayer(2).named("c") }
        branch {}
      }.reading("a").named("sum")
    }
    #expect(reads(network)["c"] == ["a"] && reads(network)["sum"] == ["c", "a"])
  }

  @Test func `a residual block adds what its first layer reads`() throws {
    let network = try Network("net", input: [4]) {
      for _ in 0..<2 {
        Residual(nonlinearity: .rectify) {
          DenseLayer(3)
          DenseLayer(4, nonlinearity: .linear)
        }
      }
      Residual(name: "last") {
        DenseLayer(5).named("way")
      } shortcut: {
        DenseLayer(5).named("short")
      }
      Residual(adding: "way") { DenseLayer(5).named("end") }
    }
    let reads = reads(network)
    #expect(reads["sum1"] == ["dense2", "input"] && reads["nonlinearity1"] == ["sum1"])
    #expect(reads["dense3"] == ["nonlinearity1"])
    #expect(reads["sum2"] == ["dense4", "nonlinearity1"])
    #expect(reads["way"] == ["nonlinearity2"] && reads["short"] == ["nonlinearity2"])
    #expect(reads["last"] == ["way", "short"])
    #expect(reads["end"] == ["last"] && network.layers.last?.incomings == ["end", "way"])
  }

  @Test func `a fork without a layer before it is refused in one sentence`() throws {
    #expect(
      throws: NetworkError(
        layer: "dense1", type: "DenseLayer",
        "needs a layer to read, but none is before it; begin the network with an InputLayer.")
    ) {
      try Network("net") {
        merge(ConcatLayer()) {
          branch { DenseLayer(2) }
          branch {}
        }
      }
    }
  }

  @Test func `inputs may begin the branches`() throws {
    let network = try Network("net") {
      merge(ConcatLayer()) {
        for side in ["left", "right"] {
          branch {
            InputLayer([nil, 2]).named(side)
            DenseLayer(3).named("\(side)_dense")
          }
        }
      }
      DenseLayer(1)
    }
    #expect(network.inputs == ["left", "right"])
    #expect(reads(network)["concat1"] == ["left_dense", "right_dense"])
  }
}
