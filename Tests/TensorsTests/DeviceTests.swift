import Foundation
import Tensors
import Testing

@Suite struct DeviceTests {
  @Test func `devices are read from text and written as text`() throws {
    #expect(Device("cpu") == .cpu)
    #expect(Device("cuda") == .cuda(0))
    #expect(Device("cuda:3") == .cuda(3))
    #expect(Device("cuda:-1") == nil)
    #expect(Device("gpu") == nil)
    #expect("\(Device.cuda(1))" == "cuda:1")
    let coded = try JSONEncoder().encode([Device.cpu, .cuda(2)])
    #expect(String(decoding: coded, as: UTF8.self) == #"["cpu","cuda:2"]"#)
    #expect(try JSONDecoder().decode([Device].self, from: coded) == [.cpu, .cuda(2)])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Device].self, from: Data(#"["tpu"]"#.utf8))
    }
  }

  @Test func `element types know their size`() {
    #expect(DataType.allCases.map(\.byteCount) == [4, 8, 2, 2, 8, 4, 2, 1, 1, 1])
    #expect(DataType.allCases.filter(\.isFloatingPoint).count == 4)
  }
}
