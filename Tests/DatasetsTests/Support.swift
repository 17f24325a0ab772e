import CImages
import Datasets
import Foundation
import Tensors
import Testing

/// A folder that is gone after the closure.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("datasets-\(UUID().uuidString)", isDirectory: true)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// NumPy as a second opinion, where it is installed.
enum NumPy {
  static let isInstalled = (try? run("import numpy")) != nil

  struct Failure: Error {
    var output: String
  }

  @discardableResult
  static func run(_ program: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(output: text) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// The sentence of the `FileFormatError` that `body` throws; a test failure when it throws none.
func reason<Result>(
  _ body: @autoclosure () throws -> Result, sourceLocation: SourceLocation = #_sourceLocation
) -> String {
  do {
    _ = try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return ""
  } catch {
    #expect(error is FileFormatError, sourceLocation: sourceLocation)
    return "\(error)"
  }
}

extension Data {
  /// Appends an integer, little-endian unless `bigEndian`.
  mutating func put<Value: FixedWidthInteger>(_ value: Value, bigEndian: Bool = false) {
    Swift.withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) {
      append(contentsOf: $0)
    }
  }

  /// The same bytes with a few of them replaced.
  func patched(at offset: Int, _ bytes: [UInt8]) -> Data {
    var copy = self
    copy.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    return copy
  }

  /// The position of the last occurrence of a byte sequence.
  func lastOffset(of bytes: [UInt8]) throws -> Int {
    try #require(range(of: Data(bytes), options: .backwards)).lowerBound
  }
}

/// Any bytes as one gzip member.
func gzipped(_ data: Data) -> Data {
  var output: UnsafeMutablePointer<UInt8>?
  var count = 0
  let bytes = [UInt8](data)
  guard ci_deflate(bytes, bytes.count, 1, &output, &count) == 0, let output else { return Data() }
  defer { ci_free(output) }
  return Data(bytes: output, count: count)
}

/// One array of every element type, with values that fit it.
func arrayOfEveryType() throws -> [HostArray] {
  let whole = try HostArray([0, 1, 2, 3, 4, 5] as [Int64], shape: [2, 3])
  return try DataType.allCases.map { type in
    type == .bool
      ? try HostArray([true, false, true, true, false, false], shape: [2, 3])
      : whole.converted(to: type)
  }
}
