import Tensors
import Testing

@Suite struct ReductionTests {
  func matrix() throws -> Tensor { try tensor([1, 2, 3, 4, 5, 9], [2, 3]) }

  @Test func `sums and means over axes`() throws {
    try withLeakCheck {
      let x = try matrix()
      try expect(x.sum(), shape: [], [24])
      try expect(x.sum(axes: [0]), shape: [3], [5, 7, 12])
      try expect(x.sum(axes: [-1], keepAxes: true), shape: [2, 1], [6, 18])
      try expect(x.mean(), shape: [], [4])
      try expect(x.mean(axes: [0, 1], keepAxes: true), shape: [1, 1], [4])
      try expect(x.sum(axes: []), shape: [2, 3], [1, 2, 3, 4, 5, 9])
    }
  }

  @Test func `extremes and variances over axes`() throws {
    let x = try matrix()
    try expect(x.max(), shape: [], [9])
    try expect(x.max(axes: [1]), shape: [2], [3, 9])
    try expect(x.min(axes: [0], keepAxes: true), shape: [1, 3], [1, 2, 3])
    try expect(x.variance(axes: [1]), shape: [2], [2.0 / 3, 14.0 / 3])
    try expect(x.variance(axes: [1], biased: false), shape: [2], [1, 7])
    try expect(x.variance(), shape: [], [40.0 / 6])
    try expect(x.variance(axes: []), shape: [2, 3], [0, 0, 0, 0, 0, 0])
    try expect(tensor([3, 4], [2]).norm(), shape: [], [5])
  }

  @Test func `integers are counted exactly and averaged as floats`() throws {
    let hits = try Tensor([true, false, true, true], shape: [4])
    #expect(try hits.sum().dataType == .int64)
    #expect(try hits.sum().item() == 3)
    #expect(try hits.mean().item() == 0.75)
    #expect(try hits.any().item() == 1)
    #expect(try hits.all().item() == 0)
    #expect(try hits.all().dataType == .bool)
  }

  @Test func `places of extremes`() throws {
    let x = try tensor([1, 5, 5, 9, 0, 2], [2, 3])
    #expect(try x.argmax(axis: 1).values(as: Int64.self) == [1, 0])
    #expect(try x.argmin(axis: 0).values(as: Int64.self) == [0, 1, 1])
    let (values, indices) = try x.topK(2, axis: 1)
    try expect(values, shape: [2, 2], [5, 5, 9, 2])
    #expect(try indices.values(as: Int64.self)[2...] == [0, 2])
    try expect(x.cumulativeSum(axis: 1), shape: [2, 3], [1, 6, 11, 9, 9, 11])
  }
}
