import Tensors
import Testing

@Suite struct ShapeTests {
  func matrix() throws -> Tensor { try tensor([0, 1, 2, 3, 4, 5], [2, 3]) }

  @Test func `the same elements under other shapes`() throws {
    try withLeakCheck {
      let x = try matrix()
      try expect(x.reshaped([3, -1]), shape: [3, 2], [0, 1, 2, 3, 4, 5])
      try expect(x.transposed(), shape: [3, 2], [0, 3, 1, 4, 2, 5])
      try expect(x.permuted([1, 0]), shape: [3, 2], [0, 3, 1, 4, 2, 5])
      try expect(x.flattened(), shape: [6], [0, 1, 2, 3, 4, 5])
      #expect(try Tensor.zeros([2, 3, 4]).flattened(fromAxis: 1).shape == [2, 12])
      #expect(try x.unsqueezed(axis: 1).shape == [2, 1, 3])
      #expect(try x.unsqueezed(axis: -1).squeezed(axis: 2).shape == [2, 3])
      try expect(tensor([1, 2], [2, 1]).expanded(to: [2, 2]), shape: [2, 2], [1, 1, 2, 2])
      try expect(x.transposed().contiguous(), shape: [3, 2], [0, 3, 1, 4, 2, 5])
    }
  }

  @Test func `slices select, step and count from the end`() throws {
    let x = try matrix()
    try expect(x.sliced(axis: 1, from: 1, to: 3), shape: [2, 2], [1, 2, 4, 5])
    try expect(x.sliced(axis: 1, from: 0, to: 3, step: 2), shape: [2, 2], [0, 2, 3, 5])
    try expect(x.sliced(axis: -1, from: -2, to: 99), shape: [2, 2], [1, 2, 4, 5])
    #expect(try x.sliced(axis: 0, from: 1, to: 1).shape == [0, 3])
    try expect(x.selected(axis: 0, index: -1), shape: [3], [3, 4, 5])
    try expect(x.selected(axis: 1, index: 0), shape: [2], [0, 3])
    #expect(throws: TensorError.self) { try x.selected(axis: 0, index: 2) }
    #expect(throws: TensorError.self) { try x.sliced(axis: 0, from: 0, to: 2, step: 0) }
  }

  @Test func `a slice is a view: changing it changes the whole`() throws {
    let x = try matrix()
    try x.sliced(axis: 0, from: 1, to: 2).fillInPlace(7)
    try expect(x, shape: [2, 3], [0, 1, 2, 7, 7, 7])
    let copy = try x.copied()
    try copy.fillInPlace(0)
    try expect(x, shape: [2, 3], [0, 1, 2, 7, 7, 7])
  }

  @Test func `flips, repeats and pads`() throws {
    let x = try matrix()
    try expect(x.flipped(axes: [1]), shape: [2, 3], [2, 1, 0, 5, 4, 3])
    try expect(x.flipped(axes: [0, -1]), shape: [2, 3], [5, 4, 3, 2, 1, 0])
    try expect(x.repeated(axis: 0, times: 2), shape: [4, 3], [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
    try expect(
      x.padded([(0, 1), (2, 0)], value: 9), shape: [3, 5],
      [9, 9, 0, 1, 2, 9, 9, 3, 4, 5, 9, 9, 9, 9, 9])
    try expect(x.padded([(0, 0), (-1, 0)]), shape: [2, 2], [1, 2, 4, 5])
    #expect(throws: TensorError.self) { try x.padded([(1, 1)]) }
  }

  @Test func `gathering by indices`() throws {
    let x = try matrix()
    let indices = try Tensor([1, 0, 1] as [Int64], shape: [3])
    try expect(x.rows(indices), shape: [3, 3], [3, 4, 5, 0, 1, 2, 3, 4, 5])
    let places = try Tensor([2, 0] as [Int64], shape: [2, 1])
    try expect(x.gathered(axis: 1, indices: places), shape: [2, 1], [2, 3])
    let words = try Tensor([0, 1, 1, 0] as [Int64], shape: [2, 2])
    #expect(try x.embedding(words).shape == [2, 2, 3])
    #expect(throws: TensorError.self) { try x.rows(Tensor([2] as [Int64], shape: [1])) }
  }
}
