import Lasagne
import Tensors
import Testing

/// Layers by channel against values of PyTorch 2.13 (conv2d with groups, plain operations; float64).
@Suite struct ChannelLayerTests {
  private let input = Wave()

  private func output(_ input: Tensor, _ layer: any Layer) throws -> [Double] {
    try Network("net", input: input.shape.dropFirst().map { $0 }) { layer }.values(["": input])
  }

  @Test func `depthwise convolution is PyTorch's, flipped and unflipped`() throws {
    func layer(flipFilters: Bool) -> DepthwiseConv2DLayer {
      DepthwiseConv2DLayer(
        filterSize: 3, depthMultiplier: 2, stride: 2, pad: 1,
        W: Wave(frequency: 0.5).source(4, 1, 3, 3), b: Wave(frequency: 0.7).source(4),
        nonlinearity: .linear, flipFilters: flipFilters)
    }
    let correlation = [
      -0.5503722464, 1.081377212, 3.686601799, 1.71723033, 2.951353485, 3.934059112,
      -1.697940584, -3.305948833, 1.849622587, 0.1041992772, -1.775840225, 0.157162174,
      -1.621548494, -2.508937169, 3.666788681, 5.372941643,
    ]
    let convolution = [
      2.664541735, 3.503096441, -2.221992402, -3.647992119, -0.07398535716, 1.655142385,
      3.862239141, 1.742900363, -0.1249152964, -2.141626821, 1.859709069, 4.719379638,
      2.290961965, 1.941125892, -3.536985304, -3.667008258,
    ]
    let input = try input.tensor(1, 2, 4, 4)
    #expect(try distance(output(input, layer(flipFilters: false)), correlation) < 1e-8)
    #expect(try distance(output(input, layer(flipFilters: true)), convolution) < 1e-8)
  }

  @Test func `separable convolution is PyTorch's, flipped and unflipped`() throws {
    func layer(flipFilters: Bool) -> SeparableConv2DLayer {
      SeparableConv2DLayer(
        3, filterSize: 3, depthMultiplier: 2, stride: 2, pad: 1,
        WDepthwise: Wave(frequency: 0.5).source(4, 1, 3, 3),
        WPointwise: Wave(frequency: 0.9).source(3, 4, 1, 1), b: Wave(frequency: 0.7).source(3),
        nonlinearity: .linear, flipFilters: flipFilters)
    }
    let correlation = [
      2.910334588, 4.79226222, -2.188080814, -5.225578737, -0.9022380448, -3.990361543,
      2.685026664, 7.239378346, 1.982692265, 5.639366108, 0.647288028, -4.483520452,
    ]
    let convolution = [
      -0.09279946923, 1.540877637, 3.339904081, 1.438670562, 1.364995267, -1.102488162,
      -1.492130133, 1.484464459, 0.9195052128, 3.711301173, 2.611104161, -0.8262348253,
    ]
    let input = try input.tensor(1, 2, 4, 4)
    #expect(try distance(output(input, layer(flipFilters: false)), correlation) < 1e-8)
    #expect(try distance(output(input, layer(flipFilters: true)), convolution) < 1e-8)
  }

  @Test func `a separable convolution is a depthwise one and one across channels`() throws {
    let depthwise = Wave(frequency: 0.5).source(3, 1, 3, 3)
    let pointwise = Wave(frequency: 0.9).source(4, 3, 1, 1)
    let input = try input.tensor(2, 3, 5, 5)
    let two = try Network("net", input: [3, 5, 5]) {
      DepthwiseConv2DLayer(filterSize: 3, pad: .same, W: depthwise, b: nil, nonlinearity: .linear)
      Conv2DLayer(4, filterSize: 1, W: pointwise, nonlinearity: .rectify)
    }
    let one = SeparableConv2DLayer(
      4, filterSize: 3, pad: .same, WDepthwise: depthwise, WPointwise: pointwise)
    #expect(try distance(output(input, one), two.values(["": input])) < 1e-12)
  }

  @Test func `squeeze and excitation is the paper's`() throws {
    let expected = [
      0.2296447911, 0.4282082371, 0.7091878883, 0.7885091766, 0.6703740089, 0.5555087527,
      0.2301202355, 0.07930408247, -0.1275321673, -0.3607745681, -0.535560785, -0.6442319935,
      -0.4590190376, -0.4117020523, -0.2013143304, -0.1068639768,
    ]
    let layer = SqueezeExciteLayer(
      ratio: 2, WSqueeze: Wave(frequency: 0.5).source(4, 2),
      bSqueeze: Wave(frequency: 0.7).source(2),
      WExcite: Wave(frequency: 0.9).source(2, 4), bExcite: Wave(frequency: 1.1).source(4))
    #expect(try distance(output(input.tensor(2, 4, 2, 1), layer), expected) < 1e-9)
  }

  @Test func `a ratio above the number of channels leaves one number between the maps`() throws {
    let network = try Network("net", input: [4, 2]) {
      SqueezeExciteLayer(bSqueeze: nil, bExcite: nil)
    }
    #expect(network.parameters.map(\.shape) == [[4, 1], [1, 4]])
  }

  @Test func `stochastic depth drops whole examples and keeps the mean`() throws {
    let network = try Network("net", input: [2, 3]) { StochasticDepthLayer(p: 0.25) }
    let ones = try Tensor.ones([4000, 2, 3], dataType: .float64)
    #expect(try network.values(["": ones]).allSatisfy { $0 == 1 })
    let values = try network.values(
      ["": ones], deterministic: false, generator: Generator(seed: 2))
    for example in 0..<4000 {
      #expect(Set(values[(example * 6)..<(example * 6 + 6)]).count == 1)
    }
    let dropped = values.filter { $0 == 0 }.count / 6
    #expect(abs(Double(dropped) / 4000 - 0.25) < 0.03)
    #expect(Set(values) == [0, 1 / 0.75])
    #expect(abs(values.reduce(0, +) / 24000 - 1) < 0.04)
  }

  @Test func `stochastic depth is a mask of the generator's draws`() throws {
    let network = try Network("net", input: [3]) { StochasticDepthLayer(p: 0.5) }
    let input = try input.tensor(8, 3)
    let values = try network.values(
      ["": input], deterministic: false, generator: Generator(seed: 11))
    let mask = try Tensor.bernoulli(
      [8, 1], probability: 0.5, generator: Generator(seed: 11), dataType: .float64)
    let expected = try (input * mask * 2).values(as: Double.self)
    #expect(values == expected)
    #expect(Set(try mask.values(as: Double.self)) == [0, 1])
  }
}
