import Lasagne
import Tensors
import Testing

/// Normalizations of today against values of PyTorch 2.13 (layer_norm, rms_norm, group_norm, float64).
@Suite struct NormalizationLayerTests {
  private let gamma = ParameterSource.values([1, 2, 0.5, -1])
  private let beta = ParameterSource.values([0, 0.1, -0.2, 0.3])

  private func output(_ input: Tensor, _ layer: any Layer) throws -> [Double] {
    try Network("net", input: input.shape.dropFirst().map { $0 }) { layer }.values(["": input])
  }

  @Test func `layer normalization over the last axis is PyTorch's`() throws {
    let expected = [
      -1.521143505, -0.3731422659, 0.1365324648, -0.7846497086, 1.168709557, 1.32360388,
      -0.3548158699, 1.770879757, 1.472494356, 0.7149044296, -0.5068445549, 1.466257461,
      -1.088441679, -1.240889892, -0.08010118391, -1.219088993, -1.433188187, -0.6159443442,
      0.08448620367, -0.9221879514, 0.9532323047, 1.613183227, -0.2641302454, 1.881563427,
    ]
    let output = try output(
      Wave().tensor(2, 3, 4), LayerNormLayer(beta: beta, gamma: gamma))
    #expect(distance(output, expected) < 1e-9)
  }

  @Test func `layer normalization over several axes is PyTorch's`() throws {
    let expected = [
      0.8682273634, 1.513753885, 1.395518095, 0.5753553134, -0.3383643721, -0.656582025,
      -0.1299561625, 0.8631803999, 1.593966362, 1.512322917, 0.6358413813, -0.4804826111,
      -0.01228398047, -0.3019368978, -0.7735275763, -1.138248407, -1.13261583, -0.7381102293,
      -0.2219536531, 0.0464869954, -0.1287726524, -0.6159138695, -1.049313988, -1.108228213,
    ]
    for axes in [Axes.axes([1, 2]), .axes([-1, -2]), .features] {
      let layer = LayerNormLayer(
        axes: axes, epsilon: 1e-3, beta: Wave(frequency: 0.9).source(3, 4),
        gamma: Wave(frequency: 0.5).source(3, 4))
      #expect(try distance(output(Wave().tensor(2, 3, 4), layer), expected) < 1e-9)
    }
  }

  @Test func `root-mean-square normalization is PyTorch's`() throws {
    let expected = [
      0.4688513038, 1.748491566, 0.5806575984, -1.291206047, 1.407486551, 2.332641444,
      0.3836494277, -0.264426688, -0.2728711026, -1.543845075, -0.5832489392, 1.403193204,
      -1.295304107, -2.323560966, -0.4355076602, 0.4623623205, 0.01150006329, 1.241905402,
      0.5731811519, -1.516617146, 1.188922739, 2.289313533, 0.4727334354, -0.6183124693,
    ]
    let output = try output(Wave().tensor(2, 3, 4), RMSNormLayer(gamma: gamma))
    #expect(distance(output, expected) < 1e-9)
  }

  @Test func `group normalization is PyTorch's`() throws {
    let expected = [
      -1.126756839, 0.001957977448, 0.8012276204, 1.162874693, 2.175903923, 0.9867342606,
      -0.9808110645, -3.460434023, 0.6815737358, 0.06133387726, -0.4290591692, -0.7232330053,
      1.462745165, 1.091217963, 0.2821688684, -0.8549011186, -2.029681434, -0.8942812033,
      0.08454823689, 0.7743269135, 2.263393037, 2.030112036, 0.9803843122, -0.7437144106,
      0.8169068659, 0.3391950796, -0.1044227842, -0.4539051288, 1.223902317, 1.300805637,
      1.028111716, 0.4427283952,
    ]
    let output = try output(
      Wave().tensor(2, 4, 2, 2), GroupNormLayer(2, beta: beta, gamma: gamma))
    #expect(distance(output, expected) < 1e-9)
  }

  @Test func `one group is layer normalization, a group each is instance normalization`() throws {
    let input = try Wave().tensor(2, 4, 3, 2)
    func plain(_ axes: Axes) -> LayerNormLayer {
      LayerNormLayer(axes: axes, beta: nil, gamma: nil)
    }
    let one = try output(input, GroupNormLayer(1, beta: nil, gamma: nil))
    #expect(try distance(one, output(input, plain(.features))) < 1e-12)
    let each = try output(input, GroupNormLayer(4, beta: nil, gamma: nil))
    #expect(try distance(each, output(input, plain([2, 3]))) < 1e-12)
  }

  @Test func `parameters have the shape of what is normalized, and may be left out`() throws {
    let network = try Network("net", input: [4, 5, 6]) {
      LayerNormLayer(axes: [1, -1])
      RMSNormLayer(axes: .features)
      GroupNormLayer(2, beta: nil)
      LayerNormLayer(beta: nil, gamma: nil)
      RMSNormLayer(gamma: nil)
    }
    let shapes = network.parameters.map { "\($0.fullName) \($0.shape)" }
    #expect(
      shapes == [
        "layerNorm1.beta [4, 6]", "layerNorm1.gamma [4, 6]", "rmsNorm1.gamma [4, 5, 6]",
        "groupNorm1.gamma [4]",
      ])
    let regularizable = network.parameters.map(\.isRegularizable)
    #expect(regularizable == [false, true, true, true])
  }

  @Test(arguments: [
    (
      LayerNormLayer(axes: [0, 1]) as any Layer,
      "layerNorm1 (LayerNormLayer) normalizes each example by itself, but has the axes [0, 1], of "
        + "which 0 is the batch; leave it out, or use a BatchNormLayer."
    ),
    (
      RMSNormLayer(axes: 4),
      "rmsNorm1 (RMSNormLayer) has axes [4], but its input has only 3 axes; use 0 to 2."
    ),
    (
      LayerNormLayer(epsilon: 0),
      "layerNorm1 (LayerNormLayer) needs an epsilon above 0, got 0.0."
    ),
    (
      GroupNormLayer(3),
      "groupNorm1 (GroupNormLayer) needs a number of input channels that its 3 groups divide, got 4."
    ),
    (
      LayerNormLayer(axes: .auto),
      "layerNorm1 (LayerNormLayer) does not know the axes 'auto'; give axis numbers or 'features' or 'spatial'."
    ),
  ])
  func `a wrong construction is told in one sentence`(layer: any Layer, sentence: String) {
    #expect {
      try Network("net", input: [4, 5]) { layer }
    } throws: {
      "\($0)" == sentence
    }
  }
}
