import Foundation
import Records

/// Reads a journal that may still be growing, from where it stopped the last time.
///
/// An unfinished record at the end is waited for. A damaged one ends the reading for good: all
/// before it counts, and ``damage`` says what happened.
public struct JournalReader: Sendable {
  /// Where a reader is; enough to go on from there in another process.
  public struct Position: Codable, Equatable, Sendable {
    /// Bytes read.
    public var offset = 0
    /// The keys defined so far, in the order of their numbers.
    public var keys: [String] = []
    /// The attempt that wrote the file; `nil` before its first record is read.
    public var attempt: Int?
    /// The step at which that attempt went on.
    public var resumedFrom = 0

    /// The start of a file.
    public init() {}
  }

  /// The file.
  public let url: URL
  /// Where the reader is.
  public private(set) var position: Position
  /// Why nothing behind ``position`` can be read, as one sentence; `nil` if all is well.
  public private(set) var damage: String?

  /// Makes a reader for a file, which need not be there yet.
  public init(_ url: URL, position: Position = Position()) {
    self.url = url
    self.position = position
  }

  /// The next entries, about `limit` bytes of them; none if there are no more now.
  ///
  /// Of the steps that lie in one block only about `stepsPerBlock` are given where that is said, the
  /// last among them.
  public mutating func read(
    limit: Int = 256 << 10, stepsPerBlock: Int? = nil
  ) throws(StorageError) -> [JournalEntry] {
    var entries: [JournalEntry] = []
    // Records that carry no entry (the header, keys) do not end the reading.
    while entries.isEmpty {
      let before = position
      for record in try records(limit: limit) {
        switch record {
        case .metrics(let step, let epoch, let time, let values):
          let named = values.map { (position.keys[$0.key], $0.value) }
          entries.append(
            .metrics(
              MetricPoints(
                step: step, epoch: epoch, time: time,
                values: Dictionary(named) { _, last in last })))
        case .block(let block):
          entries += block.points(position.keys, most: stepsPerBlock).map { .metrics($0) }
        case .histogram(_, let histogram): entries.append(.histogram(histogram))
        case .images(_, let stack): entries.append(.images(stack))
        case .header, .key, .unknown: break
        }
      }
      if position == before { break }
    }
    return entries
  }

  /// The next records as they are stored.
  mutating func records(limit: Int) throws(StorageError) -> [JournalRecord] {
    guard damage == nil, let size = Files.size(url), size > position.offset else { return [] }
    var data = try Files.read(url, from: position.offset, limit: limit)
    if let needed = JournalReader.firstLength(data), needed > data.count,
      size - position.offset >= needed
    {
      data = try Files.read(url, from: position.offset, limit: needed)
    }
    return data.withUnsafeBytes { parse($0) }
  }

  /// The bytes of the first frame, if its head is whole and good.
  private static func firstLength(_ data: Data) -> Int? {
    data.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      guard let length = reader.word(), let sum = reader.word(),
        sum == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[0..<4])),
        length <= JournalRecord.longestPayload
      else { return nil }
      return Int(length) + 12
    }
  }

  private mutating func parse(_ bytes: UnsafeRawBufferPointer) -> [JournalRecord] {
    var records: [JournalRecord] = []
    var start = 0
    while bytes.count - start >= 8 {
      let frame = UnsafeRawBufferPointer(rebasing: bytes[start...])
      var reader = ByteReader(frame)
      guard let length = reader.word(), let sum = reader.word() else { break }
      guard sum == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: frame[0..<4])),
        length <= JournalRecord.longestPayload
      else {
        stop("the length of a record is damaged")
        break
      }
      let end = Int(length) + 8
      guard frame.count >= end + 4 else { break }
      let payload = UnsafeRawBufferPointer(rebasing: frame[8..<end])
      let stored = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: end, as: UInt32.self))
      guard stored == CRC32C.checksum(payload) else {
        stop("the bytes of a record are damaged")
        break
      }
      guard let record = JournalRecord(payload, keys: position.keys) else {
        stop("a record is not in the form of a journal")
        break
      }
      if case .key(let key) = record { position.keys.append(key) }
      if case .header(let version, let attempt, let step) = record {
        guard version <= JournalRecord.version else {
          damage =
            "\(url.lastPathComponent): it has version \(version), this program knows "
            + "\(JournalRecord.version); use a newer lasagne"
          break
        }
        position.attempt = attempt
        position.resumedFrom = step
      }
      records.append(record)
      start += end + 4
      position.offset += end + 4
    }
    return records
  }

  private mutating func stop(_ reason: String) {
    damage =
      "\(url.lastPathComponent): \(reason) at byte \(position.offset); all before it is kept, what"
      + " follows cannot be read"
  }
}
