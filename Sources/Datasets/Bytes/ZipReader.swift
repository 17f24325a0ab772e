import CImages
import Foundation

/// Reads zip archives: stored and deflated entries, zip64, no encryption, one disk.
///
/// Format: PKWARE APPNOTE.TXT 6.3. Sizes come from the central directory only; entries must lie
/// inside the file without overlapping, so an archive never unpacks to more than deflate allows.
struct ZipReader {
  struct Entry {
    var name: String
    var method: UInt16
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    var localOffset: Int
  }

  /// More entries than any array archive has; a bound on the work an attack can ask for.
  static let mostEntries = 100_000
  /// No deflate stream expands by more than this factor.
  static let largestExpansion = 1032

  let file: FileBytes
  /// In the order of the central directory.
  let entries: [Entry]
  private let dataRanges: [Range<Int>]

  init(_ file: FileBytes) throws(FileFormatError) {
    self.file = file
    let directory = try ZipDirectory(file)
    entries = try directory.entries(of: file)
    dataRanges = try Self.dataRanges(entries, file, limit: directory.offset)
  }

  /// The unpacked bytes of an entry, its checksum verified.
  ///
  /// Stored entries are not copied.
  func contents(ofEntry index: Int) throws(FileFormatError) -> Data {
    let entry = entries[index]
    let range = dataRanges[index]
    let packed = try file.bytes(
      at: range.lowerBound, count: range.count, "the entry '\(entry.name)'")
    let unpacked = entry.method == 0 ? packed : try inflate(packed, entry, at: range.lowerBound)
    guard unpacked.withBytes({ ci_crc32(0, $0, $1) }) == entry.checksum else {
      throw file.failure(
        "has a damaged entry '\(entry.name)' at byte \(range.lowerBound): its checksum is wrong")
    }
    return unpacked
  }

  private func inflate(
    _ packed: Data, _ entry: Entry, at offset: Int
  ) throws(FileFormatError) -> Data {
    guard let output = FilledBytes(count: entry.size) else {
      throw file.failure("needs \(entry.size) bytes of memory for '\(entry.name)', not there")
    }
    let target = output.bytes
    let result = packed.withBytes { ci_inflate($0, $1, target, entry.size) }
    guard result == CIInflateDone else {
      let what =
        switch result {
        case CIInflateMore: "unpacks to more than the \(entry.size) bytes it declares"
        case CIInflateShort: "unpacks to fewer than the \(entry.size) bytes it declares"
        case CIInflateTruncated: "ends in the middle"
        default: "is no valid deflate stream"
        }
      throw file.failure("has a damaged entry: '\(entry.name)' at byte \(offset) \(what)")
    }
    return output.data()
  }

  /// Where each entry's bytes lie, from its local header; no two may share a byte.
  private static func dataRanges(
    _ entries: [Entry], _ file: FileBytes, limit: Int
  ) throws(FileFormatError) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for entry in entries {
      let offset = entry.localOffset
      let name = entry.name
      guard
        try file.integer(at: offset, as: UInt32.self, "the header of '\(name)'") == 0x0403_4B50
      else { throw file.failure("has no zip entry '\(name)' at byte \(offset)") }
      let method = try file.integer(at: offset + 8, as: UInt16.self, "the header of '\(name)'")
      let nameLength = try Int(
        file.integer(at: offset + 26, as: UInt16.self, "the header of '\(name)'"))
      let extraLength = try Int(
        file.integer(at: offset + 28, as: UInt16.self, "the header of '\(name)'"))
      let localName = try file.bytes(at: offset + 30, count: nameLength, "a name")
      guard method == entry.method, Data(name.utf8) == localName else {
        throw file.failure(
          "contradicts itself: the entry at byte \(offset) differs from '\(name)' in the directory")
      }
      let start = offset + 30 + nameLength + extraLength
      guard start <= limit, entry.packedSize <= limit - start else {
        throw file.failure("has an entry '\(name)' that ends past byte \(limit), the directory")
      }
      ranges.append(start..<(start + entry.packedSize))
    }
    var end = 0
    for index in entries.indices.sorted(by: { entries[$0].localOffset < entries[$1].localOffset }) {
      guard entries[index].localOffset >= end else {
        throw file.failure("has entries that overlap at byte \(entries[index].localOffset)")
      }
      end = ranges[index].upperBound
    }
    return ranges
  }
}
