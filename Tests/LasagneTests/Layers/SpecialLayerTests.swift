import Lasagne
import Tensors
import Testing

@Suite struct SpecialLayerTests {
  private func sentence(
    input: [Int?] = [2, 5, 6], @NetworkBuilder _ layers: () throws -> [NetworkPart]
  ) -> String {
    do {
      _ = try Network("net", input: input, layers)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func values(_ tensor: Tensor) throws -> [Double] {
    try tensor.values(as: Double.self).map { ($0 * 1e4).rounded() / 1e4 }
  }

  // MARK: locally connected

  @Test(arguments: [true, false])
  func `filters that are the same everywhere make a convolution`(isFlipped: Bool) throws {
    func output(_ layer: any Layer, _ W: (Tensor) throws -> Tensor) throws -> [Double] {
      let network = try Network("net", input: [2, 5, 6]) { layer }
      let generator = try Generator(seed: 4)
      let filters = try Tensor.normal([3, 2, 3, 5], generator: generator)
      let weights = try Weights([W(filters), .ones([3])], for: network)
      let input = try Tensor.normal([2, 2, 5, 6], generator: generator)
      return try values(network.output(input, weights: weights, deterministic: true))
    }
    let filterSize: Sizes = [3, 5]
    let everywhere = LocallyConnected2DLayer(
      3, filterSize: filterSize, nonlinearity: .linear, flipFilters: isFlipped)
    let convolution = Conv2DLayer(
      3, filterSize: filterSize, pad: .same, nonlinearity: .linear, flipFilters: isFlipped)
    let local = try output(everywhere) {
      try $0.reshaped([3, 2, 3, 5, 1, 1]).expanded(to: [3, 2, 3, 5, 5, 6]).copied()
    }
    let difference = try zip(local, output(convolution) { $0 }).map { abs($0 - $1) }
    #expect(difference.count == 180 && difference.allSatisfy { $0 < 5e-4 })
  }

  @Test func `locally connected layers refuse what Lasagne's do`() {
    #expect(
      sentence { LocallyConnected2DLayer(4, filterSize: 3, stride: 2).named("l") }
        == "l (LocallyConnected2DLayer) works with stride 1 and pad 'same' only, got stride 2×2 and pad "
        + "same; leave both out.")
    #expect(
      sentence { LocallyConnected2DLayer(4, filterSize: 3, channelwise: true).named("l") }
        == "l (LocallyConnected2DLayer) is channelwise and so needs as many filters as input channels "
        + "(2), got 4.")
    #expect(
      sentence(input: [2, nil, 6]) { LocallyConnected2DLayer(4, filterSize: 3).named("l") }
        == "l (LocallyConnected2DLayer) needs a known number of channels, rows and columns, got "
        + "[?, 2, ?, 6]; its filters differ from place to place.")
  }

  // MARK: inverses

  @Test func `an inverse of dropout has the same mask`() throws {
    let network = try Network("net", input: [100]) {
      DropoutLayer(p: 0.5, name: "drop")
      NonlinearityLayer(.linear).reading("input").named("same")
      InverseLayer("drop").reading("same").named("back")
      ConcatLayer().reading("drop", "back")
    }
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.output(
      .ones([1, 100]), weights: weights, deterministic: false, generator: Generator(seed: 2))
    let numbers = try values(output)
    #expect(numbers.prefix(100).contains(0) && numbers.prefix(100).contains(2))
    #expect(Array(numbers.prefix(100)) == Array(numbers.suffix(100)))
  }

  @Test func `a layer can be undone twice and without recording`() throws {
    let network = try Network("net", input: [1, 4], outputs: ["first", "second"]) {
      MaxPool1DLayer(2, name: "pool")
      InverseLayer("pool").named("first")
      InverseLayer("pool").reading("pool").named("second")
    }
    let weights = try Weights(initializing: network, seed: 1)
    let before = Backend.liveTensorsOnThisThread
    try withoutGradients {
      let input = try Tensor([Float(1), 3, 4, 2], shape: [1, 1, 4])
      let pass = try network.forward(["": input], weights: weights, mode: .deterministic)
      for output in pass.outputs {
        #expect(try values(output) == [0, 3, 4, 0])
        #expect(!output.requiresGradient)
      }
    }
    #expect(Backend.liveTensorsOnThisThread == before)
  }

  @Test func `inverses of merges and of index readers are refused`() {
    #expect(
      sentence {
        ConcatLayer().reading("input", "input").named("both")
        InverseLayer("both").named("i")
      }
        == "i (InverseLayer) cannot invert 'both' (ConcatLayer), which reads 2 layers; it undoes layers "
        + "that read one other layer of numbers.")
    #expect(
      sentence(input: [3]) {
        EmbeddingLayer(inputSize: 5, outputSize: 2).named("e")
        InverseLayer("e").named("i")
      }
        == "i (InverseLayer) cannot invert 'e' (EmbeddingLayer), which reads indices; it undoes layers "
        + "that read one other layer of numbers.")
    #expect(
      sentence(input: [3]) {
        DenseLayer(4).named("d")
        DenseLayer(5)
        InverseLayer("d").named("i")
      }
        == "i (InverseLayer) needs an input of shape [?, 4], that of what 'd' gives, got [?, 5].")
    #expect(
      sentence { InverseLayer("pol").named("i") }
        == "i reads 'pol', which is not a layer: use one of input.")
  }

  // MARK: transformers

  /// What becomes of an image of one row when its columns are scaled and moved.
  private func row(
    _ image: [Float], scale: Float, shift: Float, border: BorderMode,
    factor: DownsampleFactor = 1
  ) throws -> [Double] {
    let network = try Network("net") {
      InputLayer([nil, 1, 3, image.count]).named("image")
      InputLayer([nil, 6]).named("theta")
      TransformerLayer(
        localizationNetwork: "theta", downsampleFactor: factor, borderMode: border
      ).reading("image")
    }
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.output(
      [
        "image": Tensor(image + image + image, shape: [1, 1, 3, image.count]),
        "theta": Tensor([scale, 0, shift, 0, 1, 0], shape: [1, 6]),
      ], weights: weights, deterministic: true)
    return try values(output.selected(axis: 2, index: 1))
  }

  @Test func `a transformer samples between pixels and beyond the border`() throws {
    let image: [Float] = [1, 2, 4, 8, 16]
    #expect(try row(image, scale: 1, shift: 0, border: .nearest) == [1, 2, 4, 8, 16])
    #expect(try row(image, scale: 1, shift: 0.25, border: .nearest) == [1.5, 3, 6, 12, 16])
    // Moved by half the width: two pixels.
    #expect(try row(image, scale: 1, shift: 1, border: .nearest) == [4, 8, 16, 16, 16])
    #expect(try row(image, scale: 1, shift: 1, border: .mirror) == [4, 8, 16, 8, 4])
    #expect(try row(image, scale: 1, shift: 1, border: .wrap) == [4, 8, 16, 1, 2])
    #expect(try row(image, scale: 1, shift: -1, border: .wrap) == [8, 16, 1, 2, 4])
    #expect(try row(image, scale: 1, shift: -1, border: .mirror) == [4, 2, 1, 2, 4])
    #expect(try row(image, scale: 1, shift: -5, border: .mirror) == [4, 2, 1, 2, 4])
    #expect(try row(image, scale: -1, shift: 0, border: .nearest) == [16, 8, 4, 2, 1])
    #expect(
      try row(image, scale: 1, shift: 0, border: .nearest, factor: 1.5) == [1, 4, 16])
  }

  /// A ramp of columns bent by a spline with nine points, the middle one moved to the right.
  private func bent(
    _ precomputeGrid: PrecomputedGrid, input: [Int?] = [1, 5, 5]
  ) throws -> [Double] {
    let network = try Network("net") {
      InputLayer([nil] + input).named("image")
      InputLayer([nil, 18]).named("offsets")
      TPSTransformerLayer(
        localizationNetwork: "offsets", controlPoints: 9, precomputeGrid: precomputeGrid
      ).reading("image")
    }
    var offsets = [Float](repeating: 0, count: 18)
    offsets[4] = 0.5
    let ramp = (0..<25).map { Float($0 % 5) }
    let weights = try Weights(initializing: network, seed: 1)
    let output = try network.output(
      [
        "image": Tensor(ramp, shape: [1, 1, 5, 5]), "offsets": Tensor(offsets, shape: [1, 18]),
      ], weights: weights, deterministic: true)
    return try values(output)
  }

  @Test func `a spline takes control points where the network says`() throws {
    let output = try bent(.auto)
    // The nine control points lie on every second pixel; only the middle one moves, by a pixel.
    for row in [0, 2, 4] {
      for column in [0, 2, 4] {
        let moved = row == 2 && column == 2
        #expect(output[row * 5 + column] == Double(column) + (moved ? 1 : 0))
      }
    }
    #expect(output[11] > 1 && output[11] < 2)
    #expect(try bent(.always) == output)
  }

  @Test func `without a precomputed grid a spline is affine, as in Lasagne`() throws {
    let output = try bent(.never)
    #expect(try bent(.auto, input: [1, nil, nil]) == output)
    let steps = zip(output[5..<8], output[6..<9]).map { $1 - $0 }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-3 }, "\(output)")
  }

  @Test func `impossible transformers are refused`() {
    #expect(
      sentence {
        DenseLayer(5).named("theta")
        TransformerLayer(localizationNetwork: "theta").reading("input").named("t")
      }
        == "t (TransformerLayer) needs a localizationNetwork of shape [?, 6], got [?, 5].")
    #expect(
      sentence {
        DenseLayer(10).named("o")
        TPSTransformerLayer(localizationNetwork: "o", controlPoints: 5).reading("input").named("t")
      }
        == "t (TPSTransformerLayer) needs a square number of controlPoints from 4 to 1024, got 5.")
    #expect(
      sentence {
        DenseLayer(6).named("o")
        TransformerLayer(localizationNetwork: "o", downsampleFactor: 0).reading("input").named("t")
      } == "t (TransformerLayer) needs a downsampleFactor above 0, got [0.0, 0.0].")
  }
}
