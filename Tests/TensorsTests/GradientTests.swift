import Tensors
import Testing

@Suite struct GradientTests {
  @Test func `backward adds up in leaves`() throws {
    try withLeakCheck {
      let x = try tensor([1, 2], [2])
      try x.setRequiresGradient(true)
      #expect(x.requiresGradient)
      #expect(x.gradient == nil)
      try x.squared().sum().backward()
      try x.squared().backward(tensor([1, 10], [2]))
      let gradient = try #require(x.gradient)
      try expect(gradient, shape: [2], [4, 44])
      x.clearGradient()
      #expect(x.gradient == nil)
    }
  }

  @Test func `an input that is not used has zeros`() throws {
    try withLeakCheck {
      let x = try tensor([3], [1])
      let unused = try tensor([1, 1], [2])
      try x.setRequiresGradient(true)
      try unused.setRequiresGradient(true)
      let gradients = try Tensor.gradients(of: x.squared(), withRespectTo: [unused, x])
      try expect(gradients[0], shape: [2], [0, 0])
      try expect(gradients[1], shape: [1], [6])
    }
  }

  @Test func `derivatives of derivatives`() throws {
    let x = try tensor([2], [1])
    try x.setRequiresGradient(true)
    let first = try Tensor.gradients(of: x.power(3), withRespectTo: [x], createGraph: true)[0]
    try expect(first, shape: [1], [12])
    try expect(Tensor.gradients(of: first, withRespectTo: [x])[0], shape: [1], [12])
  }

  @Test func `nothing is recorded inside withoutGradients`() throws {
    let x = try tensor([2], [1])
    try x.setRequiresGradient(true)
    let inside = try withoutGradients { () throws(TensorError) in try x * 2 }
    #expect(!inside.requiresGradient)
    #expect(try (x * 2).requiresGradient)
    #expect(try !(x * 2).detached().requiresGradient)
    #expect(throws: TensorError.self) {
      try withoutGradients { () throws(TensorError) in try x.matmul(.zeros([3, 3])) }
    }
    #expect(try (x * 2).requiresGradient)
  }

  @Test func `withGradients records inside withoutGradients`() throws {
    let x = try tensor([2], [1])
    try x.setRequiresGradient(true)
    #expect(isRecordingGradients)
    try withoutGradients {
      #expect(!isRecordingGradients)
      let inside = try withGradients { () throws(TensorError) in try x.squared() }
      try expect(Tensor.gradients(of: inside, withRespectTo: [x])[0], shape: [1], [4])
      #expect(!isRecordingGradients)
    }
    #expect(isRecordingGradients)
  }

  @Test func `a clipped gradient leaves the value as it is`() throws {
    try withLeakCheck {
      let x = try tensor([1, 2, -3], [3])
      try x.setRequiresGradient(true)
      let clipped = try x.gradientClipped(0.5)
      try expect(clipped, shape: [3], [1, 2, -3])
      let cotangent = try tensor([0.25, 4, -7], [3])
      let gradient = try Tensor.gradients(
        of: clipped, withRespectTo: [x], cotangent: cotangent)[0]
      try expect(gradient, shape: [3], [0.25, 0.5, -0.5])
      // The gradient is itself differentiable: d (2x clipped at 5) / dx.
      let first = try Tensor.gradients(
        of: x.gradientClipped(5).squared(), withRespectTo: [x], cotangent: .ones([3]),
        createGraph: true)[0]
      try expect(first, shape: [3], [2, 4, -5])
      let second = try Tensor.gradients(
        of: first, withRespectTo: [x], cotangent: .ones([3]))[0]
      try expect(second, shape: [3], [2, 2, 0])
      #expect(throws: TensorError.self) { try x.gradientClipped(0) }
    }
  }

  @Test func `a leaf changes only inside withoutGradients`() throws {
    let x = try tensor([2], [1])
    try x.setRequiresGradient(true)
    #expect(throws: TensorError.self) { try x.fillInPlace(0) }
    try withoutGradients { () throws(TensorError) in try x.fillInPlace(0.5) }
    try expect(x, shape: [1], [0.5])
    #expect(x.requiresGradient)
  }

  @Test func `gradients of arithmetic`() throws {
    try expectGradients(of: [[2, 3], [3]]) { try ($0[0] + $0[1]) * $0[0] - $0[1] }
    try expectGradients(of: [[2, 2], [2, 2]], from: 0.5, to: 2) { try $0[0] / $0[1] }
    try expectGradients(of: [[3]], from: 0.5, to: 2) { try 2 / $0[0] - 3 * $0[0] + $0[0] / 4 }
    try expectGradients(of: [[4], [4]]) { try $0[0].maximum($0[1]) * $0[0].minimum(0.1) }
    try expectGradients(of: [[4], [4]]) { try .select($0[0].less($0[1]), $0[0] * 2, $0[1]) }
  }

  @Test func `gradients of functions`() throws {
    typealias Function = (Tensor) throws -> Tensor
    let anywhere: [Function] = [
      { try $0.exponential() }, { try $0.squared() }, { try $0.power(3) }, { try $0.absolute() },
      { try $0.sine() }, { try $0.cosine() }, { try $0.clamp(min: -0.5, max: 0.5) }, { try -$0 },
      { try $0.sigmoid() }, { try $0.tanh() }, { try $0.relu() }, { try $0.leakyRelu(slope: 0.1) },
      { try $0.elu(alpha: 1.5) }, { try $0.softplus() }, { try $0.gelu() }, { try $0.silu() },
      { try $0.softmax(axis: 1) }, { try $0.logSoftmax(axis: 1) },
    ]
    for function in anywhere { try expectGradients(of: [[2, 3]]) { try function($0[0]) } }
    let positive: [Function] = [
      { try $0.squareRoot() }, { try $0.reciprocalSquareRoot() }, { try $0.log() },
      { try $0.log1p() }, { try $0.reciprocal() }, { try $0.power(-0.5) },
    ]
    for function in positive {
      try expectGradients(of: [[4]], from: 0.5, to: 2) { try function($0[0]) }
    }
  }

  @Test func `gradients of reductions`() throws {
    typealias Function = (Tensor) throws -> Tensor
    let functions: [Function] = [
      { try $0.sum(axes: [1]) }, { try $0.mean(axes: [0], keepAxes: true) },
      { try $0.variance(axes: [1]) }, { try $0.variance(axes: [0], biased: false) },
      { try $0.max(axes: [1]) }, { try $0.min() }, { try $0.norm() },
      { try $0.topK(2, axis: 1).values }, { try $0.cumulativeSum(axis: 1) },
      { try $0.sum(axes: []) },
    ]
    for function in functions { try expectGradients(of: [[2, 3]]) { try function($0[0]) } }
  }

  @Test func `gradients of rearrangements`() throws {
    typealias Function = (Tensor) throws -> Tensor
    let rows = try Tensor([1, 1, 0] as [Int64], shape: [3])
    let places = try Tensor([2, 0] as [Int64], shape: [2, 1])
    let functions: [Function] = [
      { try $0.reshaped([3, 2]) }, { try $0.permuted([1, 0]) }, { try $0.transposed() },
      { try $0.flattened() }, { try $0.unsqueezed(axis: 0).expanded(to: [2, 2, 3]) },
      { try $0.sliced(axis: 1, from: 0, to: 3, step: 2) }, { try $0.selected(axis: 1, index: 1) },
      { try $0.flipped(axes: [1]) }, { try $0.padded([(1, 0), (0, 2)], value: 3) },
      { try $0.repeated(axis: 1, times: 2) }, { try $0.rows(rows) }, { try $0.embedding(rows) },
      { try $0.gathered(axis: 1, indices: places) }, { try .concatenate([$0, $0 * 2], axis: 1) },
      { try .stack([$0, $0 * 2], axis: 1) }, { try $0.transposed().contiguous() },
    ]
    for function in functions { try expectGradients(of: [[2, 3]]) { try function($0[0]) } }
  }

  @Test func `gradients of networks`() throws {
    try expectGradients(of: [[2, 3], [3, 2]]) { try $0[0].matmul($0[1]) }
    try expectGradients(of: [[2], [2, 3], [3, 2]]) { try .addmm($0[0], $0[1], $0[2]) }
    try expectGradients(of: [[2, 1, 4], [2, 1, 2], [2]]) {
      try $0[0].convolution($0[1], bias: $0[2], stride: [1], padding: [1], dilation: [1])
    }
    try expectGradients(of: [[1, 2, 3, 3], [2, 2, 2, 2]]) {
      try $0[0].convolution($0[1], stride: [2, 1], padding: [1, 0], dilation: [1, 1])
    }
    try expectGradients(of: [[1, 1, 2, 2], [1, 2, 2, 2]]) {
      try $0[0].convolution(
        $0[1], stride: [2, 2], padding: [0, 0], dilation: [1, 1], transposed: true)
    }
    try expectGradients(of: [[1, 1, 5]]) { try $0[0].maxPool(size: [2], ceilMode: true) }
    try expectGradients(of: [[1, 1, 4, 4]]) { try $0[0].maxPool(size: [2, 2]) }
    try expectGradients(of: [[1, 1, 4, 4]]) {
      try $0[0].averagePool(size: [3, 3], stride: [1, 1])
    }
    try expectGradients(of: [[1, 1, 2, 2, 3]]) { try $0[0].maxPool(size: [2, 2, 2]) }
    try expectGradients(of: [[2, 2, 2], [2], [2], [2], [2]], from: 0.5, to: 1.5) {
      try $0[0].batchNormalized(
        mean: $0[1], inverseDeviation: $0[2], scale: $0[3], shift: $0[4])
    }
    let targets = try Tensor([2, 0] as [Int64], shape: [2])
    try expectGradients(of: [[2, 3]]) {
      try .logSoftmaxCrossEntropy(logits: $0[0], targets: targets)
    }
    try expectGradients(of: [[2, 3]]) { try $0[0].svd().s }
  }
}
