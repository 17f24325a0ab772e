import Datasets
import Foundation
import Tensors
import Testing

private func inputs(_ count: Int) throws -> HostArray {
  try HostArray([Float](repeating: 0.5, count: count * 2), shape: [count, 2])
}

private func sentence(_ body: () throws -> Dataset) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}

@Suite struct DatasetTests {
  @Test func `integer targets become classes and get their numbers as names`() throws {
    let dataset = try Dataset(
      name: "d", inputs: inputs(3), targets: HostArray([0, 2, 1] as [UInt8], shape: [3, 1]),
      testInputs: inputs(1), testTargets: HostArray([3] as [Int32], shape: [1]))
    #expect(dataset.labels == [0, 2, 1])
    #expect(dataset.targets?.dataType == .int64)
    #expect(dataset.targets?.shape == [3])
    #expect(dataset.classNames == ["0", "1", "2", "3"])
    #expect(dataset.classCount == 4)
    #expect(dataset.sampleShape == [2])
    #expect(dataset.arrays.map(\.role) == ["inputs", "targets", "testInputs", "testTargets"])
  }

  @Test func `floating-point targets stay numbers unless classes are named`() throws {
    let values = try HostArray([0, 1, 0.5] as [Float], shape: [3])
    let numbers = try Dataset(name: "d", inputs: inputs(3), targets: values)
    #expect(numbers.classCount == nil)
    #expect(numbers.labels == nil)
    #expect(numbers.targets == values)
    #expect(
      sentence {
        try Dataset(name: "d", inputs: inputs(3), targets: values, classNames: ["a", "b"])
      } == "d: has label 0.5 in row 2 of targets, expected whole numbers")
  }

  @Test func `labels outside the classes are named with row and range`() throws {
    #expect(
      sentence {
        try Dataset(
          name: "d", inputs: inputs(3), targets: HostArray([0, 1, 2] as [Int64], shape: [3]),
          classNames: ["a", "b"])
      } == "d: has label 2 in row 2 of targets, expected 0 to 1")
    #expect(
      sentence {
        try Dataset(
          name: "d", inputs: inputs(2), targets: HostArray([0, -1] as [Int8], shape: [2]))
      }.hasPrefix("d: has label -1 in row 1 of targets, expected 0 to 65535; numbers to predict"))
  }

  @Test func `counts and shapes must agree`() throws {
    let labels = try HostArray([0, 1] as [Int64], shape: [2])
    #expect(
      sentence { try Dataset(name: "d", inputs: inputs(3), targets: labels) }
        == "d: has 3 inputs but 2 targets, expected as many")
    #expect(sentence { try Dataset(name: "d", inputs: inputs(0)) }.contains("no samples"))
    let wide = try HostArray([Float](repeating: 0, count: 3), shape: [1, 3])
    #expect(
      sentence { try Dataset(name: "d", inputs: inputs(2), testInputs: wide) }
        == "d: has testInputs of shape [1, 3], expected [N, 2]")
    #expect(
      sentence { try Dataset(name: "d", inputs: inputs(2), targets: labels, testInputs: inputs(2)) }
        .contains("only one of"))
    #expect(
      sentence { try Dataset(name: "d", inputs: inputs(2), testTargets: labels) }
        .contains("no testInputs"))
    let number = try HostArray([1] as [Float], shape: [])
    #expect(sentence { try Dataset(name: "d", inputs: number) }.contains("a single number"))
  }

  @Test func `fingerprints follow the data and not the name`() throws {
    let labels = try HostArray([0, 1] as [Int64], shape: [2])
    let one = try Dataset(name: "a", inputs: inputs(2), targets: labels, source: "x")
    let same = try Dataset(name: "b", inputs: inputs(2), targets: labels, source: "y")
    #expect(one.fingerprint() == same.fingerprint())
    #expect(one.fingerprint().count == 64)
    let reshaped = try Dataset(name: "a", inputs: inputs(2).reshaped([2, 1, 2]), targets: labels)
    let renamed = try Dataset(
      name: "a", inputs: inputs(2), targets: labels, classNames: ["a", "b"])
    let bare = try Dataset(name: "a", inputs: inputs(2))
    let all = [one, reshaped, renamed, bare].map { $0.fingerprint() }
    #expect(Set(all).count == 4)
    // Pinned: stored runs name their data by it.
    #expect(
      bare.fingerprint() == "92d7e209bd563a128c17a732acfa21c02bedc4e9bb4b605437f959127364b65c")
  }

  @Test func `splits follow classes where there are classes`() throws {
    let labels = try HostArray((0..<20).map { Int64($0 % 2) }, shape: [20])
    let dataset = try Dataset(name: "d", inputs: inputs(20), targets: labels)
    let validation = dataset.split(validationFraction: 0.2, seed: 1).validation
    #expect(validation.filter { $0 % 2 == 0 }.count == 2)
    let bare = try Dataset(name: "d", inputs: inputs(20))
    #expect(bare.split(validationFraction: 0.25, seed: 1).validation.count == 5)
  }

  @Test func `arrays are found by the usual names in npz, npy and safetensors`() throws {
    try withTemporaryFolder { folder in
      let labels = try HostArray([0, 1, 1] as [Int64], shape: [3])
      let test = try HostArray([1] as [Int64], shape: [1])
      let npz = folder.appendingPathComponent("d.npz")
      for names in [
        ["inputs", "targets", "testInputs", "testTargets"],
        ["x_train", "y_train", "x_test", "y_test"], ["X_train", "Y_train", "X_test", "Y_test"],
      ] {
        let arrays = try [inputs(3), labels, inputs(1), test]
        try Npz.write(zip(names, arrays).map { ($0, $1) }, to: npz)
        let dataset = try Dataset.read(from: npz)
        #expect(dataset.arrays.map(\.array) == arrays)
        #expect(dataset.name == "d")
        #expect(dataset.source == "npz file \(npz.path)")
      }
      try Npz.write([("X", inputs(3)), ("y", labels)], to: npz)
      #expect(try Dataset.read(from: npz).labels == [0, 1, 1])
      try Npz.write([("weights", inputs(3))], to: npz)
      #expect(reason(try Dataset.read(from: npz)).contains("found weights"))

      let tensors = folder.appendingPathComponent("d.safetensors")
      try Safetensors(arrays: ["x": inputs(3), "y": labels]).write(to: tensors)
      #expect(try Dataset.read(from: tensors).labels == [0, 1, 1])

      let pair = folder.appendingPathComponent("pair")
      try FileManager.default.createDirectory(at: pair, withIntermediateDirectories: true)
      #expect(reason(try Dataset.read(from: pair)).contains("holds no data set"))
      try Npy.write(inputs(3), to: pair.appendingPathComponent("inputs.npy"))
      try Npy.write(labels, to: pair.appendingPathComponent("targets.npy"))
      #expect(try Dataset.read(from: pair).labels == [0, 1, 1])
      let alone = try Dataset.read(from: pair.appendingPathComponent("inputs.npy"))
      #expect(alone.targets == nil)
      try Npy.write(test, to: pair.appendingPathComponent("targets.npy"))
      #expect(
        reason(try Dataset.read(from: pair))
          == "\(pair.path): has 3 inputs but 1 targets, expected as many")
      #expect(
        reason(try Dataset.read(from: folder.appendingPathComponent("no"))).contains("no such"))
    }
  }
}
