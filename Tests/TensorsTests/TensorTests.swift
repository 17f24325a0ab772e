import Foundation
import Tensors
import Testing

@Suite struct TensorTests {
  @Test func `a tensor knows its shape, type and place`() throws {
    try withLeakCheck {
      let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
      #expect(tensor.shape == [2, 3])
      #expect(tensor.rank == 2)
      #expect(tensor.count == 6)
      #expect(tensor.dataType == .float32)
      #expect(tensor.device == .cpu)
      #expect("\(tensor)" == "float32[2, 3] on cpu")
    }
  }

  @Test func `a single number has no axes`() throws {
    let number = try Tensor(2.5)
    #expect(number.shape == [])
    #expect(try number.item() == 2.5)
    #expect(try Tensor(7, dataType: .int64).item() == 7)
  }

  @Test(arguments: DataType.allCases)
  func `each element type goes to the backend and back`(type: DataType) throws {
    try withLeakCheck {
      let array = try HostArray([0, 1, 2, 100] as [Double], shape: [2, 2]).converted(to: type)
      let tensor = try Tensor(array)
      #expect(tensor.dataType == type)
      #expect(try tensor.hostArray() == array)
      let expected: [Double] = type == .bool ? [0, 1, 1, 1] : [0, 1, 2, 100]
      #expect(try tensor.values(as: Double.self) == expected)
      #expect(try Tensor.zeros([3], dataType: type).values(as: Double.self) == [0, 0, 0])
    }
  }

  @Test func `tensors without elements work`() throws {
    try withLeakCheck {
      let empty = try Tensor([] as [Float], shape: [0, 3])
      #expect(empty.count == 0)
      #expect(try empty.hostArray().shape == [0, 3])
      #expect(try empty.sum(axes: [0]).values() == [0, 0, 0])
    }
  }

  @Test func `host arrays over part of a buffer keep their bytes`() throws {
    let buffer = Data([9, 9, 9, 1, 0, 2, 0, 9])
    let array = try HostArray(shape: [2], dataType: .int16, data: buffer[3..<7])
    #expect(try Tensor(array).values(as: Int16.self) == [1, 2])
  }

  @Test func `a tensor for reading lies over an array's own bytes and keeps them`() throws {
    final class Flag { var isSet = false }
    let isFree = Flag()
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 1)
    try withLeakCheck {
      let base = try #require(bytes.baseAddress)
      var data: Data? = Data(
        bytesNoCopy: base, count: 256, deallocator: .custom { _, _ in isFree.isSet = true })
      var array: HostArray? = try data.map {
        try HostArray(shape: [100, 2], dataType: .uint8, data: $0[56...])
      }
      let tensor = try Tensor.reading(try #require(array))
      let part = try tensor.sliced(axis: 0, from: 99, to: 100, step: 1)
      bytes[255] = 7
      #expect(try part.values(as: UInt8.self) == [1, 7])
      (data, array) = (nil, nil)
      #expect(!isFree.isSet)
      #expect(try tensor.sum().item() == 206)
    }
    #expect(isFree.isSet)
    bytes.deallocate()
  }

  @Test func `a tensor for reading copies bytes that it cannot lie over`() throws {
    let few = try HostArray([1, 2] as [Float], shape: [2])
    #expect(try Tensor.reading(few).hostArray() == few)
    // One byte beside where floats may lie.
    let whole = Data([0]) + (try HostArray((0..<40).map(Float.init), shape: [40])).data
    let shifted = try HostArray(shape: [40], dataType: .float32, data: whole[1...])
    #expect(try Tensor.reading(shifted).values(as: Float.self) == (0..<40).map(Float.init))
    #expect(try Tensor.reading(HostArray([] as [Float], shape: [0, 3])).shape == [0, 3])
  }

  @Test func `constants, ranges and identities`() throws {
    try expect(.zeros([2]), shape: [2], [0, 0])
    try expect(.ones([1, 2], dataType: .float64), shape: [1, 2], [1, 1])
    try expect(.full([2], -1.5), shape: [2], [-1.5, -1.5])
    try expect(.eye(2), shape: [2, 2], [1, 0, 0, 1])
    let range = try Tensor.arange(4)
    #expect(range.dataType == .int64)
    try expect(range, shape: [4], [0, 1, 2, 3])
  }

  @Test func `joining and stacking`() throws {
    let a = try tensor([1, 2], [1, 2])
    let b = try tensor([3, 4], [1, 2])
    try expect(.concatenate([a, b], axis: 0), shape: [2, 2], [1, 2, 3, 4])
    try expect(.concatenate([a, b], axis: 1), shape: [1, 4], [1, 2, 3, 4])
    try expect(.stack([a, b], axis: 2), shape: [1, 2, 2], [1, 3, 2, 4])
  }

  @Test func `conversion between types`() throws {
    let tensor = try tensor([-1.5, 0, 2.5], [3])
    #expect(try tensor.converted(to: .int64).values(as: Int64.self) == [-1, 0, 2])
    #expect(try tensor.converted(to: .bool).values(as: Bool.self) == [true, false, true])
    #expect(try tensor.converted(to: .bfloat16).values(as: Double.self) == [-1.5, 0, 2.5])
    #expect(try tensor.moved(to: .cpu).device == .cpu)
  }

  @Test func `every tensor is freed`() throws {
    try withLeakCheck {
      let a = try Tensor.ones([4, 4])
      try a.setRequiresGradient(true)
      for _ in 0..<10 {
        let loss = try (a.matmul(a) + 1).squared().mean()
        _ = try Tensor.gradients(of: loss, withRespectTo: [a])
      }
      #expect(throws: TensorError.self) { try a.matmul(.ones([3, 3])) }
    }
    #expect(Backend.liveTensors >= 0)
  }
}
