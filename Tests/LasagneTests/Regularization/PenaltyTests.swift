import Foundation
import Tensors
import Testing

@testable import Lasagne

@Suite struct PenaltyTests {
  @Test func `l2 has no factor of a half`() throws {
    let tensor = try Tensor([1, -2, 3] as [Float], shape: [3])
    #expect(try Penalty.l1(tensor).item() == 6)
    #expect(try Penalty.l2(tensor).item() == 14)
  }

  @Test func `coefficients weigh each tensor`() throws {
    let weighted = [
      (tensor: try Tensor([1, 2] as [Float], shape: [2]), coefficient: 0.5),
      (tensor: try Tensor([3] as [Float], shape: [1]), coefficient: 2),
    ]
    #expect(try applyPenalty(weighted, .l1).item() == 7.5)
    #expect(try applyPenalty(weighted, .l2).item() == 20.5)
    #expect(try applyPenalty([Tensor](), .l2).item() == 0)
  }

  @Test func `a filter asks for tags and for their absence`() throws {
    let parameters = [
      (tensor: try Tensor(2), tags: Set(["trainable", "regularizable"])),
      (tensor: try Tensor(3), tags: Set(["trainable"])),
      (tensor: try Tensor(5), tags: Set<String>()),
    ]
    func total(_ filter: TagFilter<String>) throws -> Double {
      try regularizeParameters(parameters, .l1, filter: filter).item()
    }
    #expect(try total(TagFilter(required: ["regularizable"])) == 2)
    #expect(try total(TagFilter(required: ["trainable"], forbidden: ["regularizable"])) == 3)
    #expect(try total(TagFilter()) == 10)
  }

  @Test func `a penalty is named in a recipe`() throws {
    #expect(
      try JSONDecoder().decode([Penalty].self, from: Data("[\"l1\", \"l2\"]".utf8)) == [.l1, .l2])
  }
}
