import Foundation
import Tensors

/// Text as rows of characters, each character with the one that follows it as its target.
///
/// Inputs are places in the vocabulary, targets the places of what comes next: what a language model
/// of characters learns. The classes' names are the characters, in the order of their numbers in
/// Unicode. The last row is filled up; where it is, targets are -1, which does not count.
public enum TextWindows {
  /// How a text is to be cut.
  public struct Options: Equatable, Sendable {
    /// The characters of a row.
    public var length: Int
    /// The share of the rows, from the end of the text, that is kept apart for the test.
    public var testFraction: Double

    /// Options: rows of 64 characters, the last tenth of them for the test.
    public init(length: Int = 64, testFraction: Double = 0.1) {
      self.length = length
      self.testFraction = testFraction
    }
  }

  /// The endings of the files that are read in a folder.
  private static let endings = ["txt", "md"]

  /// Reads a text file, or the `.txt` and `.md` files of a folder one after the other in the order of
  /// their names; UTF-8.
  ///
  /// - Throws: `FileFormatError` where there is no text, too little of it for a row, or options that
  ///   no text can be cut by.
  public static func read(
    _ url: URL, options: Options = Options(), name: String? = nil
  ) throws(FileFormatError) -> Dataset {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    var files = [url]
    if isThere, isFolder.boolValue {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
      files = names.sorted().map { url.appendingPathComponent($0) }
        .filter { endings.contains($0.pathExtension.lowercased()) }
      guard !files.isEmpty else {
        throw FileFormatError(
          path: url.path, reason: "holds no text: expected files ending in .txt or .md")
      }
    }
    var scalars: [Unicode.Scalar] = []
    for file in files {
      let bytes = try FileBytes(mapping: file)
      guard let text = String(data: bytes.data, encoding: .utf8) else {
        throw bytes.failure("is no text in UTF-8; convert it first")
      }
      scalars += text.unicodeScalars
    }
    return try datasetOfFile(url) { () throws(DatasetError) in
      try dataset(
        of: scalars, options: options,
        name: name ?? url.deletingPathExtension().lastPathComponent,
        source: "text \(url.path), rows of \(options.length) characters")
    }
  }

  /// The rows of a text.
  static func dataset(
    of scalars: [Unicode.Scalar], options: Options, name: String, source: String
  ) throws(DatasetError) -> Dataset {
    let length = options.length
    guard length >= 1 else {
      throw DatasetError(
        dataset: name,
        reason: "cannot be cut into rows of \(length) characters, expected at least 1")
    }
    guard (0..<1).contains(options.testFraction) else {
      throw DatasetError(
        dataset: name,
        reason: "cannot keep \(options.testFraction) of its rows for the test, expected at least 0 "
          + "and less than 1")
    }
    guard scalars.count > length else {
      throw DatasetError(
        dataset: name,
        reason: "has \(scalars.count) characters, expected more than the \(length) of a row; "
          + "choose shorter rows")
    }
    let vocabulary = Set(scalars).sorted()
    let places = Dictionary(
      uniqueKeysWithValues: vocabulary.enumerated().map { ($1, Int32($0)) })
    let numbers = scalars.map { places[$0] ?? 0 }
    let rows = (numbers.count - 1 + length - 1) / length
    let filled = rows * length - (numbers.count - 1)
    let filling = [Int32](repeating: -1, count: filled)
    let inputs = Array(numbers.dropLast()) + filling.map { _ in 0 }
    let targets = Array(numbers.dropFirst()) + filling
    let kept = rows - Int(Double(rows) * options.testFraction)
    do {
      func part(_ numbers: [Int32], _ range: Range<Int>) throws(TensorError) -> HostArray {
        let array = try HostArray(
          Array(numbers[(range.lowerBound * length)..<(range.upperBound * length)]),
          shape: [range.count, length])
        // A vocabulary is small, as a rule.
        return vocabulary.count <= Int(Int16.max) ? array.converted(to: .int16) : array
      }
      let hasTest = kept < rows
      return try Dataset(
        name: name, inputs: part(inputs, 0..<kept), targets: part(targets, 0..<kept),
        testInputs: hasTest ? part(inputs, kept..<rows) : nil,
        testTargets: hasTest ? part(targets, kept..<rows) : nil,
        classNames: vocabulary.map { String($0) }, source: source)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw DatasetError(dataset: name, reason: "\(error)")
    }
  }
}
