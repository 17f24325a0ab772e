import Foundation
import Tensors
import Testing

@Suite struct HostArrayTests {
  @Test func `values round-trip through bytes`() throws {
    let array = try HostArray([1, -2, 3.5] as [Float], shape: [3])
    #expect(array.data == Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x60, 0x40]))
    let again = try HostArray(shape: [3], dataType: .float32, data: array.data)
    #expect(again == array)
    #expect(again.values(as: Float.self) == [1, -2, 3.5])
  }

  @Test func `counts that do not fit are refused`() {
    #expect(
      throws: TensorError(
        operation: "HostArray", message: "3 values for shape [2, 2], expected 4")
    ) { try HostArray([1, 2, 3] as [Float], shape: [2, 2]) }
    #expect(
      throws: TensorError(
        operation: "HostArray", message: "7 bytes for shape [2] of float32, expected 8")
    ) { try HostArray(shape: [2], dataType: .float32, data: Data(count: 7)) }
    #expect(throws: TensorError.self) {
      try HostArray(shape: [-1], dataType: .uint8, data: Data())
    }
    #expect(throws: TensorError.self) {
      try HostArray(shape: [.max, 8], dataType: .uint8, data: Data())
    }
  }

  @Test func `conversion cuts off fractions, wraps integers and saturates floats`() throws {
    let real = try HostArray([-1.9, 1.9, 1e30, -1e30, .nan] as [Double], shape: [5])
    #expect(real.values(as: Int8.self) == [-1, 1, 127, -128, 0])
    #expect(real.values(as: Int64.self) == [-1, 1, .max, .min, 0])
    let whole = try HostArray([300, -1] as [Int32], shape: [2])
    #expect(whole.values(as: UInt8.self) == [44, 255])
    #expect(whole.values(as: Float.self) == [300, -1])
  }

  @Test func `half types hold what they can`() throws {
    let array = try HostArray([1, 0.1, 70000, -2.5] as [Float], shape: [4])
    let half = array.converted(to: .float16)
    #expect(half.data.count == 8)
    #expect(half.values(as: Float.self) == [1, 0.099975586, .infinity, -2.5])
    let brain = array.converted(to: .bfloat16)
    #expect(brain.values(as: Float.self) == [1, 0.100097656, 70144, -2.5])
  }

  @Test func `any byte but zero is true`() throws {
    let array = try HostArray(shape: [3], dataType: .bool, data: Data([0, 1, 7]))
    #expect(array.values(as: Bool.self) == [false, true, true])
    #expect(array.values(as: Int32.self) == [0, 1, 1])
    #expect(array.converted(to: .uint8).values(as: UInt8.self) == [0, 1, 1])
  }

  @Test func `rows are gathered in the order asked for`() throws {
    let array = try HostArray([1, 2, 3, 4, 5, 6] as [Int16], shape: [3, 2])
    let rows = try array.rows([2, 0, 2])
    #expect(rows.shape == [3, 2])
    #expect(rows.values(as: Int16.self) == [5, 6, 1, 2, 5, 6])
    #expect(try array.rows([]).shape == [0, 2])
    let error = #expect(throws: TensorError.self) { try array.rows([0, 3]) }
    #expect(error?.description == "rows: cannot work on shape [3, 2]: index 3 is outside 0..<3")
  }

  @Test func `a slice of a buffer keeps its own bytes when rows are taken`() throws {
    let buffer = Data([9, 1, 2, 3, 4, 9])
    let array = try HostArray(shape: [2, 2], dataType: .uint8, data: buffer[1..<5])
    #expect(try array.rows([1]).values(as: UInt8.self) == [3, 4])
  }

  @Test func `reshaping keeps the count`() throws {
    let array = try HostArray([1, 2, 3, 4] as [Int64], shape: [4])
    #expect(try array.reshaped([2, 2]).shape == [2, 2])
    let error = #expect(throws: TensorError.self) { try array.reshaped([3]) }
    #expect(
      error?.description
        == "reshaped: cannot reshape shape [4]: 4 elements do not fit shape [3]")
  }
}
