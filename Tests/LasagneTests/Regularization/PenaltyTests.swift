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

  @Test func `a filter asks for tags and for their absence`() {
    let bias: Set<ParameterTag> = [.trainable]
    let weight: Set<ParameterTag> = [.trainable, .regularizable]
    #expect(TagFilter.regularizable.accepts(weight))
    #expect(!TagFilter.regularizable.accepts(bias))
    let biases = TagFilter(required: [.trainable], forbidden: [.regularizable])
    #expect(biases.accepts(bias) && !biases.accepts(weight))
    #expect(TagFilter().accepts([]))
  }

  @Test func `a network's penalty leaves out biases, and layers can be weighed`() throws {
    let network = try Network("two", input: [2]) {
      DenseLayer(1, nonlinearity: .linear).named("hidden")
      DenseLayer(1, nonlinearity: .linear).named("output")
    }
    let arrays = [
      try HostArray([1, -2] as [Float], shape: [2, 1]), try HostArray([9] as [Float], shape: [1]),
      try HostArray([3] as [Float], shape: [1, 1]), try HostArray([9] as [Float], shape: [1]),
    ]
    let weights = try Weights(arrays, for: network)
    #expect(try Penalty.l1.ofNetwork(weights).item() == 6)
    #expect(try Penalty.l2.ofNetwork(weights).item() == 14)
    #expect(try Penalty.l2.ofLayers(["hidden": 0.5, "output": 2], weights).item() == 20.5)
    let error = #expect(throws: TensorError.self) {
      try Penalty.l2.ofLayers(["hiden": 1], weights)
    }
    #expect(error?.message.contains("did you mean 'hidden'?") == true)
  }

  @Test func `a penalty is named in a recipe`() throws {
    #expect(
      try JSONDecoder().decode([Penalty].self, from: Data("[\"l1\", \"l2\"]".utf8)) == [.l1, .l2])
  }
}
