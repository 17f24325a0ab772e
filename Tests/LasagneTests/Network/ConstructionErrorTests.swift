import Lasagne
import Testing

@Suite struct ConstructionErrorTests {
  /// The sentence of the error that building throws.
  private func sentence(
    input: [Int?] = [3, 8, 8], outputs: [String]? = nil,
    @NetworkBuilder _ layers: () -> [NetworkPart]
  ) -> String {
    do {
      _ = try Network("net", input: input, outputs: outputs, layers)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a filter larger than its input is refused`() {
    #expect(
      sentence { Conv2DLayer(4, filterSize: 9).named("c") }
        == "c (Conv2DLayer) has filters of 9×9, larger than its input [?, 3, 8, 8]; use smaller "
        + "filters, more padding, or less pooling before it.")
  }

  @Test func `same padding with an even filter is refused`() {
    #expect(
      sentence { Conv2DLayer(4, filterSize: 4, pad: .same).named("c") }
        == "c (Conv2DLayer) can have pad 'same' with odd filter sizes only, got [4, 4]; make them odd "
        + "or give the pad as numbers.")
  }

  @Test func `a convolution over an input of the wrong rank is refused`() {
    #expect(
      sentence(input: [10]) { Conv2DLayer(4, filterSize: 3).named("c") }
        == "c (Conv2DLayer) needs an input of 4 axes (batch, channels, rows, columns), got 2: "
        + "[?, 10]; put a ReshapeLayer before it or change the input's shape.")
  }

  @Test func `groups must divide channels and filters`() {
    #expect(
      sentence { Conv2DLayer(4, filterSize: 3, numGroups: 2).named("c") }
        == "c (Conv2DLayer) needs a number of input channels that its 2 groups divide, got 3.")
    #expect(
      sentence { Conv2DLayer(4, filterSize: 3, numGroups: 3).named("c") }
        == "c (Conv2DLayer) needs a number of filters that its 3 groups divide, got 4.")
  }

  @Test func `two layers of one name are refused`() {
    #expect(
      sentence {
        DenseLayer(4).named("a")
        DenseLayer(4).named("a")
      } == "a is the name of two layers of 'net'; rename one of them.")
  }

  @Test func `an unknown incoming names the closest layer`() {
    #expect(
      sentence {
        DenseLayer(4).named("hidden")
        DenseLayer(4).reading("hiden").named("out")
      } == "out reads 'hiden', which is not a layer: did you mean 'hidden'?")
  }

  @Test func `a cycle is told from a layer listed too late`() {
    #expect(
      sentence {
        DenseLayer(4).reading("b").named("a")
        DenseLayer(4).reading("a").named("b")
      }
        == "a is part of a cycle: b reads a reads b; a network flows one way, take one of these "
        + "connections out.")
    #expect(
      sentence {
        DenseLayer(4).reading("b").named("a")
        DenseLayer(4).reading("input").named("b")
      } == "a reads 'b', which is listed after it; move 'b' before 'a'.")
    #expect(
      sentence { DenseLayer(4).reading("a").named("a") }
        == "a reads itself; name another layer as its incoming.")
  }

  @Test func `a plain layer reads one other`() {
    #expect(
      sentence {
        DenseLayer(4).named("a")
        DenseLayer(4).reading("input", "a").named("b")
      }
        == "b (DenseLayer) reads one layer, got 2 (input, a); join them by a ConcatLayer or an "
        + "ElemwiseSumLayer first.")
  }

  @Test func `sharing needs an earlier parameter of the same shape`() {
    #expect(
      sentence(input: [6]) {
        DenseLayer(4).named("a")
        DenseLayer(4, W: .shareWith("a.W")).named("b")
      }
        == "b (DenseLayer) needs W of shape [4, 4], but a.W, with which it shares it, has [6, 4]; "
        + "share between layers of equal sizes only.")
    #expect(
      sentence(input: [6]) {
        DenseLayer(4).named("a")
        DenseLayer(4, W: .shareWith("a.V")).named("b")
      } == "b (DenseLayer) shares W with 'a.V', but a has no parameter 'V': did you mean 'W'?")
    #expect(
      sentence(input: [6]) { DenseLayer(4, W: .shareWith("b.W")).named("a") }
        == "a (DenseLayer) shares W with 'b.W', but there is no layer 'b': did you mean 'a'?")
  }

  @Test func `a dense layer needs trailing axes of known size`() {
    #expect(
      sentence(input: [nil, 5]) { DenseLayer(4).named("d") }
        == "d (DenseLayer) needs a fixed input size except for the 1 leading axes, got [?, ?, 5]; "
        + "give the input layer numbers there, or raise numLeadingAxes.")
    #expect(
      sentence(input: [5]) { DenseLayer(4, numLeadingAxes: 2).named("d") }
        == "d (DenseLayer) keeps 2 leading axes of an input with 2, leaving no trailing axes to "
        + "multiply; lower numLeadingAxes.")
  }

  @Test func `impossible settings of layers are refused`() {
    #expect(
      sentence { DenseLayer(0).named("d") }
        == "d (DenseLayer) needs at least 1 unit, got numUnits 0.")
    #expect(
      sentence { DropoutLayer(p: 1.5).named("d") }
        == "d (DropoutLayer) needs a probability p from 0 to 1, got 1.5.")
    #expect(
      sentence { FeaturePoolLayer(2).named("f") }
        == "f (FeaturePoolLayer) needs a number of features that is a multiple of its poolSize 2, "
        + "got 3.")
    #expect(
      sentence { ReshapeLayer([.inputAxis(0), 7, -1]).named("r") }
        == "r (ReshapeLayer) cannot give an input of shape [?, 3, 8, 8] the shape [[0], 7, -1]: the "
        + "numbers of entries differ.")
    #expect(
      sentence { DimshuffleLayer([0, 1, 2]).named("s") }
        == "s (DimshuffleLayer) leaves out axis 3 of its input [?, 3, 8, 8], which is not of length 1; "
        + "only such axes can be dropped.")
    #expect(
      sentence { MaxPool2DLayer(2, pad: 1, ignoreBorder: false).named("p") }
        == "p (MaxPool2DLayer) can have a pad only where ignoreBorder is true, got pad [1, 1]; put a "
        + "PadLayer before it.")
    #expect(
      sentence { MaxPool2DLayer([2, 2, 2]).named("p") }
        == "p (MaxPool2DLayer) needs a poolSize of one number or 2, one for each spatial axis, got "
        + "[2, 2, 2].")
    #expect(
      sentence { SliceLayer(9, axis: 1).named("s") }
        == "s (SliceLayer) takes place 9 of axis 1, which has only 3 in its input [?, 3, 8, 8].")
  }

  @Test func `merges refuse inputs that differ`() {
    #expect(
      sentence {
        Conv2DLayer(3, filterSize: 3).named("a")
        ElemwiseSumLayer().reading("input", "a").named("s")
      }
        == "s (ElemwiseSumLayer) needs inputs of the same shape, got [?, 3, 8, 8] and [?, 3, 6, 6]; "
        + "make them agree, or give a cropping.")
  }

  @Test func `a network needs layers, an input first, and outputs that exist`() {
    #expect(throws: NetworkError.self) { try Network("none") {} }
    do {
      _ = try Network("net") { DenseLayer(3).named("d") }
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "d (DenseLayer) needs a layer to read, but none is before it; begin the network with an "
          + "InputLayer.")
    }
    #expect(
      sentence(outputs: ["oot"]) { DenseLayer(3).named("out") }
        == "The network 'net' has no layer called 'oot' to be its output: did you mean 'out'?")
  }
}
