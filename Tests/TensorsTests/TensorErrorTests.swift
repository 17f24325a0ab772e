import Testing

@testable import Tensors

@Suite struct TensorErrorTests {
  func message(_ body: () throws -> Tensor) -> String {
    do {
      return "no error, but \(try body())"
    } catch {
      return "\(error)"
    }
  }

  @Test func `an error names the operation and the shapes`() throws {
    let a = try Tensor.zeros([2, 3])
    let b = try Tensor.zeros([4, 5])
    #expect(
      message { try a.matmul(b) }
        == "matmul: cannot multiply shapes [2, 3] and [4, 5]: mat1 and mat2 shapes cannot be "
        + "multiplied (2x3 and 4x5)")
    #expect(
      message { try a + b }
        == "add: cannot add shapes [2, 3] and [4, 5]: The size of tensor a (3) must match the size "
        + "of tensor b (5) at non-singleton dimension 1")
    #expect(
      message { try a.reshaped([5]) }
        == "reshaped: cannot reshape shape [2, 3]: shape '[5]' is invalid for input of size 6")
    #expect(
      message { try a.squeezed(axis: 0) }
        == "squeezed: cannot work on shape [2, 3]: axis 0 has length 2, expected 1")
    #expect(
      message { try Tensor.zeros([1, 2, 3]).transposed() }
        == "transposed: cannot work on shape [1, 2, 3]: only a matrix can be transposed; use "
        + "permuted for 3 axes")
    let error = #expect(throws: TensorError.self) { try a.matmul(b) }
    #expect(error?.shapes == [[2, 3], [4, 5]])
    #expect(error?.operation == "matmul")
  }

  @Test func `errors found before libtorch is asked`() throws {
    let a = try Tensor.zeros([1, 1, 4])
    #expect(
      message { try Tensor([1] as [Float], shape: [2]) }
        == "Tensor: 1 values for shape [2], expected 2")
    #expect(
      message { try a.maxPool(size: [2], stride: [1, 1]) }
        == "maxPool: cannot work on shape [1, 1, 4]: stride [1, 1] has 2 numbers, expected 1")
    #expect(
      message { try a.maxPool(size: [7], padding: [1]) }
        == "maxPool: cannot work on shape [1, 1, 4]: a window of [7] is larger than the input with "
        + "its padding [1]")
    #expect(
      message { try a.clamp() }
        == "clamp: cannot work on shape [1, 1, 4]: neither min nor max is given")
    #expect(
      message { try a.moved(to: .cuda(99)) }.hasPrefix(
        "moved: cannot work on shape [1, 1, 4]: there is no device cuda:99, this backend sees"))
    #expect(message { try Tensor.zeros([-1]) }.contains("shape [-1] is not possible"))
  }

  @Test func `only the first sentence of an explanation is kept`() {
    #expect(TensorError.firstSentence(of: "Wrong size 2.5. Try this.\nMore") == "Wrong size 2.5")
    #expect(TensorError.firstSentence(of: "one\ntwo") == "one")
    #expect(TensorError.firstSentence(of: "Use a. b") == "Use a. b")
    let allocation = "[enforce fail at alloc.cpp:1] err == 0. Memory: no 9 bytes. Error code 12."
    #expect(TensorError.firstSentence(of: allocation) == "Memory: no 9 bytes")
  }
}
