import Tensors
import Testing

@Suite struct NetworkTests {
  @Test func `matrix products`() throws {
    try withLeakCheck {
      let a = try tensor([1, 2, 3, 4], [2, 2])
      let b = try tensor([5, 6, 7, 8], [2, 2])
      try expect(a.matmul(b), shape: [2, 2], [19, 22, 43, 50])
      try expect(.addmm(tensor([1, -1], [2]), a, b), shape: [2, 2], [20, 21, 44, 49])
      #expect(try Tensor.zeros([3, 2, 4]).matmul(.zeros([4, 5])).shape == [3, 2, 5])
    }
  }

  @Test func `a convolution correlates and does not flip`() throws {
    let x = try tensor([1, 2, 3, 4], [1, 1, 4])
    let weight = try tensor([1, 10], [1, 1, 2])
    try expect(
      x.convolution(weight, stride: [1], padding: [0], dilation: [1]), shape: [1, 1, 3],
      [21, 32, 43])
    try expect(
      x.convolution(weight, bias: tensor([0.5], [1]), stride: [2], padding: [1], dilation: [1]),
      shape: [1, 1, 3], [10.5, 32.5, 4.5])
    try expect(
      x.convolution(weight, stride: [1], padding: [0], dilation: [2]), shape: [1, 1, 2],
      [31, 42])
  }

  @Test func `convolutions of two and three axes, grouped and transposed`() throws {
    let image = try tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3])
    let corner = try tensor([1, 0, 0, -1], [1, 1, 2, 2])
    try expect(
      image.convolution(corner, stride: [1, 1], padding: [0, 0], dilation: [1, 1]),
      shape: [1, 1, 2, 2], [-4, -4, -4, -4])
    let volume = try Tensor.ones([2, 4, 3, 3, 3])
    let grouped = try Tensor.ones([2, 2, 2, 2, 2])
    let result = try volume.convolution(
      grouped, stride: [1, 1, 1], padding: [0, 0, 0], dilation: [1, 1, 1], groups: 2)
    #expect(result.shape == [2, 2, 2, 2, 2])
    #expect(try result.values().allSatisfy { $0 == 16 })
    let up = try tensor([1, 2], [1, 1, 2]).convolution(
      tensor([1, 10], [1, 1, 2]), stride: [2], padding: [0], dilation: [1], transposed: true,
      outputPadding: [1])
    try expect(up, shape: [1, 1, 5], [1, 10, 2, 20, 0])
  }

  @Test func `pooling over one, two and three axes`() throws {
    let line = try tensor([1, 5, 2, 4, 3], [1, 1, 5])
    try expect(line.maxPool(size: [2]), shape: [1, 1, 2], [5, 4])
    try expect(line.maxPool(size: [2], ceilMode: true), shape: [1, 1, 3], [5, 4, 3])
    try expect(
      line.maxPool(size: [3], stride: [1], padding: [1]), shape: [1, 1, 5], [5, 5, 5, 4, 4])
    let image = try tensor([1, 2, 3, 4], [1, 1, 2, 2])
    try expect(image.maxPool(size: [2, 2]), shape: [1, 1, 1, 1], [4])
    try expect(image.averagePool(size: [2, 2]), shape: [1, 1, 1, 1], [2.5])
    try expect(
      image.averagePool(size: [2, 2], stride: [2, 2], padding: [1, 1]), shape: [1, 1, 2, 2],
      [0.25, 0.5, 0.75, 1])
    try expect(
      image.averagePool(
        size: [2, 2], stride: [2, 2], padding: [1, 1], countIncludesPadding: false),
      shape: [1, 1, 2, 2], [1, 2, 3, 4])
    try expect(
      Tensor.ones([1, 1, 2, 2, 2]).maxPool(size: [2, 2, 2]), shape: [1, 1, 1, 1, 1], [1])
  }

  @Test func `batch normalization is one multiply-add`() throws {
    let x = try tensor([1, 2, 3, 4], [2, 2, 1])
    let result = try x.batchNormalized(
      mean: tensor([1, 1], [2]), inverseDeviation: tensor([2, 0.5], [2]),
      scale: tensor([3, 1], [2]), shift: tensor([0, 10], [2]))
    try expect(result, shape: [2, 2, 1], [0, 10.5, 12, 11.5])
    let plain = try x.batchNormalized(
      mean: tensor([1, 1], [2]), inverseDeviation: tensor([2, 0.5], [2]))
    try expect(plain, shape: [2, 2, 1], [0, 0.5, 4, 1.5])
  }

  @Test func `cross-entropy of logits`() throws {
    let logits = try tensor([0, 0, 1, 2], [2, 2])
    let targets = try Tensor([1, 0] as [Int64], shape: [2])
    try expect(
      .logSoftmaxCrossEntropy(logits: logits, targets: targets), shape: [2],
      [0.6931471806, 1.3132616875])
    #expect(throws: TensorError.self) {
      try Tensor.logSoftmaxCrossEntropy(
        logits: logits, targets: Tensor([1, 2] as [Int64], shape: [2]))
    }
  }

  @Test func `singular values`() throws {
    try withLeakCheck {
      let a = try tensor([3, 0, 0, -2, 0, 0], [3, 2])
      let (u, s, vt) = try a.svd()
      try expect(s, shape: [2], [3, 2])
      try expect((u * s).matmul(vt), shape: [3, 2], [3, 0, 0, -2, 0, 0])
    }
  }
}
