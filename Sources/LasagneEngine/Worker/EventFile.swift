import Foundation
import Records
import Storage

/// A TensorBoard event file: scalars in TFRecord frames of `Event` messages.
///
/// Format from TensorFlow's `record_writer` and `event.proto`: a frame is the length as 64 bits,
/// its masked CRC-32C, the message, and its masked CRC-32C.
final class EventFile {
  private let handle: FileHandle
  private var buffer = Data()
  private var lastWrite = ContinuousClock.now

  init(in folder: URL, attempt: Int) throws {
    let time = Date().timeIntervalSince1970
    let name = "events.out.tfevents.\(Int(time)).lasagne.\(attempt)"
    let url = folder.appendingPathComponent(name)
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw EngineError(.failed, "The event file '\(url.path)' could not be made.")
    }
    handle = try FileHandle(forWritingTo: url)
    var version = ProtocolMessage()
    version.put(double: time, field: 1)
    version.put(bytes: Data("brain.Event:2".utf8), field: 3)
    put(version)
    try flush()
  }

  func append(_ points: MetricPoints) throws {
    var summary = ProtocolMessage()
    for (key, value) in points.values.sorted(by: { $0.key < $1.key }) {
      var scalar = ProtocolMessage()
      scalar.put(bytes: Data(key.utf8), field: 1)
      scalar.put(float: Float(value), field: 2)
      summary.put(bytes: scalar.data, field: 1)
    }
    var event = ProtocolMessage()
    event.put(double: points.time, field: 1)
    event.put(number: UInt64(max(0, points.step)), field: 2)
    event.put(bytes: summary.data, field: 5)
    put(event)
    if buffer.count > 65_536 || ContinuousClock.now - lastWrite > .seconds(1) { try flush() }
  }

  func close() throws {
    try flush()
    try handle.close()
  }

  private func flush() throws {
    lastWrite = ContinuousClock.now
    try handle.write(contentsOf: buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ message: ProtocolMessage) {
    var length = Data()
    withUnsafeBytes(of: UInt64(message.data.count).littleEndian) { length.append(contentsOf: $0) }
    buffer.append(length)
    putChecksum(of: length)
    buffer.append(message.data)
    putChecksum(of: message.data)
  }

  private func putChecksum(of data: Data) {
    let checksum = data.withUnsafeBytes { CRC32C.checksum($0) }
    let masked = (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
    withUnsafeBytes(of: masked.littleEndian) { buffer.append(contentsOf: $0) }
  }
}

/// The few parts of a protocol-buffer message that scalars need.
private struct ProtocolMessage {
  private(set) var data = Data()

  mutating func put(double value: Double, field: UInt64) {
    putNumber(field << 3 | 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
  }

  mutating func put(float value: Float, field: UInt64) {
    putNumber(field << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
  }

  mutating func put(number value: UInt64, field: UInt64) {
    putNumber(field << 3)
    putNumber(value)
  }

  mutating func put(bytes: Data, field: UInt64) {
    putNumber(field << 3 | 2)
    putNumber(UInt64(bytes.count))
    data.append(bytes)
  }

  private mutating func putNumber(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      data.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
