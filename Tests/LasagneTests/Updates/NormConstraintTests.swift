import Tensors
import Testing

@testable import Lasagne

@Suite struct NormConstraintTests {
  @Test func `columns beyond the limit are scaled to it, others stay`() throws {
    let matrix = try Tensor([3, 0.1, 4, 0.2] as [Double], shape: [2, 2])
    let values = try normConstraint(matrix, maxNorm: 2).values(as: Double.self)
    for (value, expected) in zip(values, [1.2, 0.1, 1.6, 0.2]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }

  @Test func `a vector needs to be told its axes`() throws {
    let vector = try Tensor([3, 4] as [Float], shape: [2])
    #expect(throws: TensorError.self) { try normConstraint(vector, maxNorm: 1) }
    let values = try normConstraint(vector, maxNorm: 1, axes: [0]).values()
    #expect(abs(values[0] - 0.6) < 1e-6)
  }

  @Test func `norms are those of columns, filters, single numbers or chosen axes`() throws {
    let matrix = try Tensor([3, 0, 4, -2] as [Float], shape: [2, 2])
    #expect(try computeNorms(matrix).values() == [5, 2])
    #expect(try computeNorms(matrix.reshaped([2, 1, 2])).values() == [3, Float(20).squareRoot()])
    #expect(try computeNorms(matrix.reshaped([4])).values() == [3, 0, 4, 2])
    #expect(try computeNorms(matrix, axes: [1]).values() == [3, Float(20).squareRoot()])
    #expect(throws: TensorError.self) { try computeNorms(Tensor(1)) }
  }

  @Test func `the total norm counts all tensors together, and zeros stay zeros`() throws {
    let (scaled, norm) = try totalNormConstraint(
      [Tensor([3] as [Float], shape: [1]), Tensor([4] as [Float], shape: [1])], maxNorm: 1)
    #expect(try norm.item() == 5)
    #expect(try abs(scaled[1].item() - 0.8) < 1e-6)
    let zeros = try totalNormConstraint([Tensor.zeros([2])], maxNorm: 1)
    #expect(try zeros.tensors[0].values() == [0, 0])
    #expect(try totalNormConstraint([], maxNorm: 1).norm.item() == 0)
  }
}
