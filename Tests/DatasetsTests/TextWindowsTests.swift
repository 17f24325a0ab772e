import Datasets
import Foundation
import Tensors
import Testing

@Suite struct TextWindowsTests {
  private func written(_ text: String, as name: String = "t.txt") throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("text-windows-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url
  }

  private func read(
    _ text: String, length: Int, testFraction: Double = 0
  ) throws -> Dataset {
    let url = try written(text)
    defer { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
    return try TextWindows.read(
      url, options: TextWindows.Options(length: length, testFraction: testFraction))
  }

  @Test func `each character has the next one as its target, to the last`() throws {
    let dataset = try read("abca\nbé", length: 4)
    #expect(dataset.classNames == ["\n", "a", "b", "c", "é"])
    #expect(dataset.inputs.shape == [2, 4] && dataset.inputs.dataType == .int16)
    #expect(dataset.inputs.values(as: Int64.self) == [1, 2, 3, 1, 0, 2, 0, 0])
    #expect(dataset.targets?.values(as: Int64.self) == [2, 3, 1, 0, 2, 4, -1, -1])
    #expect(dataset.name == "t" && dataset.testInputs == nil && dataset.labels == nil)
    // Steps are no classes of samples: a split need not look at them.
    #expect(dataset.split(validationFraction: 0.5, seed: 1).train.count == 1)
    #expect(try read("abcd", length: 3).targets?.values(as: Int64.self) == [1, 2, 3])
  }

  @Test func `the end of the text is for the test`() throws {
    let dataset = try read(String(repeating: "abc", count: 10), length: 3, testFraction: 0.25)
    #expect(dataset.inputs.shape == [8, 3])
    #expect(dataset.testInputs?.shape == [2, 3])
    #expect(dataset.testTargets?.values(as: Int64.self) == [1, 2, 0, 1, 2, -1])
  }

  @Test func `the texts of a folder are read in the order of their names`() throws {
    let first = try written("ab", as: "b.txt")
    let folder = first.deletingLastPathComponent()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("ba".utf8).write(to: folder.appendingPathComponent("a.md"))
    try Data("no".utf8).write(to: folder.appendingPathComponent("c.swift"))
    let dataset = try TextWindows.read(folder, options: .init(length: 3, testFraction: 0))
    #expect(dataset.inputs.values(as: Int64.self) == [1, 0, 0])
    #expect(dataset.targets?.values(as: Int64.self) == [0, 0, 1])
  }

  @Test func `what is no text, or too little of it, is refused`() throws {
    func reason(_ text: String, _ length: Int, _ testFraction: Double = 0) -> String {
      do {
        _ = try read(text, length: length, testFraction: testFraction)
        return ""
      } catch {
        return (error as? FileFormatError)?.reason ?? "\(error)"
      }
    }
    #expect(
      reason("abc", 3)
        == "has 3 characters, expected more than the 3 of a row; choose shorter rows")
    #expect(reason("", 1).hasPrefix("has 0 characters"))
    #expect(
      reason("abc", 0) == "cannot be cut into rows of 0 characters, expected at least 1")
    #expect(
      reason("abc", 1, 1)
        == "cannot keep 1.0 of its rows for the test, expected at least 0 and less than 1")
    let url = try written("")
    defer { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
    try Data([0xFF, 0xFE, 0x41]).write(to: url)
    let noText = FileFormatError(path: url.path, reason: "is no text in UTF-8; convert it first")
    #expect(throws: noText) { try TextWindows.read(url) }
    let empty = url.deletingLastPathComponent().appendingPathComponent("empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    #expect(
      throws: FileFormatError(
        path: empty.path, reason: "holds no text: expected files ending in .txt or .md")
    ) { try TextWindows.read(empty) }
  }

  @Test func `class numbers of steps must have a name, or be negative`() throws {
    let inputs = try HostArray([Int64(0), 1, 1, 0], shape: [2, 2])
    func reason(_ targets: [Int64]) -> String {
      do {
        _ = try Dataset(
          name: "d", inputs: inputs, targets: HostArray(targets, shape: [2, 2]),
          classNames: ["a", "b"])
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(reason([0, 1, -1, 1]) == "")
    #expect(
      reason([0, 1, 1, 2])
        == "d: has label 2 in row 1, step 1 of targets, expected 0 to 1, or -1 for none")
  }
}
