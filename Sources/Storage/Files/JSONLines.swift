import Foundation

/// A log of one JSON value a line, only ever appended to.
///
/// A line without its end is one that is being written, or was when its process died: readers wait
/// for it, and the next writer closes it first, so that it spoils no line but itself.
struct JSONLines {
  let url: URL

  /// Appends a line; `isDurable` waits until the disk has it.
  func append(_ value: some Encodable, isDurable: Bool) throws(StorageError) {
    let descriptor = try Files.open(url, O_RDWR | O_CREAT | O_APPEND, "append")
    let outcome = Result { () throws(StorageError) in
      let isNew = try appendLine(RecordJSON.encode(value), descriptor)
      if isDurable { try Files.synchronize(descriptor, url) }
      // All lines are lost with the file's name.
      if isNew { try Files.synchronize(url.deletingLastPathComponent()) }
    }
    try Files.close(descriptor, url)
    try outcome.get()
  }

  /// Appends a line and returns whether the file was empty before.
  private func appendLine(_ line: Data, _ descriptor: Int32) throws(StorageError) -> Bool {
    let end = lseek(descriptor, 0, SEEK_END)
    var bytes = Data()
    var last: UInt8 = 10
    if end > 0 && pread(descriptor, &last, 1, end - 1) == 1 && last != 10 { bytes.append(10) }
    bytes.append(line)
    bytes.append(10)
    do { try Files.write(descriptor, bytes, url) } catch {
      // Half a line would be closed by the next writer; none at all is better.
      try? Files.truncate(descriptor, to: Int(end), url)
      throw error
    }
    return end == 0
  }

  /// Reads the whole lines from `offset` on and moves it behind them; damaged lines are left out.
  func read<Value: Decodable>(_ type: Value.Type, from offset: inout Int)
    throws(StorageError) -> [Value]
  {
    guard let size = Files.size(url), size > offset else { return [] }
    let data = try Files.read(url, from: offset, limit: size - offset)
    guard let end = data.lastIndex(of: 10) else { return [] }
    offset += data.distance(from: data.startIndex, to: end) + 1
    return data[..<end].split(separator: 10).compactMap {
      try? RecordJSON.decode(type, from: Data($0))
    }
  }
}
