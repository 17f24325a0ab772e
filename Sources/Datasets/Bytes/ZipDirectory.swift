import Foundation

/// The central directory at the end of a zip archive.
struct ZipDirectory {
  var offset: Int
  var size: Int
  var entryCount: Int

  /// Finds the directory through the end record (and its zip64 form).
  init(_ file: FileBytes) throws(FileFormatError) {
    let end = try Self.endRecord(of: file)
    let disk = try file.integer(at: end + 4, as: UInt16.self, "the zip end record")
    let count = try file.integer(at: end + 10, as: UInt16.self, "the zip end record")
    let size = try file.integer(at: end + 12, as: UInt32.self, "the zip end record")
    let offset = try file.integer(at: end + 16, as: UInt32.self, "the zip end record")
    entryCount = Int(count)
    self.size = Int(size)
    self.offset = Int(offset)
    var limit = end
    if count == .max || size == .max || offset == .max {
      limit = try readZip64(file, end: end)
    } else if disk != 0 {
      throw file.failure("is one part of a zip archive in several parts, which is not read")
    }
    guard self.offset <= limit, self.size == limit - self.offset else {
      throw file.failure(
        "declares a zip directory of \(self.size) bytes at byte \(self.offset), but the directory "
          + "must end at byte \(limit)")
    }
    guard entryCount <= ZipReader.mostEntries else {
      throw file.failure("has \(entryCount) entries, more than \(ZipReader.mostEntries)")
    }
    // 46 bytes is the smallest directory record.
    guard entryCount <= self.size / 46 else {
      throw file.failure("declares \(entryCount) entries in a directory of \(self.size) bytes")
    }
  }

  /// The position of the end record, which may be followed by a comment only.
  private static func endRecord(of file: FileBytes) throws(FileFormatError) -> Int {
    guard file.count >= 22 else { throw file.failure("is too short for a zip archive") }
    let first = max(0, file.count - 22 - 65_535)
    let tail = Array(file.data.suffix(file.count - first))
    var position = tail.count - 22
    while position >= 0 {
      if tail[position] == 0x50, tail[position + 1] == 0x4B, tail[position + 2] == 0x05,
        tail[position + 3] == 0x06,
        Int(tail[position + 20]) | Int(tail[position + 21]) << 8 == tail.count - 22 - position
      {
        return first + position
      }
      position -= 1
    }
    throw file.failure("is not a zip archive, or its end is missing")
  }

  /// Takes the counts from the zip64 end record; returns where that record starts.
  private mutating func readZip64(_ file: FileBytes, end: Int) throws(FileFormatError) -> Int {
    let what = "the zip64 end record"
    let locator = end - 20
    guard locator >= 0, try file.integer(at: locator, as: UInt32.self, what) == 0x0706_4B50 else {
      throw file.failure("has no zip64 locator before byte \(end), although its sizes need one")
    }
    let record = try position(file, at: locator + 8, what)
    guard record <= locator - 56,
      try file.integer(at: record, as: UInt32.self, what) == 0x0606_4B50
    else { throw file.failure("has no zip64 end record at byte \(record)") }
    entryCount = try position(file, at: record + 32, what)
    size = try position(file, at: record + 40, what)
    offset = try position(file, at: record + 48, what)
    return record
  }

  private func position(
    _ file: FileBytes, at offset: Int, _ what: String
  ) throws(FileFormatError) -> Int {
    let value = try file.integer(at: offset, as: UInt64.self, what)
    guard value <= UInt64(file.count) else {
      throw file.failure("declares \(value) at byte \(offset) in \(what), more than its own size")
    }
    return Int(value)
  }

  /// Reads all directory records.
  func entries(of file: FileBytes) throws(FileFormatError) -> [ZipReader.Entry] {
    var entries: [ZipReader.Entry] = []
    var names: Set<String> = []
    var position = offset
    for _ in 0..<entryCount {
      let record = try ZipRecord(file, at: position)
      guard names.insert(record.entry.name).inserted else {
        throw file.failure("has two entries named '\(record.entry.name)'")
      }
      entries.append(record.entry)
      position = record.end
    }
    guard position == offset + size else {
      throw file.failure("has a zip directory that does not end at byte \(offset + size)")
    }
    return entries
  }
}

/// One record of the central directory.
private struct ZipRecord {
  var entry: ZipReader.Entry
  var end: Int

  init(_ file: FileBytes, at position: Int) throws(FileFormatError) {
    let what = "the zip directory"
    guard try file.integer(at: position, as: UInt32.self, what) == 0x0201_4B50 else {
      throw file.failure("has no zip directory record at byte \(position)")
    }
    let flags = try file.integer(at: position + 8, as: UInt16.self, what)
    let method = try file.integer(at: position + 10, as: UInt16.self, what)
    let checksum = try file.integer(at: position + 16, as: UInt32.self, what)
    let packed = try file.integer(at: position + 20, as: UInt32.self, what)
    let unpacked = try file.integer(at: position + 24, as: UInt32.self, what)
    let nameLength = try Int(file.integer(at: position + 28, as: UInt16.self, what))
    let extraLength = try Int(file.integer(at: position + 30, as: UInt16.self, what))
    let commentLength = try Int(file.integer(at: position + 32, as: UInt16.self, what))
    let attributes = try file.integer(at: position + 38, as: UInt32.self, what)
    let local = try file.integer(at: position + 42, as: UInt32.self, what)
    let nameBytes = try file.bytes(at: position + 46, count: nameLength, what)
    guard let name = String(data: nameBytes, encoding: .utf8) else {
      throw file.failure("has an entry whose name is not UTF-8 (byte \(position + 46))")
    }
    try Self.checkName(name, file)
    guard flags & 0x2041 == 0 else {
      throw file.failure("has an encrypted entry '\(name)', which is not read")
    }
    guard method == 0 || method == 8 else {
      throw file.failure("packs '\(name)' by method \(method), expected 0 (stored) or 8 (deflate)")
    }
    guard attributes >> 16 & 0xF000 != 0xA000 else {
      throw file.failure("has a symbolic link '\(name)', which is not read")
    }
    var sizes = [UInt64(unpacked), UInt64(packed), UInt64(local)]
    if unpacked == .max || packed == .max || local == .max {
      let extra = position + 46 + nameLength
      try Self.readZip64(&sizes, file, from: extra, to: extra + extraLength, name: name)
    }
    guard let size = Int(exactly: sizes[0]), let packedSize = Int(exactly: sizes[1]),
      let localOffset = Int(exactly: sizes[2]), packedSize <= file.count, localOffset <= file.count
    else { throw file.failure("has an entry '\(name)' that ends past the file") }
    let largest = method == 0 ? packedSize : packedSize * ZipReader.largestExpansion
    guard method == 0 ? size == packedSize : size <= largest else {
      throw file.failure(
        "declares \(size) bytes for '\(name)', which \(packedSize) packed bytes cannot hold")
    }
    entry = ZipReader.Entry(
      name: name, method: method, checksum: checksum, packedSize: packedSize, size: size,
      localOffset: localOffset)
    end = position + 46 + nameLength + extraLength + commentLength
  }

  /// Names are only labels here, but a name that points elsewhere is a sign of an attack.
  private static func checkName(_ name: String, _ file: FileBytes) throws(FileFormatError) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, !name.hasPrefix("/"), !parts.contains(".."), !name.contains("\\"),
      !name.contains("\0")
    else { throw file.failure("has an entry with the unsafe name '\(name)'") }
  }

  /// Replaces each size that is full of ones by its zip64 form, in the order of the format.
  private static func readZip64(
    _ sizes: inout [UInt64], _ file: FileBytes, from start: Int, to end: Int, name: String
  ) throws(FileFormatError) {
    var position = start
    while position + 4 <= end {
      let identifier = try file.integer(at: position, as: UInt16.self, "an extra field")
      let length = try Int(file.integer(at: position + 2, as: UInt16.self, "an extra field"))
      guard length <= end - position - 4 else { break }
      if identifier == 1 {
        var field = position + 4
        let fieldEnd = field + length
        for index in sizes.indices where sizes[index] == UInt64(UInt32.max) {
          guard field + 8 <= fieldEnd else {
            throw file.failure("has a zip64 field of '\(name)' that is too short")
          }
          sizes[index] = try file.integer(at: field, as: UInt64.self, "an extra field")
          field += 8
        }
        return
      }
      position += 4 + length
    }
    throw file.failure("has no zip64 sizes for '\(name)'")
  }
}
