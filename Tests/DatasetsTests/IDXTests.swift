import Datasets
import Foundation
import Tensors
import Testing

private func header(_ type: UInt8, _ lengths: [UInt32]) -> Data {
  var data = Data([0, 0, type, UInt8(lengths.count)])
  for length in lengths { data.put(length, bigEndian: true) }
  return data
}

@Suite struct IDXTests {
  @Test func `the format's element types survive a round trip, plain and gzipped`() throws {
    let types: [DataType] = [.uint8, .int8, .int16, .int32, .float32, .float64]
    for array in try arrayOfEveryType() where types.contains(array.dataType) {
      for gzipped in [false, true] {
        #expect(try IDX.read(IDX.data(array, gzipped: gzipped)) == array)
      }
    }
    let wide = try HostArray([1] as [Int64], shape: [1])
    #expect(reason(try IDX.data(wide)) == "IDX data: IDX has no int64")
  }

  @Test func `bytes are laid out as MNIST's`() throws {
    let file = try IDX.data(HostArray([258] as [Int16], shape: [1, 1]))
    #expect(Array(file) == [0, 0, 0x0B, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2])
  }

  @Test func `magic numbers and lengths that lie are refused`() {
    let cases: [(Data, String)] = [
      (Data(), "the IDX magic number"), (Data("PNG!".utf8), "two zero bytes"),
      (header(7, [1]) + [0], "element type 7"), (header(8, [2]) + [0], "2 bytes from byte 8"),
      (header(8, [1, 1]) + [0, 0], "but holds 2"), (header(8, []) + [], "but holds 0"),
      (Data([0, 0, 8, 3, 0]), "the IDX lengths"),
      (header(14, [.max, .max, .max]), "impossible shape"),
      (header(14, [.max, .max]), "impossible shape"), (header(8, [.max]), "but holds 0"),
    ]
    for (data, words) in cases {
      let sentence = reason(try IDX.read(data, path: "t.idx"))
      #expect(sentence.hasPrefix("t.idx: "))
      #expect(sentence.contains(words), "\(sentence)")
    }
  }

  @Test func `gzip files that are cut off, damaged or lie are refused`() throws {
    let array = try HostArray([UInt8](0..<100), shape: [10, 10])
    let packed = try IDX.data(array, gzipped: true)
    for length in 0..<packed.count { _ = reason(try IDX.read(packed.prefix(length))) }
    for offset in 0..<packed.count {
      _ = try? IDX.read(packed.patched(at: offset, [packed[offset] ^ 0xFF]))
    }
    let crc = packed.count - 6
    #expect(
      reason(try IDX.read(packed.patched(at: crc, [packed[crc] ^ 1]))).contains("wrong checksum"))
    // Two members one after the other are one file to gzip.
    #expect(reason(try IDX.read(packed + packed)).contains("unpacks to more than the 112 bytes"))
  }

  @Test func `a file in two gzip members is read`() throws {
    let array = try HostArray([UInt8](0..<100), shape: [100])
    let plain = try IDX.data(array)
    #expect(try IDX.read(gzipped(plain.prefix(50)) + gzipped(plain.dropFirst(50))) == array)
  }

  @Test func `a gzip bomb is refused before memory is asked for`() throws {
    let zeros = try HostArray([UInt8](repeating: 0, count: 1_000_000), shape: [1_000_000])
    let bomb = try IDX.data(zeros, gzipped: true)
    #expect(bomb.count < 2000)
    #expect(try IDX.read(bomb) == zeros)
    let lie = gzipped(header(8, [.max]) + Data(count: 100))
    #expect(reason(try IDX.read(lie)).contains("packed bytes cannot hold"))
    let more = gzipped(header(8, [10]) + Data(count: 1_000_000))
    #expect(reason(try IDX.read(more)).contains("unpacks to more than the 18 bytes"))
  }

  @Test func `a folder named as MNIST's becomes a data set`() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ values: [UInt8], _ shape: [Int]) throws {
        try IDX.write(
          HostArray(values, shape: shape), to: folder.appendingPathComponent(name))
      }
      try write("train-images-idx3-ubyte.gz", [UInt8](0..<24), [4, 3, 2])
      try write("train-labels-idx1-ubyte", [0, 1, 2, 1], [4])
      #expect(try Dataset.read(from: folder).testInputs == nil)
      try write("t10k-images-idx3-ubyte", [UInt8](0..<6), [1, 3, 2])
      #expect(reason(try Dataset.read(from: folder)).contains("no file t10k-labels-idx1-ubyte"))
      try write("t10k-labels-idx1-ubyte.gz", [2], [1])
      let dataset = try Dataset.read(from: folder, options: .init(name: "tiny"))
      #expect(dataset.name == "tiny")
      #expect(dataset.inputs.shape == [4, 1, 3, 2])
      #expect(dataset.inputs.dataType == .uint8)
      #expect(dataset.labels == [0, 1, 2, 1])
      #expect(dataset.testInputs?.shape == [1, 1, 3, 2])
      #expect(dataset.classNames == ["0", "1", "2"])
      try write("train-labels-idx1-ubyte", [0, 1, 2], [3])
      #expect(reason(try Dataset.read(from: folder)).contains("4 inputs but 3 targets"))
    }
  }
}
