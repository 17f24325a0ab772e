import Lasagne
import Tensors
import Testing

/// Attention against values of PyTorch 2.13 (nn.MultiheadAttention, float64, two heads of two).
@Suite struct AttentionLayerTests {
  private func map(_ phase: Double) -> AttentionProjection {
    AttentionProjection(
      W: Wave(phase: phase).source(4, 4), b: Wave(frequency: 0.7, phase: phase).source(4))
  }

  private func attention(causal: Bool = false, mask: String? = nil) -> MultiHeadAttentionLayer {
    MultiHeadAttentionLayer(
      2, causal: causal, maskInput: mask, query: map(0), key: map(1), value: map(2),
      output: map(3), name: "attention")
  }

  /// Attention of a sequence to itself, with a mask where one is given.
  private func selfAttention(causal: Bool = false, mask: Tensor? = nil) throws -> [Double] {
    let network = try Network("net") {
      InputLayer([nil, 3, 4], name: "in")
      if let mask { InputLayer(mask.shape.map { $0 }, name: "mask") }
      attention(causal: causal, mask: mask == nil ? nil : "mask").reading("in")
    }
    var inputs = ["in": try Wave().tensor(2, 3, 4)]
    inputs["mask"] = mask
    return try network.values(inputs)
  }

  private func mask(_ entries: [Double], _ shape: Int...) throws -> Tensor {
    try Tensor(entries, shape: shape)
  }

  @Test func `attention to itself is PyTorch's`() throws {
    let expected = [
      -1.582530773, -2.526776684, -2.810276777, -2.403298655, -1.856905, -2.854092353,
      -3.146233248, -2.702425795, -1.85016639, -2.840903777, -3.128379717, -2.6823237,
      -1.126955737, -1.885037116, -2.069229116, -1.663240225, -1.170325092, -1.943030975,
      -2.133998283, -1.726018497, -0.8526998714, -1.593032622, -1.798997433, -1.451355943,
    ]
    #expect(try distance(selfAttention(), expected) < 1e-9)
  }

  @Test func `causal attention is PyTorch's`() throws {
    let expected = [
      -0.7821021659, -1.480311634, -1.659409419, -1.303793487, -1.370517128, -2.327136804,
      -2.650030982, -2.304135462, -1.85016639, -2.840903777, -3.128379717, -2.6823237,
      -1.181503548, -1.849864417, -1.949096367, -1.47440683, -0.9431994202, -1.601452737,
      -1.72419849, -1.303461629, -0.8526998714, -1.593032622, -1.798997433, -1.451355943,
    ]
    #expect(try distance(selfAttention(causal: true), expected) < 1e-9)
  }

  @Test func `attention with masked keys is PyTorch's`() throws {
    let expected = [
      -1.250344624, -2.135895276, -2.413604074, -2.054522446, -1.370517128, -2.327136804,
      -2.650030982, -2.304135462, -1.392219864, -2.348909377, -2.668926578, -2.317596649,
      -1.332068296, -2.148254738, -2.354926531, -1.932749629, -1.440706474, -2.286395516,
      -2.503873204, -2.072342962, -0.9324899887, -1.688939885, -1.898041243, -1.540131186,
    ]
    let mask = try mask([1, 1, 0, 1, 0, 1], 2, 3)
    #expect(try distance(selfAttention(mask: mask), expected) < 1e-9)
  }

  @Test func `causal attention with masked keys is PyTorch's`() throws {
    let expected = [
      -0.7821021659, -1.480311634, -1.659409419, -1.303793487, -1.370517128, -2.327136804,
      -2.650030982, -2.304135462, -1.392219864, -2.348909377, -2.668926578, -2.317596649,
      -1.181503548, -1.849864417, -1.949096367, -1.47440683, -1.181503548, -1.849864417,
      -1.949096367, -1.47440683, -0.9324899887, -1.688939885, -1.898041243, -1.540131186,
    ]
    let mask = try mask([1, 1, 0, 1, 0, 1], 2, 3)
    #expect(try distance(selfAttention(causal: true, mask: mask), expected) < 1e-9)
  }

  @Test func `attention with a mask for each query is PyTorch's`() throws {
    let expected = [
      -1.499006122, -2.393989946, -2.646200014, -2.230138887, -1.978593303, -2.993672823,
      -3.284814322, -2.821251175, -1.392219864, -2.348909377, -2.668926578, -2.317596649,
      -1.126955737, -1.885037116, -2.069229116, -1.663240225, -1.500196325, -2.468588157,
      -2.784109714, -2.412694644, -1.181503548, -1.849864417, -1.949096367, -1.47440683,
    ]
    let mask = try mask([1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0], 2, 3, 3)
    #expect(try distance(selfAttention(mask: mask), expected) < 1e-9)
  }

  @Test func `attention to other sequences is PyTorch's`() throws {
    let cross = try Network("net") {
      InputLayer([nil, nil, 4], name: "in")
      InputLayer([nil, nil, 4], name: "memory")
      attention().reading("in", "memory")
    }
    let three = try Network("net") {
      InputLayer([nil, nil, 4], name: "in")
      InputLayer([nil, nil, 4], name: "memory")
      InputLayer([nil, nil, 4], name: "values")
      attention().reading("in", "memory", "values")
    }
    let inputs = [
      "in": try Wave().tensor(2, 3, 4), "memory": try Wave(frequency: 0.23).tensor(2, 2, 4),
      "values": try Wave(frequency: 0.61).tensor(2, 2, 4),
    ]
    let expected = [
      -1.046191471, -1.821330617, -2.03120276, -1.656040702, -0.9951851462, -1.768751809,
      -1.984167764, -1.620915484, -0.9986196131, -1.771276825, -1.985441579, -1.620765693,
      -1.750689872, -2.731380602, -3.023633332, -2.596531038, -1.750376202, -2.732907586,
      -3.026794302, -2.600898171, -1.787715165, -2.773992078, -3.066063729, -2.633037601,
    ]
    #expect(try distance(cross.values(inputs.filter { $0.key != "values" }), expected) < 1e-9)
    let expectedOfThree = [
      -1.740982091, -2.716860833, -3.006266759, -2.578668145, -1.895808349, -2.922668673,
      -3.235201056, -2.799743715, -1.866765718, -2.886153548, -3.196155587, -2.763452523,
      -1.215646506, -2.041110617, -2.271561534, -1.884446816, -1.09066452, -1.88854034,
      -2.112052637, -1.73958808, -1.324663587, -2.219121425, -2.49447314, -2.12208918,
    ]
    #expect(try distance(three.values(inputs), expectedOfThree) < 1e-9)
  }

  @Test func `a query that sees no key gets the last bias, and finite gradients`() throws {
    let network = try Network("net") {
      InputLayer([nil, 3, 4], name: "in")
      InputLayer([nil, 3], name: "mask")
      attention(mask: "mask").reading("in")
    }
    let weights = try Weights(initializing: network, seed: 1, dataType: .float64)
    let input = try Wave().tensor(1, 3, 4)
    try input.setRequiresGradient(true)
    let output = try network.output(
      ["in": input, "mask": mask([0, 0, 0], 1, 3)], weights: weights, deterministic: true)
    let bias = Wave(frequency: 0.7, phase: 3).values(4)
    #expect(try distance(output.values(as: Double.self), bias + bias + bias) < 1e-12)
    let gradient = try Tensor.gradients(of: output.squared().sum(), withRespectTo: [input])[0]
    #expect(try gradient.values(as: Double.self).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [(DataType.float32, 1e-5), (.float16, 1e-2), (.bfloat16, 0.1)])
  func `masked attention works in shorter numbers`(dataType: DataType, tolerance: Double) throws {
    let network = try Network("net") {
      InputLayer([nil, 3, 4], name: "in")
      InputLayer([nil, 3], name: "mask")
      attention(causal: true, mask: "mask").reading("in")
    }
    // The first query of the second sequence sees no key.
    let inputs = [
      "in": try Wave().tensor(2, 3, 4), "mask": try mask([1, 1, 0, 0, 1, 1], 2, 3),
    ]
    let weights = try Weights(initializing: network, seed: 1, dataType: dataType)
    var shorter: [String: Tensor] = [:]
    for (name, tensor) in inputs { shorter[name] = try tensor.converted(to: dataType) }
    let output = try network.output(shorter, weights: weights, deterministic: true)
    #expect(output.dataType == dataType)
    #expect(
      try distance(output.values(as: Double.self), network.values(inputs)) < tolerance)
  }

  @Test func `a step of causal attention does not see what comes after it`() throws {
    let network = try Network("net", input: [nil, 4]) { attention(causal: true) }
    let values = Wave().values(20)
    let long = try network.values(["": Tensor(values, shape: [1, 5, 4])])
    let short = try network.values(["": Tensor(Array(values[..<12]), shape: [1, 3, 4])])
    #expect(distance(Array(long[..<12]), short) < 1e-12)
  }

  @Test func `sizes of heads and output are free, biases optional`() throws {
    let network = try Network("net", input: [5, 6]) {
      MultiHeadAttentionLayer(3, numUnits: 4, headSize: 5, biases: false)
      MultiHeadAttentionLayer(2, key: AttentionProjection(b: nil))
    }
    #expect(try network.outputShape() == [nil, 5, 4])
    let shapes = network.parameters.map { "\($0.fullName) \($0.shape)" }
    #expect(
      shapes == [
        "attention1.W_query [6, 15]", "attention1.W_key [6, 15]", "attention1.W_value [6, 15]",
        "attention1.W_output [15, 4]", "attention2.W_query [4, 4]", "attention2.b_query [4]",
        "attention2.W_key [4, 4]", "attention2.W_value [4, 4]", "attention2.b_value [4]",
        "attention2.W_output [4, 4]", "attention2.b_output [4]",
      ])
  }

  @Test func `dropped attention weights are zero, the others scaled, in training only`() throws {
    // Maps of ones: each output is the sum of the weights a query has left, two numbers a key.
    let ones = AttentionProjection(W: .constant(1), b: nil)
    let zeros = AttentionProjection(W: .constant(0), b: nil)
    let network = try Network("net", input: [2, 1]) {
      MultiHeadAttentionLayer(
        1, dropout: 0.5, query: zeros, key: zeros, value: ones, output: ones)
    }
    let input = try Tensor.ones([500, 2, 1], dataType: .float64)
    #expect(try network.values(["": input]).allSatisfy { $0 == 1 })
    let sums = try network.values(
      ["": input], deterministic: false, generator: Generator(seed: 3))
    #expect(Set(sums) == [0, 1, 2])
    #expect(abs(sums.reduce(0, +) / 1000 - 1) < 0.1)
  }

  @Test func `learned positions are added to each step, a shorter sequence uses the first`() throws
  {
    let network = try Network("net", input: [nil, 2]) {
      PositionalEmbeddingLayer(3, W: .values([1, 2, 3, 4, 5, 6]))
    }
    let zeros = try Tensor.zeros([2, 2, 2], dataType: .float64)
    #expect(try network.values(["": zeros]) == [1, 2, 3, 4, 1, 2, 3, 4])
    #expect {
      try network.values(["": .zeros([1, 4, 2], dataType: .float64)])
    } throws: {
      "\($0)".contains("it has 3 positions, fewer than its input has steps")
    }
    let fixed = try Network("net", input: [7, 2]) { PositionalEmbeddingLayer() }
    #expect(fixed.parameters.map(\.shape) == [[7, 2]])
  }

  @Test(arguments: [4, 5])
  func `sinusoidal positions follow the formula`(features: Int) throws {
    let network = try Network("net", input: [nil, features]) { SinusoidalPositionLayer() }
    let values = try network.values(["": .zeros([1, 3, features], dataType: .float64)])
    // Position 2 of the paper's formula, worked out: sin 2, cos 2, then the slower waves.
    let rate = features == 4 ? 0.01 : 0.0251188643150958
    let slowest = 0.000630957344480193
    var expected = [0.909297426825682, -0.416146836547142]
    expected += [sine(2 * rate), 1 - 2 * sine(rate) * sine(rate)]
    if features == 5 { expected.append(sine(2 * slowest)) }
    #expect(distance(Array(values.suffix(features)), expected) < 1e-12)
    #expect(Array(values.prefix(features)) == Array([0, 1, 0, 1, 0].prefix(features)))
  }

  /// The sine of a small number by its series.
  private func sine(_ x: Double) -> Double {
    x - x * x * x / 6 + x * x * x * x * x / 120
  }
}
