import CImages
import Foundation

/// The bytes of one file, with checked reading of numbers and the file's name for errors.
struct FileBytes {
  let data: Data
  let path: String

  init(_ data: Data, path: String) {
    self.data = data
    self.path = path
  }

  /// Maps a file into memory: bytes are read from disk when they are looked at.
  init(mapping url: URL) throws(FileFormatError) {
    path = url.path
    var status = stat()
    guard stat(path, &status) == 0 else {
      let cause = errno == ENOENT ? "there is no such file" : String(cString: strerror(errno))
      throw FileFormatError(path: path, reason: cause)
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      throw FileFormatError(path: path, reason: "is a folder, expected a file")
    }
    // Reading a pipe or a device might never end.
    guard kind == S_IFREG else {
      throw FileFormatError(path: path, reason: "is a pipe or device, expected a file")
    }
    do {
      data = try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw FileFormatError(path: path, reason: "cannot be read (\(Self.cause(error)))")
    }
  }

  var count: Int { data.count }

  func failure(_ reason: String) -> FileFormatError {
    FileFormatError(path: path, reason: reason)
  }

  /// The bytes at an offset; throws when the file ends before.
  func bytes(at offset: Int, count length: Int, _ what: String) throws(FileFormatError) -> Data {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
      throw failure(
        "the file ends at byte \(count) inside \(what), which needs \(length) bytes from byte "
          + "\(offset)")
    }
    let start = data.startIndex + offset
    return data[start..<(start + length)]
  }

  /// A little-endian (or big-endian) integer at an offset; throws when the file ends before.
  func integer<Value: FixedWidthInteger>(
    at offset: Int, as type: Value.Type, bigEndian: Bool = false, _ what: String
  ) throws(FileFormatError) -> Value {
    let part = try bytes(at: offset, count: MemoryLayout<Value>.size, what)
    let stored = part.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
    return bigEndian ? Value(bigEndian: stored) : Value(littleEndian: stored)
  }

  /// What the system says about an error, in a few words.
  static func cause(_ error: any Error) -> String {
    code(error).map { String(cString: strerror($0)) } ?? (error as NSError).localizedDescription
  }

  /// The system's number of an error, where it came from the system.
  static func code(_ error: any Error) -> Int32? {
    let cocoa = error as NSError
    let causes = [cocoa, cocoa.userInfo[NSUnderlyingErrorKey] as? NSError]
    let posix = causes.compactMap { $0 }.first { $0.domain == NSPOSIXErrorDomain }
    if let posix { return Int32(posix.code) }
    return cocoa.domain == NSCocoaErrorDomain
      && cocoa.code == CocoaError.fileWriteOutOfSpace.rawValue
      ? ENOSPC : nil
  }
}

/// Writes a file in one go: it appears under its name only when all of it is written.
func writeFile(_ pieces: [Data], to url: URL) throws(FileFormatError) {
  let folder = url.deletingLastPathComponent()
  guard FileManager.default.fileExists(atPath: folder.path) else {
    throw FileFormatError(
      path: url.path, reason: "cannot be written: there is no folder '\(folder.path)'")
  }
  let temporary =
    folder.appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)")
  do {
    try Data().write(to: temporary, options: .withoutOverwriting)
    do {
      let file = try FileHandle(forWritingTo: temporary)
      defer { try? file.close() }
      for piece in pieces { try file.write(contentsOf: piece) }
      try file.synchronize()
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
    guard rename(temporary.path, url.path) == 0 else {
      let cause = String(cString: strerror(errno))
      try? FileManager.default.removeItem(at: temporary)
      throw FileFormatError(path: url.path, reason: "cannot be written (\(cause))")
    }
  } catch let error as FileFormatError {
    throw error
  } catch {
    let code = FileBytes.code(error)
    let isFull = [ENOSPC, EDQUOT, EFBIG].contains(code)
    let advice = isFull ? "; free some space and try again" : ""
    throw FileFormatError(
      path: url.path, reason: "cannot be written (\(FileBytes.cause(error)))\(advice)",
      isDiskFull: isFull)
  }
}

/// Memory that is filled by C functions or loops and then becomes `Data` without a copy.
///
/// Pages count as used only once they are written, so a file that lies about its size costs
/// nothing.
struct FilledBytes: ~Copyable {
  let start: UnsafeMutableRawPointer
  let count: Int

  init?(count: Int) {
    guard let memory = ci_allocate(count) else { return nil }
    start = memory
    self.count = count
  }

  deinit { ci_free(start) }

  var buffer: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// The memory as the byte pointer C functions take.
  var bytes: UnsafeMutablePointer<UInt8> { start.assumingMemoryBound(to: UInt8.self) }

  /// Hands the memory over.
  consuming func data() -> Data {
    let data = Data(
      bytesNoCopy: start, count: count, deallocator: .custom { memory, _ in ci_free(memory) })
    discard self
    return data
  }
}

extension Data {
  /// The bytes as the start and length C functions take; never a null pointer.
  func withBytes<Result>(_ body: (UnsafePointer<UInt8>, Int) -> Result) -> Result {
    withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      if let start = bytes.baseAddress { return body(start, bytes.count) }
      return Swift.withUnsafePointer(to: 0 as UInt8) { body($0, 0) }
    }
  }
}
