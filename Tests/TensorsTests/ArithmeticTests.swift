import Tensors
import Testing

@Suite struct ArithmeticTests {
  let a: [Double] = [-2, -0.5, 0, 3]

  @Test func `operators broadcast`() throws {
    try withLeakCheck {
      let matrix = try tensor([1, 2, 3, 4], [2, 2])
      let row = try tensor([10, 20], [2])
      try expect(matrix + row, shape: [2, 2], [11, 22, 13, 24])
      try expect(matrix - row, shape: [2, 2], [-9, -18, -7, -16])
      try expect(matrix * row, shape: [2, 2], [10, 40, 30, 80])
      try expect(row / matrix, shape: [2, 2], [10, 10, 10.0 / 3, 5])
      try expect(-row, shape: [2], [-10, -20])
    }
  }

  @Test func `operators take numbers on either side`() throws {
    let x = try tensor([1, 2], [2])
    try expect(x + 1, shape: [2], [2, 3])
    try expect(1 + x, shape: [2], [2, 3])
    try expect(x - 1, shape: [2], [0, 1])
    try expect(1 - x, shape: [2], [0, -1])
    try expect(x * 3, shape: [2], [3, 6])
    try expect(3 * x, shape: [2], [3, 6])
    try expect(x / 4, shape: [2], [0.25, 0.5])
    try expect(4 / x, shape: [2], [4, 2])
  }

  @Test func `integers stay integers with whole numbers`() throws {
    let labels = try Tensor([1, 2, 3] as [Int64], shape: [3])
    #expect(try (labels + 1).dataType == .int64)
    #expect(try (labels * 2).values(as: Int64.self) == [2, 4, 6])
    #expect(try (labels * 0.5).dataType == .float32)
    #expect(try (labels / 2).values() == [0.5, 1, 1.5])
  }

  @Test func `functions give the known values`() throws {
    let x = try tensor(a, [4])
    try expect(x.power(3), shape: [4], [-8, -0.125, 0, 27])
    try expect(x.squared(), shape: [4], [4, 0.25, 0, 9])
    try expect(x.absolute(), shape: [4], [2, 0.5, 0, 3])
    try expect(x.sign(), shape: [4], [-1, -1, 0, 1])
    try expect(x.floor(), shape: [4], [-2, -1, 0, 3])
    try expect(x.exponential(), shape: [4], [0.1353352832, 0.6065306597, 1, 20.0855369232])
    try expect(x.clamp(min: -1, max: 2), shape: [4], [-1, -0.5, 0, 2])
    try expect(x.clamp(max: 0), shape: [4], [-2, -0.5, 0, 0])
    try expect(x.sine(), shape: [4], [-0.9092974268, -0.4794255386, 0, 0.1411200081])
    try expect(x.cosine(), shape: [4], [-0.4161468365, 0.8775825619, 1, -0.9899924966])
    let y = try tensor([0.25, 4], [2])
    try expect(y.squareRoot(), shape: [2], [0.5, 2])
    try expect(y.reciprocalSquareRoot(), shape: [2], [2, 0.5])
    try expect(y.reciprocal(), shape: [2], [4, 0.25])
    try expect(y.log(), shape: [2], [-1.3862943611, 1.3862943611])
    try expect(tensor([1e-10], [1]).log1p(), shape: [1], [1e-10], within: 1e-18)
  }

  @Test func `activations give the known values`() throws {
    let x = try tensor([-2, 0, 1], [3])
    try expect(x.sigmoid(), shape: [3], [0.1192029220, 0.5, 0.7310585786])
    try expect(x.tanh(), shape: [3], [-0.9640275801, 0, 0.7615941560])
    try expect(x.relu(), shape: [3], [0, 0, 1])
    try expect(x.leakyRelu(slope: 0.1), shape: [3], [-0.2, 0, 1])
    try expect(x.elu(alpha: 2), shape: [3], [-1.7293294335, 0, 1])
    try expect(x.softplus(), shape: [3], [0.1269280110, 0.6931471806, 1.3132616875])
    try expect(x.gelu(), shape: [3], [-0.0455002639, 0, 0.8413447461])
    try expect(x.silu(), shape: [3], [-0.2384058440, 0, 0.7310585786])
    try expect(x.softmax(axis: 0), shape: [3], [0.0351190, 0.2594965, 0.7053845])
    try expect(x.logSoftmax(axis: -1), shape: [3], [-3.3490122, -1.3490122, -0.3490122])
    try expect(tensor([800], [1]).softplus(), shape: [1], [800])
  }

  @Test func `comparisons give Booleans`() throws {
    let x = try tensor([1, 2, 3], [3])
    let y = try tensor([3, 2, 1], [3])
    #expect(try x.equal(y).values(as: Bool.self) == [false, true, false])
    #expect(try x.less(y).values(as: Bool.self) == [true, false, false])
    #expect(try x.lessOrEqual(2).values(as: Bool.self) == [true, true, false])
    #expect(try x.greater(2).values(as: Bool.self) == [false, false, true])
    #expect(try x.greaterOrEqual(y).values(as: Bool.self) == [false, true, true])
    #expect(try x.equal(2).not().values(as: Bool.self) == [true, false, true])
    try expect(.select(x.less(y), x, y), shape: [3], [1, 2, 1])
    try expect(x.maximum(y), shape: [3], [3, 2, 3])
    try expect(x.minimum(y), shape: [3], [1, 2, 1])
    try expect(x.maximum(2), shape: [3], [2, 2, 3])
    try expect(x.minimum(2), shape: [3], [1, 2, 2])
    let odd = try tensor([1, .nan, .infinity], [3])
    #expect(try odd.isFinite().values(as: Bool.self) == [true, false, false])
  }

  @Test func `changes in place`() throws {
    try withLeakCheck {
      let x = try tensor([1, 2], [2])
      try x.addInPlace(tensor([10, 20], [2]), scale: 0.5)
      try expect(x, shape: [2], [6, 12])
      try x.multiplyInPlace(2)
      try x.multiplyInPlace(tensor([1, 0.5], [2]))
      try expect(x, shape: [2], [12, 12])
      try x.addcmulInPlace(tensor([1, 2], [2]), tensor([3, 4], [2]), scale: -1)
      try expect(x, shape: [2], [9, 4])
      try x.addcdivInPlace(tensor([1, 2], [2]), tensor([2, 4], [2]), scale: 2)
      try expect(x, shape: [2], [10, 5])
      try x.maximumInPlace(tensor([7, 7], [2]))
      try expect(x, shape: [2], [10, 7])
      try x.assign(Tensor([3, 4] as [Int32], shape: [2]))
      try expect(x, shape: [2], [3, 4])
      #expect(x.dataType == .float64)
      try x.fillInPlace(0.5)
      try expect(x, shape: [2], [0.5, 0.5])
    }
  }
}
