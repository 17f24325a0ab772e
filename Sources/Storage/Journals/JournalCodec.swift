import Foundation
import Records

/// One record of a journal, as it is stored.
///
/// A frame is the payload's length (`UInt32`), the CRC32C of those four bytes, the payload and its
/// CRC32C. A payload is a kind (one byte) and the fields below; keys are numbered once a file.
enum JournalRecord {
  case header(version: UInt8, attempt: Int, resumedFrom: Int)
  case key(String)
  case metrics(step: Int, epoch: Double, time: Double, values: [(key: Int, value: Double)])
  case histogram(key: Int, Histogram)
  case images(key: Int, ImageStack)
  case block(JournalBlock)
  /// A kind that a newer version writes.
  case unknown

  /// Raised when records are written that older programs would pass over: blocks came with 2.
  static let version: UInt8 = 2
  static let blockKind: UInt8 = 5
  /// No record is longer; a length above it can only be damage.
  static let longestPayload = 256 << 20
  /// Longer stacks of images are stored with 256 levels a value.
  static let exactValues = 65_536
}

extension ByteWriter {
  /// Puts a frame around what `body` writes.
  mutating func frame(_ body: (inout ByteWriter) -> Void) {
    let start = bytes.count
    put(UInt64(0))
    body(&self)
    let length = UInt32(bytes.count - start - 8)
    var head = ByteWriter()
    head.put(length)
    head.put(CRC32C.checksum(head.bytes))
    bytes.replaceSubrange(start..<start + 8, with: head.bytes)
    let sum = bytes.withUnsafeBytes {
      CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[(start + 8)...]))
    }
    put(sum)
  }

  mutating func putHeader(attempt: Int, resumedFrom: Int) {
    put(UInt8(0))
    put(JournalRecord.version)
    put(attempt)
    put(resumedFrom)
  }

  mutating func putKey(_ key: String) {
    put(UInt8(1))
    bytes.append(contentsOf: key.utf8)
  }

  mutating func putHistogram(key: Int, _ histogram: Histogram) {
    put(UInt8(3))
    putCount(key)
    put(histogram.step)
    put(histogram.time)
    put(histogram.minimum)
    put(histogram.maximum)
    putCount(histogram.nonFiniteCount)
    putCount(histogram.counts.count)
    for count in histogram.counts { putCount(count) }
  }

  mutating func putImages(key: Int, _ stack: ImageStack) {
    put(UInt8(4))
    putCount(key)
    put(stack.step)
    put(stack.time)
    for size in [stack.count, stack.channels, stack.height, stack.width] { putCount(size) }
    let isExact =
      stack.values.count <= JournalRecord.exactValues || !stack.values.allSatisfy(\.isFinite)
    put(UInt8(isExact ? 0 : 1))
    if isExact {
      for value in stack.values { put(value) }
    } else {
      let low = stack.values.min() ?? 0
      let high = stack.values.max() ?? 0
      let scale = high > low ? 255 / (high - low) : 0
      put(low)
      put(high)
      for value in stack.values { put(UInt8(min(max(((value - low) * scale).rounded(), 0), 255))) }
    }
  }
}

extension JournalRecord {
  /// Takes a payload apart; `nil` if it is not what any version writes.
  init?(_ payload: UnsafeRawBufferPointer, keys: [String]) {
    var reader = ByteReader(payload)
    guard let kind = reader.byte() else { return nil }
    let record: JournalRecord?
    switch kind {
    case 0: record = JournalRecord.header(&reader)
    case 1: record = .key(String(decoding: reader.rest(), as: UTF8.self))
    case 2: record = JournalRecord.metrics(&reader, keys)
    case 3: record = JournalRecord.histogram(&reader, keys)
    case 4: record = JournalRecord.images(&reader, keys)
    case JournalRecord.blockKind:
      record = JournalBlock(&reader, keyCount: keys.count).map { .block($0) }
    default: record = .unknown
    }
    guard let record else { return nil }
    self = record
  }

  private static func header(_ reader: inout ByteReader) -> JournalRecord? {
    guard let version = reader.byte(), let attempt = reader.integer(), let step = reader.integer()
    else { return nil }
    return .header(version: version, attempt: attempt, resumedFrom: step)
  }

  private static func metrics(_ reader: inout ByteReader, _ keys: [String]) -> JournalRecord? {
    guard let step = reader.integer(), let epoch = reader.double(), let time = reader.double(),
      let count = reader.count(), count <= reader.remaining
    else { return nil }
    var values: [(key: Int, value: Double)] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      guard let key = reader.count(), key < keys.count, let value = reader.double() else {
        return nil
      }
      values.append((key, value))
    }
    return .metrics(step: step, epoch: epoch, time: time, values: values)
  }

  private static func histogram(_ reader: inout ByteReader, _ keys: [String]) -> JournalRecord? {
    guard let key = reader.count(), key < keys.count, let step = reader.integer(),
      let time = reader.double(), let minimum = reader.double(), let maximum = reader.double(),
      let nonFinite = reader.count(), let count = reader.count(), count <= reader.remaining
    else { return nil }
    var counts: [Int] = []
    counts.reserveCapacity(count)
    for _ in 0..<count {
      guard let value = reader.count() else { return nil }
      counts.append(value)
    }
    return .histogram(
      key: key,
      Histogram(
        key: keys[key], step: step, time: time, minimum: minimum, maximum: maximum, counts: counts,
        nonFiniteCount: nonFinite))
  }

  private static func images(_ reader: inout ByteReader, _ keys: [String]) -> JournalRecord? {
    guard let key = reader.count(), key < keys.count, let step = reader.integer(),
      let time = reader.double(), let count = reader.count(), let channels = reader.count(),
      let height = reader.count(), let width = reader.count(), let encoding = reader.byte()
    else { return nil }
    var total = 1
    for size in [count, channels, height, width] {
      let (product, overflows) = total.multipliedReportingOverflow(by: size)
      guard !overflows, product <= longestPayload else { return nil }
      total = product
    }
    var values: [Float] = []
    if encoding == 0 {
      guard reader.remaining == total * 4 else { return nil }
      values.reserveCapacity(total)
      while let value = reader.float() { values.append(value) }
    } else {
      guard let low = reader.float(), let high = reader.float(), reader.remaining == total else {
        return nil
      }
      let step = (high - low) / 255
      values = reader.rest().map { low + Float($0) * step }
    }
    return .images(
      key: key,
      ImageStack(
        key: keys[key], step: step, time: time, count: count, channels: channels, height: height,
        width: width, values: values))
  }
}
