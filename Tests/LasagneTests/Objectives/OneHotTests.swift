import Lasagne
import Tensors
import Testing

@Suite struct OneHotTests {
  @Test func `class numbers become rows with one place set`() throws {
    let numbers = try Tensor([2, 0] as [Float], shape: [2]).converted(to: .int32)
    #expect(try oneHot(numbers).values() == [0, 0, 1, 1, 0, 0])
    let wide = try oneHot(numbers.reshaped([1, 2]), count: 4)
    #expect(wide.shape == [1, 2, 4])
    #expect(try wide.values() == [0, 0, 1, 0, 1, 0, 0, 0])
    #expect(throws: TensorError.self) { try oneHot(Tensor([1] as [Float], shape: [1])) }
  }
}
