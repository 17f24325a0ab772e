import Foundation
import Records
import Testing

@testable import Storage

@Suite struct EventFileTests {
  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal.filter { $0 != " " })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }

  @Test func `the first record is the published one`() {
    var writer = ByteWriter()
    writer.putRecord(EventFileWriter.versionEvent(time: 0))
    #expect(
      writer.bytes
        == EventFileTests.bytes(
          "1800000000000000 a37f4b22 0900000000000000001a0d627261696e2e4576656e743a32 eedf28a3"))
  }

  /// The payloads of an event file, after checking both checksums of each.
  private func records(_ data: Data) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    var rest = [UInt8](data)[...]
    while !rest.isEmpty {
      let head = Array(rest.prefix(8))
      let length = head.reversed().reduce(0) { $0 << 8 | Int($1) }
      let payload = Array(rest.dropFirst(12).prefix(length))
      var expected = ByteWriter()
      expected.put(CRC32C.masked(CRC32C.checksum(head)))
      #expect(Array(rest.dropFirst(8).prefix(4)) == expected.bytes)
      expected = ByteWriter()
      expected.put(CRC32C.masked(CRC32C.checksum(payload)))
      #expect(Array(rest.dropFirst(12 + length).prefix(4)) == expected.bytes)
      found.append(payload)
      rest = rest.dropFirst(16 + length)
    }
    return found
  }

  @Test func `scalars are written as events with a summary`() throws {
    let folder = try TemporaryFolder()
    let writer = try EventFileWriter(in: folder.url, attempt: 1, time: 5)
    try writer.append(MetricPoints(step: 300, epoch: 1, time: 2, values: ["ab": 0.5]))
    try writer.close()
    #expect(writer.url.lastPathComponent.hasPrefix("events.out.tfevents.5."))
    let found = try records(try Data(contentsOf: writer.url))
    #expect(found.count == 2)
    // wall_time 2.0, step 300, summary { value { tag "ab", simple_value 0.5 } }
    #expect(
      found[1]
        == EventFileTests.bytes("09 0000000000000040 10ac02 2a0b 0a09 0a026162 15 0000003f"))
  }

  /// Reads the file with TensorBoard's own reader, where `LASAGNE_TENSORBOARD_PYTHON` names a
  /// Python that has it.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LASAGNE_TENSORBOARD_PYTHON"] != nil))
  func `TensorBoard reads the same scalars at the same steps`() throws {
    let folder = try TemporaryFolder()
    let writer = try EventFileWriter(in: folder.url, attempt: 1)
    for step in 0..<200 {
      try writer.append(
        MetricPoints(
          step: step, epoch: 0, time: 1000,
          values: ["train/loss": Double(step) / 8, "valid/accuracy": 0.25]))
    }
    try writer.append(
      Histogram(
        key: "W", step: 7, time: 1000, minimum: -1, maximum: 1, counts: [1, 2, 3, 4],
        nonFiniteCount: 0))
    try writer.close()
    let script = """
      import sys
      from tensorboard.backend.event_processing import event_accumulator as e
      a = e.EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'histograms': 0})
      a.Reload()
      assert a.Tags()['scalars'] == ['train/loss', 'valid/accuracy'], a.Tags()
      assert [(x.step, x.value) for x in a.Scalars('train/loss')] == [(i, i / 8) for i in range(200)]
      assert all(x.value == 0.25 for x in a.Scalars('valid/accuracy'))
      h = a.Histograms('W')[0]
      assert h.step == 7 and h.histogram_value.num == 10, h
      assert list(h.histogram_value.bucket) == [1, 2, 3, 4], h
      """
    let process = Process()
    let python = ProcessInfo.processInfo.environment["LASAGNE_TENSORBOARD_PYTHON"] ?? ""
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script, folder.url.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
