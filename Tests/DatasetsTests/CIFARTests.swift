import Datasets
import Foundation
import Tensors
import Testing

/// Records whose pixels all have the value of their label.
private func records(_ labels: [[UInt8]]) -> Data {
  labels.reduce(into: Data()) { data, label in
    data.append(contentsOf: label)
    for channel in 0..<3 as Range<UInt8> {
      data.append(contentsOf: [UInt8](repeating: (label.last ?? 0) * 10 + channel, count: 1024))
    }
  }
}

@Suite struct CIFARTests {
  @Test func `a CIFAR-10 folder becomes a data set`() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ data: Data) throws {
        try data.write(to: folder.appendingPathComponent(name))
      }
      try write("data_batch_1.bin", records([[3], [0]]))
      try write("data_batch_2.bin", records([[9]]))
      let plain = try Dataset.read(from: folder)
      #expect(plain.classNames == (0..<10).map(String.init))
      #expect(plain.testInputs == nil)
      try write("test_batch.bin", records([[1]]))
      let names = "airplane automobile bird cat deer dog frog horse ship truck"
        .replacingOccurrences(of: " ", with: "\n")
      try write("batches.meta.txt", Data((names + "\n\n").utf8))
      let dataset = try Dataset.read(from: folder)
      #expect(dataset.inputs.shape == [3, 3, 32, 32])
      #expect(dataset.labels == [3, 0, 9])
      #expect(dataset.classNames[3] == "cat")
      #expect(dataset.testTargets?.values(as: Int64.self) == [1])
      let pixels = dataset.inputs.values(as: UInt8.self)
      #expect([0, 1024, 2048, 3072, 6144].map { pixels[$0] } == [30, 31, 32, 0, 90])
    }
  }

  @Test func `CIFAR-100 gives its fine labels`() throws {
    try withTemporaryFolder { folder in
      try records([[1, 20], [0, 7]]).write(to: folder.appendingPathComponent("train.bin"))
      let dataset = try Dataset.read(from: folder)
      #expect(dataset.labels == [20, 7])
      #expect(dataset.classCount == 100)
    }
  }

  @Test func `cut-off files, wrong labels and wrong names are refused`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("data_batch_1.bin")
      try records([[3]]).dropLast().write(to: file)
      #expect(
        reason(try Dataset.read(from: folder))
          == "\(file.path): has 3072 bytes, expected a multiple of 3073 (one CIFAR-10 record)")
      try Data().write(to: file)
      #expect(reason(try Dataset.read(from: folder)).contains("has 0 bytes"))
      try records([[3], [10]]).write(to: file)
      #expect(
        reason(try Dataset.read(from: folder)).contains("label 10 in record 1, expected 0 to 9"))
      try records([[3]]).write(to: file)
      try Data("one\ntwo".utf8).write(to: folder.appendingPathComponent("batches.meta.txt"))
      #expect(reason(try Dataset.read(from: folder)).contains("2 class names, expected 10"))
    }
  }
}
