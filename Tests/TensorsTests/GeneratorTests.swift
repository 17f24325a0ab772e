import Tensors
import Testing

@Suite struct GeneratorTests {
  @Test func `the same seed gives the same numbers`() throws {
    try withLeakCheck {
      let first = try Generator(seed: 7)
      let second = try Generator(seed: 7)
      let other = try Generator(seed: 8)
      let numbers = try Tensor.normal([5], generator: first).values()
      #expect(try Tensor.normal([5], generator: second).values() == numbers)
      #expect(try Tensor.normal([5], generator: other).values() != numbers)
    }
  }

  @Test func `a saved state continues where it was saved`() throws {
    let generator = try Generator(seed: 1)
    _ = try Tensor.normal([3], generator: generator)
    let state = try generator.state()
    #expect(state.count == 5056)
    let expected = try Tensor.uniform([4], generator: generator).values()
    let normal = try Tensor.normal([3], generator: generator).values()
    let restored = try Generator(seed: 99)
    try restored.setState(state)
    #expect(try Tensor.uniform([4], generator: restored).values() == expected)
    #expect(try Tensor.normal([3], generator: restored).values() == normal)
    #expect(throws: TensorError.self) { try restored.setState([1, 2, 3]) }
  }

  @Test func `distributions have their moments`() throws {
    let generator = try Generator(seed: 3)
    let uniform = try Tensor.uniform([10_000], from: -1, to: 3, generator: generator)
    #expect(try uniform.min().item() >= -1)
    #expect(try uniform.max().item() < 3)
    #expect(try abs(uniform.mean().item() - 1) < 0.05)
    let normal = try Tensor.normal([10_000], mean: 2, deviation: 0.5, generator: generator)
    #expect(try abs(normal.mean().item() - 2) < 0.02)
    #expect(try abs(normal.variance().item() - 0.25) < 0.02)
    let coins = try Tensor.bernoulli([10_000], probability: 0.3, generator: generator)
    #expect(try abs(coins.mean().item() - 0.3) < 0.02)
    #expect(try Set(coins.values()) == [0, 1])
  }

  @Test func `a permutation has every number once`() throws {
    let order = try Tensor.permutation(100, generator: Generator(seed: 5)).values(as: Int64.self)
    #expect(order != Array(0..<100))
    #expect(order.sorted() == Array(0..<100))
  }

  @Test func `impossible probabilities are refused`() throws {
    let generator = try Generator(seed: 5)
    #expect(throws: TensorError.self) {
      try Tensor.bernoulli([2], probability: 1.5, generator: generator)
    }
    #expect(throws: TensorError.self) {
      try Tensor.normal([2], deviation: -1, generator: generator)
    }
  }
}
